import { problem, type ProblemError } from '../../../core/problem.ts'

/** The problem of a query that did not finish within `ms`. */
export const outOfTime = (ms: number): ProblemError =>
  problem(
    'query_timeout',
    `The query did not finish within ${Math.max(1, Math.round(ms / 1_000))} s and was stopped.`,
    'Ask for less at once, for example a shorter period or fewer groups, or raise the time limit.',
  )
