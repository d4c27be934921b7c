import type { Mark, Span } from '../../contract/problem.ts'
import type { TableName } from '../../contract/turn-event.ts'
import { problem } from '../problem.ts'
import type { ProblemError } from '../problem.ts'

/** Why a text is not one plain query. A closed set: messages, exit codes and badges derive from it. */
export const refusalCodes = [
  'empty',
  'too_long',
  'bad_character',
  'syntax',
  'several_statements',
  'not_a_query',
  'writes',
  'metadata_command',
  'construct_not_allowed',
  'function_not_allowed',
  'table_function_not_allowed',
  'stage_access',
  'sequence_access',
  'session_variable',
  'dynamic_name',
  'flow_operator',
  'unknown_table',
  'unknown_column',
  'table_not_allowed',
  'parsers_disagree',
  'too_complex',
  'timeout',
] as const
export type RefusalCode = (typeof refusalCodes)[number]

/** One thing that is wrong with a text. */
export interface Fault {
  readonly code: RefusalCode
  /** One plain sentence. */
  readonly reason: string
  /** What to do next, one plain sentence. */
  readonly action: string
  readonly span: Span | null
}

export interface Refusal extends Fault {
  readonly ok: false
  /** Other faults of the same text, each one sentence, so that all can be mended at once. */
  readonly others: readonly string[]
  /** The places of all faults that have one; left out where only the main one has. */
  readonly marks?: readonly Mark[]
  /**
   * The same text with its names corrected, where nothing is wrong but upper and lower case, quotes or a missing qualifier; it passed the same
   * check. Null where a person has to decide.
   */
  readonly repaired: string | null
}

/** What a query touches, read from its syntax trees. */
export interface QueryFacts {
  /** Each table once: resolved against the catalog where one was given, else as written (missing parts empty). */
  readonly tables: readonly TableName[]
  /**
   * What lets the query make more rows than an estimate of the bytes it reads can tell, as a phrase such as "a join without a condition …";
   * null where nothing does. Such a query should not run without a person's consent.
   */
  readonly unboundedRows: string | null
}

/** Codes that tell little: the text cannot be parsed, or a node is not on the list. */
const vague: ReadonlySet<RefusalCode> = new Set<RefusalCode>(['syntax', 'construct_not_allowed'])

/** The most other faults in a refusal, which bounds its size. */
const mostOthers = 50

/** Combines faults into one refusal. A write becomes the main fault before others and a vague one after them; the rest are listed. */
export function refuse(first: Fault, rest: readonly Fault[] = [], repaired: string | null = null): Refusal {
  const weightOf = ({ code }: Fault): number => (code === 'writes' ? 0 : vague.has(code) ? 2 : 1)
  const [{ code, reason, action, span } = first, ...others] = [first, ...rest].toSorted(
    (a, b) => weightOf(a) - weightOf(b),
  )
  const reasons = new Set(others.map((fault) => fault.reason))
  reasons.delete(reason)
  const refusal = {
    ok: false,
    code,
    reason,
    action,
    span,
    others: [...reasons].slice(0, mostOthers),
    repaired,
  } as const
  const marks = others
    .slice(0, mostOthers)
    .flatMap((one) => (one.span === null ? [] : [{ ...one.span, message: one.reason }]))
  const own = span === null ? [] : [{ ...span, message: reason }]
  return marks.length === 0 ? refusal : { ...refusal, marks: [...own, ...marks] }
}

/** Converts a refusal to the problem `sql_refused`, with the guard's code first among the details. */
export function refusalProblem(refusal: Refusal): ProblemError {
  const { code, reason, action, others, span, marks } = refusal
  const details = [`code: ${code}`, ...others]
  const places = { ...(span === null ? {} : { span }), ...(marks === undefined ? {} : { marks }) }
  return problem('sql_refused', reason, action, { details, ...places })
}
