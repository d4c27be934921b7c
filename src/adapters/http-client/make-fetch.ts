import type { IncomingHttpHeaders } from 'node:http'
import { HttpFault, type HttpClient, type HttpRequest } from './http-client.ts'

/** What of `RequestInit` is read. */
interface FetchInit {
  readonly method?: string
  readonly headers?: ConstructorParameters<typeof Headers>[0]
  readonly body?: unknown
  readonly signal?: AbortSignal | null | undefined
}

export type BoundedFetch = (address: string | URL | Request, init?: FetchInit) => Promise<Response>

/** Statuses whose answers have no body. */
const bodiless: readonly number[] = [204, 205, 304]

/**
 * The client in the shape of `fetch`, for libraries that take one. Reads strings and forms as bodies, hands redirects over unfollowed and the
 * body as it comes. Rejects with `HttpFault` or the signal's reason.
 */
export function makeFetch(client: HttpClient, limits: Pick<HttpRequest, 'maxBytes' | 'deadlineMs'>): BoundedFetch {
  return async (address, init = {}) => {
    const { method = 'GET', body, signal } = init
    const answer = await client.stream(new URL(address instanceof Request ? address.url : address), {
      ...limits,
      method,
      headers: Object.fromEntries(new Headers(init.headers)),
      ...(body === undefined || body === null ? {} : { body: textOf(body) }),
      ...(signal === undefined || signal === null ? {} : { signal }),
    })
    if (answer.status < 200 || answer.status > 599) {
      await answer.body.cancel()
      throw new HttpFault('cut', `HTTP status ${answer.status}`, true)
    }
    return new Response(bodiless.includes(answer.status) ? null : answer.body, {
      status: answer.status,
      headers: readHeaders(answer.headers),
    })
  }
}

function textOf(body: unknown): string {
  if (typeof body === 'string') return body
  if (body instanceof URLSearchParams) return body.toString()
  throw new TypeError('Only texts and forms are sent.')
}

function readHeaders(headers: IncomingHttpHeaders): Headers {
  const read = new Headers()
  for (const [name, value] of Object.entries(headers))
    for (const one of Array.isArray(value) ? value : [value ?? '']) read.append(name, one)
  return read
}
