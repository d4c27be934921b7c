import { setTimeout as delay } from 'node:timers/promises'
import type { IdentityProvider, IssuerHealth } from '../../core/ports/identity-provider.ts'
import type { VerifiedIdentity } from '../../core/ports/people-store.ts'
import { problem, ProblemError } from '../../core/problem.ts'
import { makeHttpClient } from '../http-client/http-client.ts'
import { makeFetch } from '../http-client/make-fetch.ts'

// Late, because most runs never sign anybody in.
const library = () => import('openid-client')
type Configuration = InstanceType<Awaited<ReturnType<typeof library>>['Configuration']>

export interface OpenidProviderNeeds {
  readonly id: string
  readonly label: string
  /** The issuer's address, under which it publishes its metadata. */
  readonly issuer: string
  readonly clientId: string
  /** Null for a public client, which proves itself by PKCE alone. */
  readonly clientSecret: string | null
  /** Whether an address without a word about its verification is taken as verified: right where the issuer's own administrators set it. */
  readonly trustsEmail: boolean
  /** The claim that names the groups of a person; null where none is read. */
  readonly groupsClaim: string | null
  /** `HTTPS_PROXY` and its like. */
  readonly proxy: Readonly<Record<string, string>>
}

const timeoutSeconds = 10
/** More than any issuer has to say. */
const maxBytes = 1_048_576
/** How far the issuer's clock and this machine's may be apart, in seconds. */
const clockToleranceSeconds = 60
/** How long a look at the issuer's health waits, and how long a failure of it is believed, in milliseconds. */
const healthWaitMs = 500
const failureMs = 10_000
/** Metadata is read again after this long, in milliseconds. */
const metadataMs = 3_600_000

/** One OpenID Connect issuer. Its metadata is read when first needed and again every hour; a failed reading is tried again by the next sign-in. */
export function makeOpenidProvider(needs: OpenidProviderNeeds): IdentityProvider {
  const { id, label, issuer, clientId, clientSecret, proxy } = needs
  const fetch = makeFetch(makeHttpClient({ proxy, isLoopbackDirect: true }), {
    maxBytes,
    deadlineMs: timeoutSeconds * 1_000,
  })
  let known: { readonly configuration: Promise<Configuration>; readonly readAt: number } | null = null

  const discover = async (): Promise<Configuration> => {
    const client = await library()
    const server = new URL(issuer)
    return await client.discovery(
      server,
      clientId,
      { [client.clockTolerance]: clockToleranceSeconds },
      clientSecret === null ? client.None() : client.ClientSecretPost(clientSecret),
      {
        [client.customFetch]: fetch,
        timeout: timeoutSeconds,
        // The configuration takes http only for issuers on this machine.
        execute: [
          client.enableNonRepudiationChecks,
          ...(server.protocol === 'http:' ? [client.allowInsecureRequests] : []),
        ],
      },
    )
  }
  const configure = async (): Promise<Configuration> => {
    if (known === null || performance.now() - known.readAt > metadataMs)
      known = { configuration: discover(), readAt: performance.now() }
    const { configuration } = known
    try {
      return await configuration
    } catch (error) {
      if (known.configuration === configuration) known = null
      throw error
    }
  }
  const attempt = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      throw explainSignInFailure(error, label)
    }
  }

  let looking: Promise<void> | null = null
  let seen: IssuerHealth & { readonly at: number } = { ...notAskedYet(label), at: 0 }
  const look = async (): Promise<void> => {
    const found = await configure().then(() => answering(label), notAnswering(label))
    seen = { ...found, at: performance.now() }
  }

  return {
    id,
    label,
    health: async () => {
      const isOld = seen.state === 'starting' || (seen.state === 'degraded' && performance.now() - seen.at > failureMs)
      // Metadata that is held is not asked for again.
      if (isOld || seen.state === 'ok') looking ??= look().finally(() => (looking = null))
      const patience = new AbortController()
      await Promise.race([looking, delay(healthWaitMs, null, { signal: patience.signal }).catch(() => null)])
      patience.abort()
      const { at: _at, ...health } = seen
      return health
    },
    begin: (redirectUri) =>
      attempt(async () => {
        const client = await library()
        const configuration = await configure()
        const secrets = {
          state: client.randomState(),
          nonce: client.randomNonce(),
          verifier: client.randomPKCECodeVerifier(),
        }
        const url = client.buildAuthorizationUrl(configuration, {
          redirect_uri: redirectUri,
          scope: 'openid email profile',
          state: secrets.state,
          nonce: secrets.nonce,
          code_challenge: await client.calculatePKCECodeChallenge(secrets.verifier),
          code_challenge_method: 'S256',
        })
        return { url: url.href, secrets }
      }),
    finish: ({ state, nonce, verifier }, redirectUri, query) =>
      attempt(async () => {
        const client = await library()
        const answer = new URL(redirectUri)
        answer.search = query
        if (answer.searchParams.get('state') !== state) throw notOurs()
        const tokens = await client.authorizationCodeGrant(await configure(), answer, {
          pkceCodeVerifier: verifier,
          expectedState: state,
          expectedNonce: nonce,
          idTokenExpected: true,
        })
        return readIdentity(tokens.claims(), needs)
      }),
  }
}

const notOurs = () => problem('sign_in_failed', 'The answer does not belong to this sign-in.', 'Sign in again.')

type Claims = Readonly<Record<string, unknown>> & { readonly iss: string; readonly sub: string }

/** Who the identity token names. Throws `sign_in_refused` where it names no address that the issuer stands up for. */
function readIdentity(
  claims: Claims | undefined,
  { label, trustsEmail, groupsClaim }: OpenidProviderNeeds,
): VerifiedIdentity {
  const text = (name: string): string => {
    const value = claims?.[name]
    return typeof value === 'string' ? value.trim() : ''
  }
  const email = text('email').toLowerCase()
  if (claims === undefined || !/^[^\s@]+@[^\s@]+$/.test(email) || email.length > 320)
    throw problem(
      'sign_in_refused',
      `${label} did not say which e-mail address you have.`,
      'Sign in with an account that has one, or ask an admin to let the provider pass it on.',
    )
  const verified = claims['email_verified']
  if (verified !== true && verified !== 'true' && !(trustsEmail && verified === undefined))
    throw problem(
      'sign_in_refused',
      `${label} has not verified the address ${email}.`,
      'Verify it there, then sign in again.',
    )
  const full = [text('given_name'), text('family_name')].filter((part) => part !== '').join(' ')
  const name = [text('name'), full, email].find((each) => each !== '') ?? email
  const groups = groupsClaim === null ? [] : readGroups(claims[groupsClaim])
  return {
    issuer: claims.iss,
    subject: claims.sub,
    email,
    name: name.replaceAll(/\p{Cc}/gu, ' ').slice(0, 100),
    groups,
  }
}

/** A claim names groups as an array of strings or as one string; anything else in it names none. No group has a longer name, or a control character in it. */
const readGroups = (claim: unknown): readonly string[] =>
  (Array.isArray(claim) ? claim : [claim])
    .filter((name) => typeof name === 'string')
    .map((name) => name.trim())
    .filter((name) => /^\P{Cc}{1,100}$/u.test(name))

/** Says what went wrong between Floe and an issuer. The issuer's own words go to the log only: they may quote codes and tokens. */
function explainSignInFailure(error: unknown, label: string): ProblemError {
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

const notAskedYet = (label: string): IssuerHealth => ({
  state: 'starting',
  detail: `${label} has not answered yet.`,
  action: 'Wait a moment.',
})
const answering = (label: string): IssuerHealth => ({
  state: 'ok',
  detail: `${label} answers, and people can sign in.`,
  action: null,
})
const notAnswering = (label: string) => (): IssuerHealth => ({
  state: 'degraded',
  detail: `${label} does not answer: nobody new can sign in, and those who are signed in go on.`,
  action: 'Check the address of the issuer, the network and the proxy.',
})
