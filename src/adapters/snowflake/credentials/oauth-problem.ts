import { problem, ProblemError } from '../../../core/problem.ts'
import { Redactor } from '../../../core/redactor.ts'
import { ForbiddenAddress } from '../../http-client/guarded-fetch.ts'

/** What was being done when a sign-in server failed. */
export type OauthErrand = 'start' | 'exchange' | 'renew'

/** A person has to sign in with their browser again. */
export const signInAgain = (what: string, details: readonly string[] = []) =>
  problem('sign_in_needed', what, 'Sign in again from your connection.', details.length === 0 ? {} : { details })

/**
 * Says what went wrong at a sign-in server. Its own words stand in the details with `secrets` taken out; nothing else of the exchange is
 * passed on, neither to the person nor to the log.
 */
export function explainOauthFailure(
  error: unknown,
  errand: OauthErrand,
  host: string,
  secrets: readonly (string | null)[],
): ProblemError {
  if (error instanceof ProblemError) return error
  if (hasCause(error, (inner) => inner instanceof ForbiddenAddress))
    return problem(
      'connection_broken',
      `${host} is not a public address, so Floe does not ask it.`,
      'Give the https address of the sign-in server, without a port.',
    )
  const code = textOf(error, 'error')
  const details = [code, textOf(error, 'error_description')]
    .filter((text) => text !== '')
    .map((text) => cleaned(text, secrets))
  if (code !== '' && statusNumber(error) < 500) return explainRefusal(code, errand, host, details)
  if (textOf(error, 'code') === 'OAUTH_INVALID_RESPONSE' && errand === 'exchange')
    return signInAgain('The answer of the sign-in page does not belong to this sign-in.')
  return problem(
    'warehouse_unreachable',
    `The sign-in server at ${host} ${isTimeout(error) ? 'did not answer in time' : 'could not be asked'}.`,
    'Try again in a moment; if it lasts, check the network and the address.',
    { details: [...details, statusOf(error)].filter((text) => text !== '') },
  )
}

/** What an OAuth server's refusal means for the person. */
function explainRefusal(code: string, errand: OauthErrand, host: string, details: readonly string[]): ProblemError {
  if (code === 'access_denied' || code === 'consent_required')
    return signInAgain('The sign-in was not allowed, or you turned it down.', details)
  if (code === 'invalid_client' || code === 'unauthorized_client')
    return problem(
      'connection_broken',
      `${host} does not accept this client: its id or secret is wrong, or it may not do this.`,
      'Check client id, client secret and redirect address, and save the connection anew.',
      { details },
    )
  // Snowflake calls a refresh token that has run out an invalid request.
  if (code === 'invalid_grant' || (errand === 'renew' && code === 'invalid_request'))
    return signInAgain(
      errand === 'renew' ? 'The sign-in has ended: it ran out or was revoked.' : 'The sign-in was not accepted.',
      details,
    )
  return problem(
    'connection_broken',
    `${host} refused the sign-in.`,
    'Look at the details; often the role or the scope is not allowed for this client.',
    { details },
  )
}

const textOf = (error: unknown, name: string): string => {
  const value: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined
  return typeof value === 'string' ? value : ''
}

/** A description may hold anything, so it is cut, stripped of control characters and of what must not be seen. */
function cleaned(text: string, secrets: readonly (string | null)[]): string {
  const redactor = new Redactor()
  for (const secret of secrets) redactor.add(secret)
  return redactor
    .text(text)
    .replaceAll(/\p{Cc}+/gu, ' ')
    .slice(0, 300)
}

const statusNumber = (error: unknown): number => {
  const own: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'status') : undefined
  if (typeof own === 'number') return own
  return error instanceof Error && error.cause instanceof Response ? error.cause.status : 0
}
const statusOf = (error: unknown): string => (statusNumber(error) === 0 ? '' : `status ${statusNumber(error)}`)
const isTimeout = (error: unknown): boolean =>
  hasCause(
    error,
    (inner) => inner instanceof Error && (inner.name === 'TimeoutError' || textOf(inner, 'code') === 'OAUTH_TIMEOUT'),
  )

function hasCause(error: unknown, is: (error: unknown) => boolean): boolean {
  let inner = error
  for (let depth = 0; depth < 6 && inner !== undefined && inner !== null; depth += 1) {
    if (is(inner)) return true
    inner = inner instanceof Error ? inner.cause : undefined
  }
  return false
}
