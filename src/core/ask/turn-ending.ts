import { presentProblem, problem, ProblemError } from '../problem.ts'
import type { LiveFact } from './live-event.ts'

/** The last event of a turn that ended on an error or a stop. */
export function endingOf(error: unknown, stopped: StopReason | null): LiveFact {
  if (stopped === 'cancelled' || stopped === 'abandoned') return { kind: 'turn.cancelled' }
  if (stopped === 'shutdown') return { kind: 'turn.failed', problem: interrupted() }
  return { kind: 'turn.failed', problem: presentProblem(error) }
}

/** Why a turn was stopped from outside. */
export type StopReason = 'cancelled' | 'abandoned' | 'shutdown'

/** The problem of a turn whose process went away while it ran. */
export const interrupted = () =>
  problem('interrupted', 'Floe stopped while this question was being answered.', 'Run it again.').problem

/** Whether an error is a defect that belongs in the log. */
export const isDefect = (error: unknown): boolean =>
  !(error instanceof ProblemError) || error.problem.code === 'internal'
