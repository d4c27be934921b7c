import { problem } from '../problem.ts'
import type { ProblemError } from '../problem.ts'
import type { Refusal } from './verdict.ts'

/** A refusal as the error that every door shows: `sql_refused`, with the guard's code first among the details. */
export function refusalProblem(refusal: Refusal): ProblemError {
  const { code, reason, action, others, span } = refusal
  const details = [`code: ${code}`, ...others]
  return problem('sql_refused', reason, action, span === null ? { details } : { details, span })
}
