import type { FastifyReply, FastifyRequest } from 'fastify'
import { randomUUID } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { z } from 'zod'
import type { ProblemDocument } from '../contract/problem-document.ts'
import type { Problem, ProblemCode } from '../contract/problem.ts'
import { presentProblem, problem, ProblemError, withLogId } from '../core/problem.ts'
import { headersWithoutHooks } from './request-policy.ts'

/** The HTTP status of each problem. */
export const statusOfProblem = {
  bad_request: 400,
  bad_question: 400,
  not_found: 404,
  connection_unknown: 404,
  connection_broken: 502,
  sign_in_needed: 409,
  signed_out: 401,
  sign_in_refused: 403,
  sign_in_failed: 400,
  issuer_unavailable: 502,
  sql_refused: 422,
  sql_invalid: 422,
  sql_unsupported: 422,
  stale_approval: 409,
  turn_not_waiting: 409,
  warehouse_unreachable: 503,
  warehouse_failed: 502,
  query_timeout: 504,
  query_too_large: 422,
  result_expired: 410,
  budget_used: 429,
  model_unauthorized: 502,
  model_unavailable: 503,
  model_limited: 429,
  model_failed: 502,
  model_unknown: 404,
  writer_declined: 422,
  store_unavailable: 503,
  too_busy: 503,
  interrupted: 409,
  forbidden: 403,
  token_needed: 401,
  cannot_listen: 503,
  internal: 500,
} as const satisfies Record<ProblemCode, number>

/** What Fastify itself refuses, in our words. Its other client errors become a plain `bad_request`. */
const refusals: Readonly<Record<number, readonly [message: string, action: string]>> = {
  405: ['This address does not take that method.', 'Use one that the Allow header names; /api/docs lists them.'],
  413: ['The request is larger than 1 MB.', 'Send less in one request.'],
  408: ['The request did not arrive in time.', 'Send it again, whole.'],
  415: ['The body is not plain JSON.', 'Send it as application/json, not compressed.'],
  431: ['The headers are too large.', 'Send fewer or shorter ones; 16 kB is the most.'],
  429: ['Too many requests at once.', 'Wait a moment and try again.'],
}

const unreadable = [
  'The request could not be read.',
  'Check the address, the headers and that the body is valid JSON.',
] as const

/** The intended error inside whatever was thrown, with its status; anything unintended is a bare `internal`. */
export function readFault(error: unknown): { readonly problem: Problem; readonly status: number } {
  if (error instanceof ProblemError) return { problem: error.problem, status: statusOfProblem[error.problem.code] }
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500
  if (!(status >= 400 && status < 500)) return { problem: presentProblem(error), status: 500 }
  const [message, action] = refusals[status] ?? unreadable
  return { problem: problem('bad_request', message, action).problem, status }
}

/** The RFC 9457 document of a problem. */
export function presentDocument(problem: Problem, status: number, requestId: string): ProblemDocument {
  const words = problem.code.replaceAll('_', ' ')
  return {
    type: `/api/docs#${problem.code}`,
    title: words.charAt(0).toUpperCase() + words.slice(1),
    status,
    detail: problem.message,
    instance: `urn:uuid:${requestId}`,
    ...problem,
  }
}

/** What of a request a fault is told under. */
export type FaultyRequest = Pick<FastifyRequest, 'id' | 'log' | 'raw'>

/**
 * The problem in whatever was thrown, with its status. What the person must not see is written to the log, and the problem then names the request
 * that it is found under; intended problems without a cause say everything already. A client that has left is no fault.
 */
export function reportFault({ id, log, raw }: FaultyRequest, error: unknown): ReturnType<typeof readFault> {
  const { problem, status } = readFault(error)
  const hidden = error instanceof ProblemError ? error.cause : status === 500 ? error : undefined
  if (hidden === undefined) return { problem, status }
  if (raw.socket.destroyed) {
    log.debug({ err: hidden, code: problem.code }, 'a client left before its answer')
    return { problem, status }
  }
  if (error instanceof ProblemError) log.warn({ err: hidden, code: problem.code }, 'a request met a problem')
  else log.error({ err: hidden }, 'a request failed')
  return { problem: withLogId(problem, id), status }
}

/** Seconds after which it may help to come back, where a problem does not know better. */
const usualWait: Readonly<Partial<Record<ProblemCode, number>>> = { too_busy: 2, model_limited: 60, budget_used: 3_600 }

/** Says when to come back, where that helps. */
export function markRetry(reply: FastifyReply, { code }: Problem, error: unknown): void {
  const usual = usualWait[code]
  if (usual === undefined) return
  const known = error instanceof ProblemError ? error.retryAfterSeconds : null
  void reply.header('retry-after', String(known ?? usual))
}

/** Answers a fault as a problem document. */
export function sendFault(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { problem, status } = reportFault(request, error)
  request.problemCode = problem.code
  markRetry(reply, problem, error)
  if (status === 401) void reply.header('www-authenticate', 'Bearer')
  return reply
    .code(status)
    .type('application/problem+json')
    .send(JSON.stringify(presentDocument(problem, status, request.id)))
}

const statusOfBrokenRequest: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
}

/** Answers what was no request, or no whole one in time, and ends its connection. */
export function refuseBrokenRequest(error: Error & { readonly code?: string }, connection: Socket): void {
  if (error.code === 'ECONNRESET' || !connection.writable) return void connection.destroy()
  const status = statusOfBrokenRequest[error.code ?? ''] ?? 400
  const [message, action] = refusals[status] ?? unreadable
  const body = JSON.stringify(presentDocument(problem('bad_request', message, action).problem, status, randomUUID()))
  const headers = {
    ...headersWithoutHooks,
    'content-type': 'application/problem+json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  }
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  // What is still on its way is not read any more.
  connection.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head.join('')}\r\n${body}`, () =>
    connection.destroy(),
  )
}

/** The problem of input that does not fit its schema, naming each field. */
export const invalidInput = (
  issues: readonly { readonly path?: readonly unknown[] | undefined; readonly message: string }[],
): ProblemError =>
  problem('bad_request', 'The request does not have the right shape.', 'Mend the fields named in the details.', {
    details: issues.map(({ path, message }) => `${nameOf(path) || 'request'}: ${message}`),
  })

/** Input of a route beside the contract. Throws the problem of what does not fit. */
export function parseInput<T extends z.core.$ZodType>(schema: T, value: unknown): z.output<T> {
  const parsed = z.safeParse(schema, value)
  if (parsed.success) return parsed.data
  throw invalidInput(parsed.error.issues)
}

const nameOf = (path: readonly unknown[] = []): string =>
  path.map((part) => String(typeof part === 'object' && part !== null && 'key' in part ? part.key : part)).join('.')
