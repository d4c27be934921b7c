import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { sendReply, serve, type GeminiReply } from './gemini-server.ts'

/** The wire that a server speaks: Anthropic's messages, or the chat completions of OpenAI, Ollama and vLLM. */
export type ModelWire = 'anthropic' | 'openai'

/** What the server says to one question: an object to answer with, or any other body as `GeminiReply` has it. */
export interface ModelReply extends Omit<GeminiReply, 'pieces'> {
  readonly answer?: unknown
  /** As the provider calls it; the usual end when left out. */
  readonly stop?: string
}

export interface ModelScript {
  readonly wire: ModelWire
  /** Accepted keys; null for a server that takes none. */
  readonly keys: readonly string[] | null
  readonly models: readonly string[]
  /** Replies in the order of questions; the last one repeats. */
  readonly replies: readonly ModelReply[]
  /** Answers every list of models instead of the list. */
  readonly listReply?: GeminiReply
}

export interface ModelRequest {
  readonly method: string
  readonly path: string
  readonly key: string | null
  readonly body: Readonly<Record<string, unknown>> | null
}

export interface ModelServer {
  readonly url: string
  readonly requests: ModelRequest[]
  close(): Promise<void>
}

/** The tokens that every answer counts. */
export const countedTokens = { inputTokens: 512, outputTokens: 60 }

/**
 * A local server that speaks as the provider does on the wire: keys, versions, the list of models, streamed answers under a schema, and the
 * errors that the provider's documentation lists. Listens on 127.0.0.1 on a free port.
 */
export async function startModelServer(script: ModelScript): Promise<ModelServer> {
  const requests: ModelRequest[] = []
  const state = { replied: 0 }
  return { requests, ...(await serve((request, response) => handle(script, state, requests, request, response))) }
}

async function handle(
  script: ModelScript,
  state: { replied: number },
  requests: ModelRequest[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1')
  const given = await text(request)
  const body = given === '' ? null : (JSON.parse(given) as Record<string, unknown>)
  const own = request.headers['x-api-key']
  const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? null
  const key = script.wire === 'anthropic' ? (typeof own === 'string' ? own : null) : bearer
  requests.push({ method: request.method ?? '', path: pathname, key, body })
  const refusal = refuse(script, request, pathname, key, body)
  if (refusal !== null) return await sendReply(response, refusal)
  if (body === null) return await sendReply(response, script.listReply ?? listOf(script))
  const { answer, stop, ...rest } = script.replies[Math.min(state.replied++, script.replies.length - 1)] ?? {}
  if (answer === undefined) return await sendReply(response, rest)
  const events = script.wire === 'anthropic' ? anthropicEvents(body, answer, stop) : openaiEvents(body, answer, stop)
  await sendReply(response, { headers: { 'content-type': 'text/event-stream' }, ...rest, body: events })
}

/** Why a request is not answered, by the provider's documentation; null where it is. */
function refuse(
  { wire, keys, models }: ModelScript,
  { headers, method }: IncomingMessage,
  path: string,
  key: string | null,
  body: ModelRequest['body'],
): GeminiReply | null {
  const errors = modelErrors[wire]
  if (wire === 'anthropic' && headers['anthropic-version'] === undefined)
    return errors.invalid('anthropic-version: header is required')
  if (keys !== null && (key === null || !keys.includes(key))) return errors.wrongKey
  if (path === '/v1/models' && method === 'GET') return null
  if (path !== (wire === 'anthropic' ? '/v1/messages' : '/v1/chat/completions') || body === null)
    return { status: 404, body: '404 page not found' }
  if (wire === 'anthropic' && typeof body['max_tokens'] !== 'number')
    return errors.invalid('max_tokens: Field required')
  return models.includes(String(body['model'])) ? null : errors.unknownModel(String(body['model']))
}

function listOf({ wire, models }: ModelScript): GeminiReply {
  const data = models.map((id) =>
    wire === 'anthropic'
      ? { type: 'model', id, display_name: `The model ${id}`, created_at: '2026-02-19T00:00:00Z' }
      : { id, object: 'model', created: 1_770_000_000, owned_by: 'library' },
  )
  const ends = { first_id: models[0] ?? null, last_id: models.at(-1) ?? null, has_more: false }
  return { body: JSON.stringify(wire === 'anthropic' ? { data, ...ends } : { object: 'list', data }) }
}

const piecesOf = (answer: unknown): readonly string[] =>
  (typeof answer === 'string' ? answer : JSON.stringify(answer)).match(/[^]{1,40}/gu) ?? []

const named = (type: string, fields: object): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`

/** An answer as text where the request has a format for it, else as the input of the tool that stands in for one. */
function anthropicEvents(body: Readonly<Record<string, unknown>>, answer: unknown, stop?: string): string {
  const tools = body['tools'] as readonly { readonly name: string }[] | undefined
  const tool = body['output_config'] === undefined ? tools?.[0]?.name : undefined
  const message = {
    id: 'msg_01XFDUDYJgAACzvnptvVoYEL',
    type: 'message',
    role: 'assistant',
    content: [],
    model: body['model'],
    stop_reason: null,
    stop_sequence: null,
    usage: { input_tokens: countedTokens.inputTokens, output_tokens: 1 },
  }
  const block =
    tool === undefined ? { type: 'text', text: '' } : { type: 'tool_use', id: 'toolu_01A', name: tool, input: {} }
  const delta = (piece: string): object =>
    tool === undefined ? { type: 'text_delta', text: piece } : { type: 'input_json_delta', partial_json: piece }
  const reason = stop ?? (tool === undefined ? 'end_turn' : 'tool_use')
  return [
    named('message_start', { message }),
    named('content_block_start', { index: 0, content_block: block }),
    named('ping', {}),
    ...piecesOf(answer).map((piece) => named('content_block_delta', { index: 0, delta: delta(piece) })),
    named('content_block_stop', { index: 0 }),
    named('message_delta', {
      delta: { stop_reason: reason, stop_sequence: null },
      usage: { output_tokens: countedTokens.outputTokens },
    }),
    named('message_stop', {}),
  ].join('')
}

function openaiEvents(body: Readonly<Record<string, unknown>>, answer: unknown, stop = 'stop'): string {
  const chunk = (fields: object): string =>
    `data: ${JSON.stringify({
      id: 'chatcmpl-123',
      object: 'chat.completion.chunk',
      created: 1_770_000_000,
      model: body['model'],
      ...fields,
    })}\n\n`
  const choice = (delta: object, reason: string | null = null): string =>
    chunk({ choices: [{ index: 0, delta, finish_reason: reason }] })
  const usage = {
    prompt_tokens: countedTokens.inputTokens,
    completion_tokens: countedTokens.outputTokens,
    total_tokens: countedTokens.inputTokens + countedTokens.outputTokens,
  }
  const wantsUsage = JSON.stringify(body['stream_options'] ?? null).includes('"include_usage":true')
  return [
    choice({ role: 'assistant', content: '' }),
    ...piecesOf(answer).map((content) => choice({ content })),
    choice({}, stop),
    ...(wantsUsage ? [chunk({ choices: [], usage })] : []),
    'data: [DONE]\n\n',
  ].join('')
}

const anthropicError = (status: number, type: string, message: string, headers = {}): GeminiReply => ({
  status,
  headers,
  body: JSON.stringify({ type: 'error', error: { type, message }, request_id: 'req_011CSHoEeqs5C35K2UUqR7Fy' }),
})
const openaiError = (
  status: number,
  type: string,
  code: string | null,
  message: string,
  headers = {},
): GeminiReply => ({
  status,
  headers,
  body: JSON.stringify({ error: { message, type, param: null, code } }),
})

/** Errors as the providers document them. */
export const modelErrors = {
  anthropic: {
    wrongKey: anthropicError(401, 'authentication_error', 'invalid x-api-key'),
    forbidden: anthropicError(403, 'permission_error', 'Your API key does not have permission to use the resource.'),
    unknownModel: (name: string) => anthropicError(404, 'not_found_error', `model: ${name}`),
    limited: (seconds: number) =>
      anthropicError(429, 'rate_limit_error', 'This request would exceed your rate limit.', {
        'retry-after': String(seconds),
      }),
    usedUp: anthropicError(400, 'invalid_request_error', 'Your credit balance is too low to access the Anthropic API.'),
    overloaded: anthropicError(529, 'overloaded_error', 'Overloaded'),
    invalid: (message: string) => anthropicError(400, 'invalid_request_error', message),
    overloadedInStream: {
      headers: { 'content-type': 'text/event-stream' },
      body: named('error', { error: { type: 'overloaded_error', message: 'Overloaded' } }),
    } satisfies GeminiReply,
  },
  openai: {
    wrongKey: openaiError(
      401,
      'invalid_request_error',
      'invalid_api_key',
      'Incorrect API key provided: sk-no****1234.',
    ),
    forbidden: openaiError(403, 'invalid_request_error', null, 'You are not allowed to sample from this model.'),
    unknownModel: (name: string) =>
      openaiError(404, 'invalid_request_error', 'model_not_found', `The model \`${name}\` does not exist.`),
    limited: (seconds: number) =>
      openaiError(429, 'requests', 'rate_limit_exceeded', 'Rate limit reached for requests.', {
        'retry-after': String(seconds),
      }),
    usedUp: openaiError(429, 'insufficient_quota', 'insufficient_quota', 'You exceeded your current quota.'),
    overloaded: openaiError(503, 'server_error', null, 'The engine is currently overloaded, please try again later.'),
    invalid: (message: string) => openaiError(400, 'invalid_request_error', null, message),
    overloadedInStream: {
      headers: { 'content-type': 'text/event-stream' },
      body: `data: ${JSON.stringify({ error: { message: 'Overloaded', type: 'server_error', code: null } })}\n\n`,
    } satisfies GeminiReply,
  },
} as const
