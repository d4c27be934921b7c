import type { Span } from '../../contract/problem.ts'
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
  /**
   * The same text with its names mended, where nothing is wrong but upper and lower case, quotes or a missing qualifier; it passed the same
   * judge. Null where a person has to decide.
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

/** What says most, first: a construct that is merely unknown comes after whatever has a meaning. */
export const byWeight = (faults: readonly Fault[]): readonly Fault[] =>
  faults.toSorted((a, b) => weightOf(a.code) - weightOf(b.code))

const weightOf = (code: RefusalCode): number => (code === 'writes' ? 0 : code === 'construct_not_allowed' ? 2 : 1)

/** The faults as one refusal: the first speaks, the rest are listed beside it. Expects at least one. */
export function refuse(
  { code, reason, action, span }: Fault,
  rest: readonly Fault[] = [],
  repaired: string | null = null,
): Refusal {
  const others = [...new Set(rest.map((fault) => fault.reason))].filter((other) => other !== reason)
  return { ok: false, code, reason, action, span, others, repaired }
}

/** A refusal as the error that every door shows: `sql_refused`, with the guard's code first among the details. */
export function refusalProblem(refusal: Refusal): ProblemError {
  const { code, reason, action, others, span } = refusal
  const details = [`code: ${code}`, ...others]
  return problem('sql_refused', reason, action, span === null ? { details } : { details, span })
}
