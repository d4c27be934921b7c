import { problem, ProblemError } from '../../core/problem.ts'

/** Says what went wrong between Floe and an issuer. The issuer's own words go to the log only: they may quote codes and tokens. */
export function explainSignInFailure(error: unknown, label: string): ProblemError {
  if (error instanceof ProblemError) return error
  const [refusal, code] = [textOf(error, 'error'), textOf(error, 'code')]
  if (refusal === 'access_denied' || refusal === 'consent_required' || refusal === 'interaction_required')
    return problem(
      'sign_in_refused',
      `${label} did not let you in, or you turned the sign-in down.`,
      'Sign in again, with another account if need be.',
    )
  if (refusal === 'login_required' || refusal === 'invalid_grant' || refusal === 'temporarily_unavailable')
    return problem('sign_in_failed', `${label} did not take this sign-in.`, 'Sign in again.', {
      cause: readable(error),
    })
  if (refusal !== '' && statusOf(error) < 500)
    return problem(
      'issuer_unavailable',
      `${label} refuses this Floe (${refusal.slice(0, 60)}).`,
      'Ask your operator to check the client id, its secret and the redirect address at the provider.',
      { cause: readable(error) },
    )
  if (code === 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED')
    return problem(
      'sign_in_failed',
      `The clock of this server and that of ${label} are too far apart.`,
      'Ask your operator to set the clock, then sign in again.',
      { cause: readable(error) },
    )
  if (/^OAUTH_(?:JWT|KEY|JSON_ATTRIBUTE|INVALID_RESPONSE)/.test(code))
    return problem(
      'sign_in_failed',
      `The answer of ${label} could not be trusted.`,
      'Sign in again; if it happens again, ask your operator to look in the server log.',
      { cause: readable(error) },
    )
  return problem(
    'issuer_unavailable',
    `${label} could not be asked who you are.`,
    'Try again in a moment; if it lasts, ask your operator to check the network and the issuer.',
    { cause: readable(error) },
  )
}

const textOf = (error: unknown, name: string): string => {
  const value: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined
  return typeof value === 'string' ? value : ''
}

const statusOf = (error: unknown): number => {
  const status: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'status') : undefined
  return typeof status === 'number' ? status : 0
}

/** What the log may show: what kind of failure it was, never what was sent. */
const readable = (error: unknown): Error => {
  const inner =
    error instanceof Error && error.cause instanceof Error
      ? ` (${error.cause.name}: ${textOf(error.cause, 'code')})`
      : ''
  const kind = error instanceof Error ? error.name : typeof error
  return new Error(
    [kind, textOf(error, 'code'), textOf(error, 'error')].filter((part) => part !== '').join(' ') + inner,
  )
}
