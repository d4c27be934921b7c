import type snowflake from 'snowflake-sdk'
import type { ConnectionOptions } from 'snowflake-sdk'
import type { SnowflakeCredential, SnowflakeTarget } from '../snowflake-link.ts'
import { SnowflakeFailure } from './snowflake-failure.ts'

/** What opens a session's doors. Never leaves the driver's process. */
export interface SessionTokens {
  readonly session: string
  readonly master: string
}

/** The way to a session: the one call into the official driver. Throws `SnowflakeFailure`. */
export type SignIn = (
  target: SnowflakeTarget,
  credential: SnowflakeCredential,
  options: { readonly deadlineMs: number; readonly signal: AbortSignal },
) => Promise<SessionTokens>

/** Retries after a refused connection or a 5xx; the deadline around the sign-in ends them earlier. */
const loginRetries = 2

/**
 * The driver signs in, which is where it is worth its weight: key pairs, tokens and the identities of three clouds. Everything after that is ours.
 * `serialize` is the public way to a session's tokens, and with them statements go over the same HTTP interface that every Snowflake driver uses.
 * The driver's own way of running statements cannot be made safe from outside: it repeats a statement for two minutes after a 5xx, has no
 * deadline, reads and writes files when a text starts with PUT or GET, and evaluates text of a result as code.
 */
export function makeSignIn(): SignIn {
  let loading: Promise<typeof snowflake> | null = null
  return async (target, credential, { deadlineMs, signal }) => {
    signal.throwIfAborted()
    loading ??= loadDriver()
    const driver = await loading
    const connection = driver.createConnection({
      ...safeOptions(target, deadlineMs),
      ...credentialOptions(credential),
    })
    const connected = Promise.withResolvers<void>()
    const late = setTimeout(() => connected.reject(outOfTime(deadlineMs)), deadlineMs)
    const abort = (): void => connected.reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    try {
      connection
        // Without an error the driver passes null, whatever its types say; what this callback throws would make it sign in again.
        .connectAsync((error: unknown) => (error ? connected.reject(asFailure(error)) : connected.resolve()))
        .catch((error: unknown) => connected.reject(asFailure(error)))
      await connected.promise
      return readTokens(connection.serialize())
    } finally {
      clearTimeout(late)
      signal.removeEventListener('abort', abort)
    }
  }
}

const silent = (): void => undefined
const keepText = (text: string): string => text

async function loadDriver(): Promise<typeof snowflake> {
  const { default: driver } = await import('snowflake-sdk')
  driver.configure({
    logLevel: 'OFF',
    customLogger: { error: silent, warn: silent, info: silent, debug: silent, trace: silent },
    // The chain of certificates is checked by Node either way; this check would write a cache file and call third hosts.
    disableOCSPChecks: true,
    // The defaults evaluate text as code. No result reaches the driver; this is the second lock.
    jsonColumnVariantParser: keepText,
    xmlColumnVariantParser: keepText,
  })
  return driver
}

/** Always passed in full: without options the driver reads files of the machine. */
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

/** A message of the driver may quote what it was given; only its code is kept, and Snowflake's own words where Snowflake spoke. */
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

/** The shape of `serialize` is not promised from version to version; the driver is pinned, and a new shape is noticed here. */
function readTokens(serialized: string): SessionTokens {
  const state = JSON.parse(serialized) as {
    readonly services?: { readonly sf?: { readonly tokenInfo?: { sessionToken?: unknown; masterToken?: unknown } } }
  }
  const { sessionToken, masterToken } = state.services?.sf?.tokenInfo ?? {}
  if (typeof sessionToken !== 'string' || typeof masterToken !== 'string')
    throw new Error('The driver signed in but handed out no session.')
  return { session: sessionToken, master: masterToken }
}
