import type { ProblemCode } from '../contract/problem.ts'

/** How commands end; scripts and CI rely on these. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  /** Stopped at an unapproved proposal or a clarification question. */
  stopped: 3,
  refused: 4,
  regressed: 5,
  unhealthy: 6,
  hungUp: 129,
  interrupted: 130,
  terminated: 143,
} as const

/** The same in words, as the help prints them. */
export const exitCodeMeanings: Readonly<Record<keyof typeof exitCodes, string>> = {
  done: 'done: answered, or everything is as it should be',
  failed: 'failed',
  usage: 'wrong usage: an option, a value or a name',
  stopped: 'stopped at a proposal that was not approved, or at a question back',
  refused: 'refused: the SQL does more than read, or no query could be written',
  regressed: 'an evaluated question did not come out right',
  unhealthy: 'a check failed: a dependency, a connection, a secret',
  hungUp: 'stopped because the terminal was closed (SIGHUP)',
  interrupted: 'stopped by Ctrl-C (SIGINT)',
  terminated: 'told to stop (SIGTERM); the server ends with 0 then',
}

const refusals: ReadonlySet<ProblemCode> = new Set(['sql_refused', 'writer_declined'])
const misuses: ReadonlySet<ProblemCode> = new Set(['bad_request', 'bad_question'])

/** The exit code of a command that ended on a problem. */
export function exitCodeOf(code: ProblemCode): number {
  if (refusals.has(code)) return exitCodes.refused
  return misuses.has(code) ? exitCodes.usage : exitCodes.failed
}
