import { createRequire } from 'node:module'
import type snowflake from 'snowflake-sdk'
import type { ConnectionOptions } from 'snowflake-sdk'
import type { SnowflakeCredential, SnowflakeTarget } from '../snowflake-link.ts'
import type { HttpClient } from '../../http-client/http-client.ts'
import { SnowflakeFailure } from './snowflake-failure.ts'

/** The tokens of a session. They never leave the driver's process. */
export interface SessionTokens {
  readonly session: string
  readonly master: string
}

/** Signs in by the official driver. Throws `SnowflakeFailure`, or the `HttpFault` that explains why the account did not answer. */
export type SignIn = (
  target: SnowflakeTarget,
  credential: SnowflakeCredential,
  options: { readonly deadlineMs: number; readonly signal: AbortSignal },
) => Promise<SessionTokens>

/** Retries after a refused connection or a 5xx; the deadline around the sign-in ends them earlier. */
const loginRetries = 2

/** The time limit of the request that finds out why an account did not answer. */
const probeMs = 3_000

/**
 * The driver signs in, with key pairs, tokens and the identities of three clouds. It does nothing else: `serialize` is the public way to a
 * session's tokens, and with them statements go over the same HTTP interface that every Snowflake driver uses.
 * The driver's own way of running statements cannot be made safe from outside: it repeats a statement for two minutes after a 5xx, has no
 * deadline, reads and writes files when a text starts with PUT or GET, and evaluates text of a result as code.
 */
export function makeSignIn(http: HttpClient): SignIn {
  let loading: Promise<typeof snowflake> | null = null
  let refusedRedirect: string | null = null
  return async (target, credential, { deadlineMs, signal }) => {
    signal.throwIfAborted()
    loading ??= loadDriver((host) => (refusedRedirect = host))
    const driver = await loading
    const connection = driver.createConnection({
      ...safeOptions(target, deadlineMs),
      ...credentialOptions(credential),
    })
    const connected = Promise.withResolvers<void>()
    let isAwaited = true
    const late = setTimeout(() => connected.reject(outOfTime(deadlineMs)), deadlineMs)
    const abort = (): void => connected.reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    const hear = (error: unknown): void => {
      if (error) connected.reject(asFailure(error))
      // The driver goes on after the deadline: a session that it opens then is closed.
      else if (!isAwaited) connection.destroy(() => undefined)
      else connected.resolve()
    }
    try {
      // Without an error the driver passes null, whatever its types say; what this callback throws would make it sign in again.
      connection.connectAsync(hear).catch((error: unknown) => connected.reject(asFailure(error)))
      await connected.promise
      return readTokens(connection.serialize())
    } catch (error) {
      isAwaited = false
      if (!(error instanceof SnowflakeFailure) || !silenceCodes.includes(error.facts.code)) throw error
      if (refusedRedirect !== null)
        throw new SnowflakeFailure({ ...error.facts, code: 'redirected', words: `to ${refusedRedirect}` })
      throw await explainSilence(http, target, error, signal)
    } finally {
      clearTimeout(late)
      signal.removeEventListener('abort', abort)
    }
  }
}

/** The driver's codes for an account that did not answer, and ours. */
const silenceCodes: readonly string[] = ['401001', '401002', 'deadline']

/** Finds out why an account did not answer, which the driver does not tell, by a request of our own. */
async function explainSilence(
  http: HttpClient,
  { accessUrl }: SnowflakeTarget,
  failure: SnowflakeFailure,
  signal: AbortSignal,
): Promise<unknown> {
  try {
    const options = { method: 'GET', headers: {}, deadlineMs: probeMs, maxBytes: 1_048_576, signal }
    await http.request(new URL(accessUrl), options)
    return failure
  } catch (error) {
    return error
  }
}

const silent = (): void => undefined
const keepText = (text: string): string => text

async function loadDriver(onRefused: (host: string) => void): Promise<typeof snowflake> {
  forbidRedirects(onRefused)
  const { default: driver } = await import('snowflake-sdk')
  driver.configure({
    logLevel: 'OFF',
    customLogger: { error: silent, warn: silent, info: silent, debug: silent, trace: silent },
    // Node checks the certificate chain; the driver's OCSP check would write a cache file and call third hosts.
    disableOCSPChecks: true,
    // The default parsers evaluate text as code. No result reaches the driver; this is a second safeguard.
    jsonColumnVariantParser: keepText,
    xmlColumnVariantParser: keepText,
  })
  return driver
}

/** The part of axios that is set. */
interface Axios {
  readonly defaults: { beforeRedirect?: (next: { href?: string }, last: unknown, request: { url?: string }) => void }
}

/**
 * The driver sends its request's body along when it is redirected, and with it the credential. Its HTTP library has a setting for that, which
 * the driver copies when it is loaded. Redirects within one origin are followed.
 */
function forbidRedirects(onRefused: (host: string) => void): void {
  const { defaults } = createRequire(import.meta.resolve('snowflake-sdk'))('axios') as Axios
  defaults.beforeRedirect = ({ href = '' }, _, { url = '' }) => {
    const next = URL.parse(href)
    if (next !== null && next.origin === URL.parse(url)?.origin) return
    onRefused(next?.host ?? 'no address')
    throw new Error('The sign-in was redirected to another host.')
  }
}

/** Every option is passed, because the driver reads files of the machine for those that are missing. */
const safeOptions = (target: SnowflakeTarget, deadlineMs: number): ConnectionOptions => ({
  account: target.account,
  accessUrl: target.accessUrl,
  ...(target.role === null ? {} : { role: target.role }),
  ...(target.warehouse === null ? {} : { warehouse: target.warehouse }),
  ...(target.database === null ? {} : { database: target.database }),
  ...(target.schema === null ? {} : { schema: target.schema }),
  application: 'Floe',
  representNullAsStringNull: false,
  rowMode: 'array',
  clientSessionKeepAlive: false,
  clientStoreTemporaryCredential: false,
  clientRequestMFAToken: false,
  sfRetryMaxLoginRetries: loginRetries,
  timeout: deadlineMs,
})

function credentialOptions(credential: SnowflakeCredential): ConnectionOptions {
  switch (credential.method) {
    case 'key_pair':
      return { authenticator: 'SNOWFLAKE_JWT', username: credential.user, privateKey: credential.privateKeyPem }
    case 'access_token':
      return {
        authenticator: 'PROGRAMMATIC_ACCESS_TOKEN',
        token: credential.token,
        ...(credential.user === null ? {} : { username: credential.user }),
      }
    case 'oauth':
      return { authenticator: 'OAUTH', token: credential.token }
    case 'workload_identity':
      return {
        authenticator: 'WORKLOAD_IDENTITY',
        workloadIdentityProvider: credential.provider,
        ...(credential.token === null ? {} : { token: credential.token }),
      }
  }
}

/** Keeps the driver's code, and its message only when Snowflake wrote it: other messages may quote the credential. */
function asFailure(error: unknown): SnowflakeFailure {
  if (error instanceof SnowflakeFailure) return error
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown }
  const known = typeof code === 'string' || typeof code === 'number' ? String(code) : 'driver'
  const spoken = /^39\d{4}$/.test(known) && typeof message === 'string' ? message : ''
  return new SnowflakeFailure({ during: 'sign-in', code: known, words: spoken, sqlState: null, queryId: null })
}

const outOfTime = (ms: number): SnowflakeFailure =>
  new SnowflakeFailure({
    during: 'sign-in',
    code: 'deadline',
    words: `no answer within ${ms} ms`,
    sqlState: null,
    queryId: null,
  })

/** The driver does not promise the shape of `serialize`, so its version is pinned and the shape is checked here. */
function readTokens(serialized: string): SessionTokens {
  const state = JSON.parse(serialized) as {
    readonly services?: { readonly sf?: { readonly tokenInfo?: { sessionToken?: unknown; masterToken?: unknown } } }
  }
  const { sessionToken, masterToken } = state.services?.sf?.tokenInfo ?? {}
  if (typeof sessionToken !== 'string' || typeof masterToken !== 'string')
    throw new Error('The driver signed in but handed out no session.')
  return { session: sessionToken, master: masterToken }
}
