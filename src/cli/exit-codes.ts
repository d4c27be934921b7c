import type { ProblemCode } from '../contract/problem.ts'

/** How commands end; scripts and CI rely on these. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  /** Stopped at an unapproved proposal or a clarification question. */
  stopped: 3,
  refused: 4,
  unhealthy: 6,
  hungUp: 129,
  interrupted: 130,
  terminated: 143,
} as const

const refusals: ReadonlySet<ProblemCode> = new Set(['sql_refused', 'writer_declined'])
const misuses: ReadonlySet<ProblemCode> = new Set(['bad_request', 'bad_question'])

/** The exit code of a command that ended on a problem. */
export function exitCodeOf(code: ProblemCode): number {
  if (refusals.has(code)) return exitCodes.refused
  return misuses.has(code) ? exitCodes.usage : exitCodes.failed
}
