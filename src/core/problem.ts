import type { Mark, Problem, ProblemCode, Span, WhoseTurn } from '../contract/problem.ts'

const turnOf = {
  bad_request: 'person',
  bad_question: 'person',
  not_found: 'person',
  connection_unknown: 'person',
  connection_broken: 'person',
  sign_in_needed: 'person',
  signed_out: 'person',
  sign_in_refused: 'person',
  sign_in_failed: 'person',
  issuer_unavailable: 'operator',
  sql_refused: 'person',
  sql_invalid: 'person',
  sql_unsupported: 'person',
  stale_approval: 'person',
  turn_not_waiting: 'person',
  warehouse_unreachable: 'operator',
  warehouse_failed: 'person',
  query_timeout: 'person',
  query_too_large: 'person',
  result_expired: 'person',
  budget_used: 'person',
  model_unauthorized: 'operator',
  model_unavailable: 'provider',
  model_limited: 'provider',
  model_failed: 'provider',
  model_unknown: 'person',
  writer_declined: 'person',
  store_unavailable: 'operator',
  too_busy: 'person',
  interrupted: 'person',
  forbidden: 'person',
  token_needed: 'person',
  cannot_listen: 'operator',
  internal: 'floe',
} as const satisfies Record<ProblemCode, WhoseTurn>

interface ProblemOrigin {
  readonly cause?: unknown
  readonly retryAfterSeconds?: number | null
}

/** The one intended error. Any other error is a defect: it is shown as a bare `internal`, and its text goes to the log. */
export class ProblemError extends Error {
  readonly problem: Problem
  /** When trying again may help, where that is known. */
  readonly retryAfterSeconds: number | null
  constructor(problem: Problem, { cause, retryAfterSeconds = null }: ProblemOrigin = {}) {
    super(problem.message, cause === undefined ? undefined : { cause })
    this.name = 'ProblemError'
    this.problem = problem
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/**
 * Makes the error to throw: what happened, what to do next; whose turn it is follows from the code unless it is given.
 * `details`, `span` and `marks` reach the person; `cause` goes to the log only. `retryAfterSeconds` is told by the doors.
 */
export function problem(
  code: ProblemCode,
  message: string,
  action: string,
  more: {
    readonly details?: readonly string[]
    readonly span?: Span
    readonly marks?: readonly Mark[]
    readonly whoseTurn?: WhoseTurn
  } & ProblemOrigin = {},
): ProblemError {
  const { details, span, marks } = more
  return new ProblemError(
    {
      code,
      message,
      action,
      whoseTurn: more.whoseTurn ?? turnOf[code],
      ...(details === undefined ? {} : { details: [...details] }),
      ...(span === undefined ? {} : { span }),
      ...(marks === undefined ? {} : { marks: [...marks] }),
    },
    more,
  )
}

/** A problem that names the request or turn under which the log of the server holds what the person must not see. */
export const withLogId = (problem: Problem, id: string): Problem => ({
  ...problem,
  details: [...(problem.details ?? []), `The server's log knows more under ${id}.`],
})

/** The problem inside an error; anything unintended becomes a bare `internal` that tells nothing of its text. */
export function presentProblem(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem
  return problem(
    'internal',
    'Something went wrong inside Floe.',
    'Try again; if it happens again, look in the server log.',
  ).problem
}
