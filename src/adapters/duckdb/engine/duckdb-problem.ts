import type { ProblemCode } from '../../../contract/problem.ts'
import { problem, ProblemError } from '../../../core/problem.ts'
import { failureIn } from '../../../dialect/duckdb/macros/macro-text.ts'
import { shownName } from '../../../dialect/duckdb/translate/identifiers.ts'

interface Rule {
  readonly code: ProblemCode
  readonly message: string
  readonly action: string
}

const invalid: Rule = {
  code: 'sql_invalid',
  message: 'The warehouse does not understand this query.',
  action: 'Correct the query and run it again; the details say what is wrong.',
}
const failedOnData: Rule = {
  code: 'sql_invalid',
  message: 'The query stopped at a value it cannot work with.',
  action: 'Filter out or convert such values (for example with TRY_CAST), then run it again.',
}
const unsupported: Rule = {
  code: 'sql_unsupported',
  message: 'This warehouse cannot run a part of this query; Snowflake can.',
  action: 'Write that part differently, or ask a Snowflake connection.',
}
const tooLarge: Rule = {
  code: 'query_too_large',
  message: 'The query needs more memory than the warehouse may use.',
  action: 'Ask for less at once: a filter, a shorter period, fewer columns or groups.',
}
const failed: Rule = {
  code: 'warehouse_failed',
  message: 'The warehouse failed while working on this query.',
  action: 'Run the query again; if it fails again, change it.',
}
const refused: Rule = {
  code: 'sql_refused',
  message: 'The warehouse may only be read, and this query tried something else.',
  action: 'Ask for rows of tables only.',
}

/** DuckDB puts the kind of an error before its words: `Binder Error: …`. */
const rules: Readonly<Record<string, Rule>> = {
  Parser: invalid,
  Binder: invalid,
  Catalog: invalid,
  Syntax: invalid,
  Expression: invalid,
  'Parameter Not Resolved': invalid,
  'Parameter Not Allowed': invalid,
  Conversion: failedOnData,
  'Out of Range': failedOnData,
  'Invalid Input': failedOnData,
  'Mismatch Type': failedOnData,
  'Divide by Zero': failedOnData,
  'Not implemented': unsupported,
  'Out of Memory': tooLarge,
  Permission: refused,
}

/** Whether an error means that the instance can no longer be used. */
export const isFatal = (error: unknown): boolean =>
  error instanceof Error && /^(FATAL|INTERNAL) Error|database has been invalidated/i.test(error.message)

/** Whether the words of an error, of the engine or of the file system, tell that a file found no room. */
export const tellsFullDisk = (text: string): boolean => /no space left|ENOSPC|disk quota|EDQUOT/i.test(text)

/** DuckDB's advice is about settings, which nobody may change here. */
const withoutAdvice = (text: string): string =>
  text.replace(/\n(Possible solutions|Database is launched in)[\s\S]*$/, '').trimEnd()

/** What a macro of the dialect found wrong with a value. */
const dialectProblem = (message: string, cause: unknown): ProblemError =>
  message.endsWith('; Snowflake can.')
    ? problem('sql_unsupported', message, unsupported.action, { cause })
    : problem('sql_invalid', message, failedOnData.action, { cause })

/** A DuckDB error as a problem, its own words in the details. */
export function duckdbProblem(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error
  const message = error instanceof Error ? error.message : String(error)
  const text = shownName(message.replace(/^Failed to extract statements: /, ''))
  const own = failureIn(text)
  if (own !== null) return dialectProblem(own, error)
  const kind = /^([A-Za-z][A-Za-z ]*?) Error: /.exec(text)?.[1] ?? ''
  const rule = rules[kind] ?? failed
  return problem(rule.code, rule.message, rule.action, { details: [withoutAdvice(text)], cause: error })
}

/** The problem of a query that did not finish within `ms`. */
export const outOfTime = (ms: number): ProblemError =>
  problem(
    'query_timeout',
    `The query did not finish within ${Math.max(1, Math.round(ms / 1_000))} s and was stopped.`,
    'Ask for less at once, for example a shorter period or fewer groups, or raise the time limit.',
  )
