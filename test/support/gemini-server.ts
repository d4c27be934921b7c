import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { geminiErrors, type GeminiPiece } from './gemini-wire.ts'

/** What the server says to one generateContent or streamGenerateContent request. */
export interface GeminiReply {
  /** An answer; streamed as server-sent events or joined into one body, as the request asks. */
  readonly pieces?: readonly GeminiPiece[]
  /** Any other body, sent as it is. */
  readonly body?: string
  /** 200 when left out. */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** Sends the body in chunks of this many bytes. */
  readonly sliceBytes?: number
  /** Sends only this many bytes of the body, then resets the connection, ends it as if all were well, or says nothing more. */
  readonly stopAfterBytes?: number
  readonly ending?: 'reset' | 'end' | 'hang'
  /** Never sends a status line. */
  readonly silent?: boolean
}

export interface GeminiScript {
  /** The one key that is accepted; without it, any. */
  readonly apiKey?: string
  /** The models that exist; without it, every name does. */
  readonly models?: readonly string[]
  /** Replies in the order of requests; the last one repeats. */
  readonly replies: readonly GeminiReply[]
}

export interface GeminiRequest {
  readonly method: string
  readonly path: string
  /** Empty for a request that names none. */
  readonly model: string
  readonly key: string | null
  readonly keyIn: 'header' | 'query' | null
  readonly body: unknown
  /** Resolves once the client has gone before the answer was complete. */
  readonly abandoned: Promise<void>
}

export interface GeminiServer {
  /** The address without the API version. */
  readonly url: string
  readonly requests: readonly GeminiRequest[]
  close(): Promise<void>
}

/**
 * A local server that speaks as the Gemini API does on the wire and says what the script says: keys in header or query, `/v1beta` and
 * `/v1`, the model list, both generate calls, Google's error bodies. Listens on 127.0.0.1 on a free port.
 */
export async function startGeminiServer(script: GeminiScript): Promise<GeminiServer> {
  const requests: GeminiRequest[] = []
  const state = { replied: 0 }
  return { requests, ...(await serve((request, response) => handle(script, state, requests, request, response))) }
}

/** Listens on 127.0.0.1 on a free port. An answer that cannot be made ends its connection. */
export async function serve(
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<Pick<GeminiServer, 'url' | 'close'>> {
  const server = createServer({ noDelay: true }, (request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error as Error))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function handle(
  script: GeminiScript,
  state: { replied: number },
  requests: GeminiRequest[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1')
  const abandoned = once(response, 'close').then(() =>
    response.writableFinished ? new Promise<void>(() => {}) : undefined,
  )
  const body = await text(request)
  const header = request.headers['x-goog-api-key']
  const key = typeof header === 'string' ? header : url.searchParams.get('key')
  const [, model = '', action = ''] = /^\/v1(?:beta)?\/models\/([^:/]+)(?::(\w+))?$/.exec(url.pathname) ?? []
  requests.push({
    method: request.method ?? '',
    path: url.pathname,
    model,
    key,
    keyIn: key === null ? null : typeof header === 'string' ? 'header' : 'query',
    body: body === '' ? null : JSON.parse(body),
    abandoned,
  })
  const refusal = refuse(script, key, model, url)
  if (refusal !== null) return sendReply(response, refusal)
  if (action === '') return sendReply(response, { body: listModels(script, model) })
  const reply = script.replies[Math.min(state.replied++, script.replies.length - 1)] ?? geminiErrors.internal
  return sendReply(response, encode(reply, action === 'streamGenerateContent' && url.searchParams.get('alt') === 'sse'))
}

function refuse(script: GeminiScript, key: string | null, model: string, url: URL): GeminiReply | null {
  if (key === null || key === '') return geminiErrors.noKey
  if (script.apiKey !== undefined && key !== script.apiKey) return geminiErrors.invalidKey
  if (model === '') return /^\/v1(?:beta)?\/models\/?$/.test(url.pathname) ? null : { status: 404, body: 'Not Found' }
  return script.models === undefined || script.models.includes(model) ? null : geminiErrors.unknownModel(model)
}

function listModels(script: GeminiScript, one: string): string {
  const models = (one === '' ? (script.models ?? []) : [one]).map((name) => ({
    name: `models/${name}`,
    displayName: name,
    inputTokenLimit: 1_048_576,
    outputTokenLimit: 65_536,
    supportedGenerationMethods: ['generateContent', 'countTokens', 'streamGenerateContent'],
  }))
  return JSON.stringify(one === '' ? { models } : models[0])
}

/** The reply with its pieces turned into the body the request asked for. */
function encode(reply: GeminiReply, streamed: boolean): GeminiReply {
  const { pieces, ...rest } = reply
  if (pieces === undefined) return reply
  if (!streamed) return { ...rest, body: JSON.stringify(pieces.length === 1 ? pieces[0] : joined(pieces)) }
  const body = pieces.map((piece) => `data: ${JSON.stringify(piece)}\r\n\r\n`).join('')
  return { headers: { 'content-type': 'text/event-stream' }, ...rest, body }
}

function joined(pieces: readonly GeminiPiece[]): GeminiPiece {
  const candidates = pieces.flatMap(
    (piece) => (piece['candidates'] as readonly { content: { parts: object[] } }[]) ?? [],
  )
  const parts = candidates.flatMap((candidate) => candidate.content.parts)
  return { ...pieces.at(-1), candidates: [{ ...candidates.at(-1), content: { parts, role: 'model' } }] }
}

/** Sends a reply as its script says. */
export async function sendReply(response: ServerResponse, reply: GeminiReply): Promise<void> {
  if (reply.silent === true) return
  const whole = Buffer.from(reply.body ?? '')
  const bytes = whole.subarray(0, reply.stopAfterBytes ?? whole.length)
  response.writeHead(reply.status ?? 200, { 'content-type': 'application/json; charset=UTF-8', ...reply.headers })
  response.flushHeaders()
  const slice = reply.sliceBytes ?? Math.max(bytes.length, 1)
  for (let at = 0; at < bytes.length && !response.destroyed; at += slice) {
    if (!response.write(bytes.subarray(at, at + slice)))
      await Promise.race([once(response, 'drain'), once(response, 'close')])
    await nextTurn()
  }
  if (reply.stopAfterBytes === undefined || reply.ending === 'end') response.end()
  else if (reply.ending !== 'hang') response.socket?.resetAndDestroy()
}

// `node test/support/gemini-server.ts SCRIPT.json` serves a script from a file and prints the address as one line of JSON.
if (import.meta.main) {
  const server = await startGeminiServer(JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as GeminiScript)
  process.stdout.write(`${JSON.stringify({ url: server.url })}\n`)
}
