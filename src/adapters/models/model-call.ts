import { setImmediate as nextTurn } from 'node:timers/promises'
import type { LanguageModelUsage, ModelMessage } from 'ai'
import type { ModelCallFact } from '../../core/metrics/measure-people.ts'
import type { Clock } from '../../core/ports/clock.ts'
import type { TokenUse, WriterDelta } from '../../core/ports/writer.ts'
import { problem, ProblemError } from '../../core/problem.ts'
import { type HttpClient, HttpFault } from '../http-client/http-client.ts'
import { type BoundedFetch, makeFetch } from '../http-client/make-fetch.ts'
import { brokenStream, type CallFailure, readFailure, type Redact, type Voice } from './model-problems.ts'
import type { ModelService } from './model-service.ts'
import { AskedAnswer, makeGrowingSql } from './writer-answer.ts'
import { writerInstructions } from './writer-prompt.ts'

export interface ModelCallNeeds {
  readonly service: ModelService
  readonly voice: Voice
  readonly apiKey: string
  readonly model: string
  readonly baseUrl: string
  readonly http: HttpClient
  readonly clock: Clock
  readonly redact: Redact
  /** How long the first piece of an answer may take, and each further one. */
  readonly firstTokenMs: number
  readonly betweenTokensMs: number
  readonly maxAnswerBytes: number
  /** Hears how many tokens a call has taken and given, once it is over. */
  readonly onTokens?: (tokens: TokenUse) => void
  /** Hears of each call once it is over. */
  readonly onCall?: ((call: ModelCallFact) => void) | undefined
}

/** The whole text of one answer, or why there is none. A text cut at the length limit is not whole. */
export type CallResult =
  | { readonly kind: 'whole'; readonly text: string }
  | { readonly kind: 'too-long'; readonly text: string }
  | ({ readonly kind: 'failed'; readonly answering: boolean } & CallFailure)

/**
 * One streamed call of a model. Yields what the SQL grows by; returns only text that the provider declared complete. Rejects with the
 * signal's reason once aborted; leaving early closes the connection.
 */
export async function* callModel(
  needs: ModelCallNeeds,
  messages: readonly ModelMessage[],
  signal: AbortSignal,
): AsyncGenerator<WriterDelta, CallResult> {
  const { service, model, voice, clock, onTokens, onCall } = needs
  const startedMs = clock.monotonicMs()
  let outcome: ModelCallFact['outcome'] = 'stopped'
  let firstPieceMs: number | null = null
  let tokens: TokenUse | null = null
  const noted = {
    ...needs,
    onTokens: (used: TokenUse): void => {
      tokens = used
      onTokens?.(used)
    },
  }
  try {
    const result = yield* streamCall(noted, messages, signal, () => (firstPieceMs ??= clock.monotonicMs() - startedMs))
    outcome = result.kind === 'failed' ? result.problem.problem.code : 'answered'
    return result
  } finally {
    onCall?.({ provider: service.provider, model, isOwnKey: voice.isOwnKey, outcome, firstPieceMs, tokens })
  }
}

async function* streamCall(
  needs: ModelCallNeeds,
  messages: readonly ModelMessage[],
  signal: AbortSignal,
  onPiece: () => void,
): AsyncGenerator<WriterDelta, CallResult> {
  const watch = watchCall(needs, signal)
  let answering = false
  const fail = (error: unknown): CallResult => {
    signal.throwIfAborted()
    const stopped = watch.signal.reason instanceof ProblemError ? watch.signal.reason : null
    if (stopped !== null) return { kind: 'failed', answering, problem: stopped, retry: 'never' }
    return { kind: 'failed', answering, ...readFailure(error, { ...needs, answering }) }
  }
  try {
    const sdk = await loadSdk(needs.service)
    signal.throwIfAborted()
    const growing = makeGrowingSql(sdk.parsePartialJson)
    let text = ''
    for await (const part of startAnswer(sdk, needs, messages, watch, () => (answering = true))) {
      if (part.type === 'error') return fail(part.error)
      if (part.type === 'text-delta' || part.type === 'reasoning-delta') {
        watch.heard()
        onPiece()
      }
      if (part.type === 'text-delta') {
        text += part.text
        yield* deltas(await growing.push(part.text))
      } else if (part.type === 'finish') {
        needs.onTokens?.(readUse(part.totalUsage))
        const result = readFinish(needs.voice, part.finishReason, needs.redact(part.rawFinishReason ?? ''), text)
        if (result.kind === 'whole') yield* deltas(await growing.rest())
        return result
      }
    }
    return fail(null)
  } catch (error) {
    return fail(error)
  } finally {
    watch.over()
  }
}

/** What is not input counts as output: a provider may count thoughts in the total alone. */
function readUse({ inputTokens = 0, outputTokens = 0, totalTokens }: LanguageModelUsage): TokenUse {
  return { inputTokens, outputTokens: Math.max(outputTokens, (totalTokens ?? 0) - inputTokens) }
}

function* deltas(sql: string): Generator<WriterDelta> {
  if (sql !== '') yield { sql }
}

/** A call's own signal: aborted with the person's, when a deadline passes, and when the call is over. */
interface Watch {
  readonly signal: AbortSignal
  /** Aborts the call with a reason. */
  readonly stop: (reason: unknown) => void
  /** A piece of the answer came: the next deadline begins. */
  heard(): void
  over(): void
}

function watchCall({ clock, voice, firstTokenMs, betweenTokensMs }: ModelCallNeeds, signal: AbortSignal): Watch {
  const call = new AbortController()
  const onAbort = () => call.abort(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  let takeBack = clock.after(firstTokenMs, () => call.abort(late(voice, firstTokenMs, 'begin to answer')))
  return {
    signal: call.signal,
    stop: call.abort.bind(call),
    heard() {
      takeBack()
      takeBack = clock.after(betweenTokensMs, () => call.abort(late(voice, betweenTokensMs, 'go on')))
    },
    over() {
      takeBack()
      signal.removeEventListener('abort', onAbort)
      call.abort('over')
    },
  }
}

type Sdk = Awaited<ReturnType<typeof loadSdk>>

/** Loaded at the first question: the SDK takes a fifth of a second to start, which the server's start should not. */
async function loadSdk(service: ModelService) {
  const [{ streamText, Output, parsePartialJson }, makeModels] = await Promise.all([import('ai'), service.load()])
  return { streamText, Output, parsePartialJson, makeModels }
}

function startAnswer(
  sdk: Sdk,
  { apiKey, baseUrl, model, http, maxAnswerBytes, voice }: ModelCallNeeds,
  messages: readonly ModelMessage[],
  watch: Watch,
  onAnswer: () => void,
) {
  const fetch = makeModelFetch({ http, voice, maxBytes: maxAnswerBytes, onAnswer, onUnfit: watch.stop })
  const makeModel = sdk.makeModels({ apiKey, baseUrl, fetch })
  const answer = sdk.streamText({
    model: makeModel(model),
    instructions: writerInstructions,
    messages: [...messages],
    output: makeOutput(sdk),
    maxRetries: 0,
    abortSignal: watch.signal,
    // Errors arrive as parts of the stream; without this the SDK prints them, prompt and all.
    onError: () => {},
  })
  return answer.stream
}

/** The fields to be filled in, with a partial reading that only says that there was another piece: `GrowingSql` does the reading. */
const makeOutput = ({ Output }: Sdk) => {
  const output = Output.object({ schema: AskedAnswer })
  // The SDK would read the whole text again with every piece, and passes a piece on only when what it read has changed.
  const parsePartialOutput: typeof output.parsePartialOutput = async ({ text }) => ({
    partial: { sql: String(text.length) },
  })
  return { ...output, parsePartialOutput }
}

function readFinish(voice: Voice, reason: string, raw: string, text: string): CallResult {
  if (reason === 'stop') return { kind: 'whole', text }
  if (reason === 'length') return { kind: 'too-long', text }
  const details = raw === '' ? {} : { details: [raw.slice(0, 80)] }
  const failed = { kind: 'failed', answering: true, retry: 'never' } as const
  if (reason === 'content-filter')
    return {
      ...failed,
      problem: problem(
        'model_failed',
        `${voice.name} refused to answer this question.`,
        'Ask it in other words, or choose another model.',
        details,
      ),
    }
  if (reason === 'interrupted') return { ...failed, problem: brokenStream(voice) }
  return {
    ...failed,
    problem: problem(
      'model_failed',
      `${voice.name} stopped without an answer.`,
      'Ask again, or choose another model.',
      details,
    ),
  }
}

const late = (voice: Voice, ms: number, what: string) =>
  problem(
    'model_unavailable',
    `${voice.name} did not ${what} within ${ms / 1000} s.`,
    'Ask again, or choose another model.',
    {
      cause: new DOMException('The model was silent.', 'TimeoutError'),
    },
  )

interface ModelFetchNeeds {
  readonly voice: Voice
  readonly http: HttpClient
  /** The most bytes an answer may have. */
  readonly maxBytes: number
  /** Called once the answer has begun with status 200. */
  readonly onAnswer: () => void
  /** Called when the answer must not be read further; the call is to be aborted with the problem. */
  readonly onUnfit: (problem: ProblemError) => void
}

/** The SDK reads everything it is given before other work runs, so a long answer that arrives at once is handed on in slices. */
const sliceBytes = 4_096

/**
 * `fetch` as the SDK is to use it: follows no redirect (the key would go along), reads no more than `maxBytes`, and takes a streamed
 * answer only when it is one.
 */
export function makeModelFetch({ http, voice, maxBytes, onAnswer, onUnfit }: ModelFetchNeeds): BoundedFetch {
  const fetch = makeFetch(http, { maxBytes })

  async function* slice(response: Response, body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of body)
        for (let from = 0; from < chunk.byteLength; from += sliceBytes) {
          yield chunk.subarray(from, from + sliceBytes)
          await nextTurn()
        }
    } catch (error) {
      if (!(error instanceof HttpFault && error.reason === 'too_large')) throw error
      // An error is told by its status; the rest of a long page beside it is not needed.
      if (response.status !== 200) return
      onUnfit(tooLarge(voice, maxBytes))
      throw error
    }
  }
  return async (input, init) => {
    const response = await fetch(input, init)
    if (response.status >= 300 && response.status < 400) {
      await response.body?.cancel()
      throw new TypeError(`The redirect (${response.status}) was not followed.`)
    }
    if (response.status === 200) {
      if (!(response.headers.get('content-type') ?? '').startsWith('text/event-stream')) onUnfit(stranger(voice))
      onAnswer()
    }
    if (response.body === null) return response
    const { status, headers } = response
    return new Response(ReadableStream.from(slice(response, response.body)), { status, headers })
  }
}

export const stranger = (voice: Voice) =>
  problem('model_failed', `What answered in place of ${voice.inside} is not ${voice.inside}.`, voice.onStranger)

const tooLarge = (voice: Voice, maxBytes: number) =>
  problem(
    'model_failed',
    `The answer of ${voice.inside} was larger than ${maxBytes} bytes; nothing was run.`,
    'Ask again, or ask for less at once.',
  )
