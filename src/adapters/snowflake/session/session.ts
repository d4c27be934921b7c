import { randomUUID } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import type { Redactor } from '../../../core/redactor.ts'
import type { AskCredential, SnowflakeTarget } from '../snowflake-link.ts'
import { type HttpAnswer, type HttpClient, HttpFault } from '../../http-client/http-client.ts'
import { SnowflakeFailure } from './snowflake-failure.ts'
import type { SnowflakeLimits } from './snowflake-limits.ts'
import type { SessionTokens, SignIn } from './sign-in.ts'

/** An answer of Snowflake's HTTP interface. `data` is not validated; its readers check the fields they use. */
export interface WireAnswer {
  readonly success: boolean
  readonly code: string | null
  readonly message: string
  readonly data: Readonly<Record<string, unknown>>
}

interface WireRequest {
  readonly method: 'GET' | 'POST'
  /** Path and search, without the `requestId`. */
  readonly path: string
  readonly requestId?: string
  /** Further parameters of the search. */
  readonly search?: Readonly<Record<string, string>>
  /**
   * The request may have been acted on already. Snowflake recognises its `requestId` in the same session only, so it is never sent in
   * a new one: `SnowflakeFailure` `gone` is thrown instead.
   */
  readonly isRepeat?: boolean
  readonly body?: unknown
  readonly deadlineMs: number
  readonly signal: AbortSignal
}

/** One session in Snowflake: signed in when first needed, its token renewed when it expires, signed in anew when it is gone. */
export interface Session {
  /** Sends one request. When Snowflake answers that the session has expired or is gone, signs in again and sends the request once more. */
  request(request: WireRequest): Promise<WireAnswer>
  /** Whether it is signed in: before that, nothing of it can run in Snowflake. */
  isOpen(): boolean
  /** Tells Snowflake that the session is over. */
  close(): Promise<void>
}

/** A new session while it is set up, before statements use it. */
export type RawSession = Pick<Session, 'request' | 'isOpen'>

export interface SessionNeeds {
  readonly target: SnowflakeTarget
  readonly credential: AskCredential
  readonly signIn: SignIn
  readonly http: HttpClient
  readonly limits: SnowflakeLimits
  /** Learns the tokens of sessions, which an account may quote in its answers. */
  readonly redactor: Redactor
  /** Run first in every new session, in order. */
  readonly setUp: (session: RawSession, signal: AbortSignal) => Promise<void>
}

/** The session's token has expired; the master token renews it. */
const expired = '390112'
/** The session is gone: only a new sign-in helps. The statement that met this was not begun. */
const goneCodes: readonly (string | null)[] = ['390104', '390111', '390114', '390195']
/** The OAuth token has expired; a new one may be accepted. */
const staleToken: readonly string[] = ['390303', '390318']

const longestAnswer = 128 * 1024 ** 2
const mostRedirects = 5

/** Snowflake's own domains. */
const snowflakeHost = /^([\w-]+)\.(?:[\w-]+\.)*snowflakecomputing\.(?:com|cn)$/

/**
 * Whether a redirect stays with the account, so that its session's token may go along: the same origin, or over TLS another of Snowflake's
 * hosts that begins with the account's name, such as its regional or private-link address.
 */
export function isAccountHost(url: URL, accessUrl: string): boolean {
  const own = new URL(accessUrl)
  if (url.origin === own.origin) return true
  const account = snowflakeHost.exec(own.hostname)?.[1]
  const isSecure = url.protocol === 'https:' && url.port === ''
  return isSecure && account !== undefined && snowflakeHost.exec(url.hostname)?.[1] === account
}

export function makeSession(needs: SessionNeeds): Session {
  const { limits } = needs
  let tokens: Promise<SessionTokens> | null = null
  let isOpen = false

  const signIn = async (signal: AbortSignal): Promise<SessionTokens> => {
    const options = { deadlineMs: limits.signInMs, signal }
    try {
      return await needs.signIn(needs.target, await needs.credential(signal, false), options)
    } catch (error) {
      if (!(error instanceof SnowflakeFailure) || !staleToken.includes(error.facts.code)) throw error
      return await needs.signIn(needs.target, await needs.credential(signal, true), options)
    }
  }
  /** Tells Snowflake that a session is over. When that fails, Snowflake ends it by itself after some hours. */
  const end = async ({ session }: SessionTokens): Promise<void> => {
    const request = { method: 'POST', path: '/session?delete=true', requestId: randomUUID() } as const
    const deadline = { deadlineMs: limits.requestMs, signal: new AbortController().signal }
    await send({ ...request, ...deadline }, session).catch(() => undefined)
  }
  const open = async (signal: AbortSignal): Promise<SessionTokens> => {
    const fresh = await signIn(signal)
    try {
      await needs.setUp({ request: (request) => send(request, fresh.session), isOpen: () => true }, signal)
    } catch (error) {
      await end(fresh)
      throw error
    }
    isOpen = true
    return fresh
  }
  /** Shares a sign-in among concurrent requests, and forgets one that failed, so that the next request tries again. */
  const replace = (work: Promise<SessionTokens>): Promise<SessionTokens> => {
    tokens = work
    work.catch(() => {
      if (tokens !== work) return
      tokens = null
      isOpen = false
    })
    return work
  }
  const send = (request: WireRequest, token: string): Promise<WireAnswer> => sendRequest(needs, request, token)
  const renew = async (old: SessionTokens, { signal, isRepeat }: WireRequest): Promise<SessionTokens> => {
    const answer = await send(
      {
        method: 'POST',
        path: '/session/token-request',
        requestId: randomUUID(),
        body: { requestType: 'RENEW', oldSessionToken: old.session },
        deadlineMs: limits.requestMs,
        signal,
      },
      old.master,
    )
    const { sessionToken, masterToken } = answer.data
    if (!answer.success || typeof sessionToken !== 'string') {
      if (isRepeat === true) throw gone(answer.message)
      return await open(signal)
    }
    return { session: sessionToken, master: typeof masterToken === 'string' ? masterToken : old.master }
  }

  return {
    async request(request) {
      for (let tries = 0; ; tries += 1) {
        const used = tokens ?? replace(open(request.signal))
        const old = await used
        const answer = await send(request, old.session)
        const isExpired = answer.code === expired
        if (answer.success || !(isExpired || goneCodes.includes(answer.code))) return answer
        const isRenewable = isExpired && tries === 0
        if (tries === 2 || (request.isRepeat === true && !isRenewable)) throw gone(answer.message)
        if (tokens === used) void replace(isRenewable ? renew(old, request) : open(request.signal))
      }
    },
    isOpen: () => isOpen,
    async close() {
      const open = await tokens?.catch(() => null)
      tokens = null
      isOpen = false
      if (open !== null && open !== undefined) await end(open)
    },
  }
}

/** Sends one request with a token, and follows redirects within the account's own hosts. */
async function sendRequest(
  { http, target, redactor }: Pick<SessionNeeds, 'http' | 'target' | 'redactor'>,
  request: WireRequest,
  token: string,
): Promise<WireAnswer> {
  redactor.add(token)
  let url = new URL(request.path, target.accessUrl)
  if (request.requestId !== undefined) url.searchParams.set('requestId', request.requestId)
  for (const [name, value] of Object.entries(request.search ?? {})) url.searchParams.set(name, value)
  url.searchParams.set('request_guid', randomUUID())
  for (let redirects = 0; ; redirects += 1) {
    const answer = await http.request(url, {
      method: request.method,
      headers: {
        // Every driver reads a query's state as plain JSON.
        accept: request.path.startsWith('/monitoring/') ? 'application/json' : 'application/snowflake',
        authorization: `Snowflake Token="${token}"`,
        'accept-encoding': 'gzip',
        'user-agent': 'Floe',
        ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(request.body === undefined ? {} : { body: Buffer.from(JSON.stringify(request.body)) }),
      deadlineMs: request.deadlineMs,
      idleMs: request.deadlineMs,
      maxBytes: longestAnswer,
      signal: request.signal,
    })
    if (answer.status !== 307 && answer.status !== 308) return readAnswer(answer)
    const next = URL.parse(answer.headers.location ?? '', url.href)
    if (next === null || redirects === mostRedirects || !isAccountHost(next, target.accessUrl))
      throw new SnowflakeFailure({ ...nothing, code: 'redirected', words: `to ${next?.host ?? 'no address'}` })
    url = next
  }
}

/** Reads an answer; throws a failure that quotes nothing of a body that is no answer of Snowflake. */
function readAnswer({ status, headers, body }: HttpAnswer): WireAnswer {
  const parsed = parse(headers['content-encoding'] === 'gzip', body)
  if (typeof parsed === 'object' && parsed !== null && 'success' in parsed) {
    const { success, code, message, data } = parsed as Readonly<Record<string, unknown>>
    return {
      success: success === true,
      code: typeof code === 'string' ? code : typeof code === 'number' ? String(code) : null,
      message: typeof message === 'string' ? message : '',
      data: typeof data === 'object' && data !== null ? (data as Readonly<Record<string, unknown>>) : {},
    }
  }
  throw status === 200 ? new SnowflakeFailure({ ...nothing, code: 'garbage' }) : new HttpStatusFailure(status)
}

const nothing = { during: 'statement', words: '', sqlState: null, queryId: null } as const

const gone = (words: string): SnowflakeFailure =>
  new SnowflakeFailure({ ...nothing, during: 'sign-in', code: 'gone', words })

/** The JSON of a body; null for a damaged one. */
function parse(isGzipped: boolean, body: Buffer): unknown {
  try {
    return JSON.parse((isGzipped ? gunzipSync(body) : body).toString('utf8'))
  } catch (error) {
    if (error instanceof SyntaxError || isZlibError(error)) return null
    throw error
  }
}

/** Whether bytes could not be unpacked. */
export const isZlibError = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')

/** An HTTP error without Snowflake's own words. */
class HttpStatusFailure extends SnowflakeFailure {
  readonly status: number
  constructor(status: number) {
    super({ ...nothing, code: status === 429 ? 'limited' : 'http', words: `HTTP status ${status}` })
    this.status = status
  }
}

/** Whether a request failed in a way that passes: the connection broke, nothing answered, or a gateway could not forward it. */
export const isPassing = (error: unknown): boolean =>
  (error instanceof HttpFault && error.reason !== 'too_large') ||
  (error instanceof HttpStatusFailure && (error.status === 408 || error.status === 429 || error.status >= 500))

/** Whether a request that failed like this may have been acted on. */
export const mayHaveArrived = (error: unknown): boolean =>
  !(error instanceof HttpFault && !error.mayHaveArrived) &&
  !(error instanceof HttpStatusFailure && error.status === 429)
