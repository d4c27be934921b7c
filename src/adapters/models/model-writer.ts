import type { ModelMessage } from 'ai'
import { limits } from '../../core/limits.ts'
import type { Clock } from '../../core/ports/clock.ts'
import type { Writer, WriterDelta, WriterOutcome } from '../../core/ports/writer.ts'
import { problem } from '../../core/problem.ts'
import type { HttpClient } from '../http-client/http-client.ts'
import { callModel, type CallResult, type ModelCallNeeds } from './model-call.ts'
import { runSilently } from './fallback-writer.ts'
import { keyRefused, makeRedact, type Voice } from './model-problems.ts'
import { completeAddress, type ModelService } from './model-service.ts'
import { makeRetryBudget, type RetryBudget } from './retry-budget.ts'
import { readAnswer } from './writer-answer.ts'
import { writerPrompt } from './writer-prompt.ts'

export interface ModelWriterNeeds {
  readonly service: ModelService
  readonly voice: Voice
  readonly apiKey: string
  /** The provider's name of the model, for example `gemini-3.8-flash`. */
  readonly model: string
  /** Where the API is, where that is not the provider's own address; without a path, that of the version is added. */
  readonly baseUrl?: string
  readonly http: HttpClient
  readonly clock: Clock
  /** Whether sampled column values go to the model. Rows of results never do. */
  readonly sendSamples?: boolean
  /** Tokens the schema may take in the prompt. */
  readonly schemaTokens?: number
  /** Milliseconds until the first piece of an answer must be there, and each further one. */
  readonly firstTokenMs?: number
  readonly betweenTokensMs?: number
  /** Hears of each call of the model once it is over. */
  readonly onCall?: ModelCallNeeds['onCall']
}

const retryLimits = { retries: 1, longestWaitMs: 5_000, withinMs: 9_000 }
const maxAnswerBytes = 2_000_000

/**
 * A model as a writer, with the key of the installation or of a person. Sends the question, the conversation's earlier questions and SQL, and the schema with comments
 * and, unless switched off, sampled column values; never rows of a result. Returns SQL only from an answer that arrived whole. One retry a
 * question when the provider is busy or away, one more turn when its answer cannot be used. No message, detail or cause holds the key.
 */
export function makeModelWriter(needs: ModelWriterNeeds): Writer {
  const { service, voice, apiKey, model, http, clock } = needs
  // All calls of one question share its signal, and with it one budget.
  const budgets = new WeakMap<AbortSignal, RetryBudget>()
  const budgetOf = (signal: AbortSignal) => {
    const budget = budgets.get(signal) ?? makeRetryBudget(clock, retryLimits)
    budgets.set(signal, budget)
    return budget
  }
  const call: ModelCallNeeds = {
    service,
    voice,
    apiKey,
    model,
    baseUrl: completeAddress(needs.baseUrl ?? service.defaultBaseUrl ?? '', service.versionPath),
    http,
    clock,
    redact: makeRedact(apiKey),
    firstTokenMs: needs.firstTokenMs ?? limits.model.firstWordMs,
    betweenTokensMs: needs.betweenTokensMs ?? limits.model.betweenWordsMs,
    maxAnswerBytes,
    onCall: needs.onCall,
  }
  const { schemaTokens = 16_000, sendSamples = true } = needs
  return {
    id: `${service.provider}:${model}`,
    label: labelOf(service, voice, model),
    ...(voice.isOwnKey ? { isOwnKey: true } : {}),
    write: (request, { signal, onTokens }) => {
      const prompt = writerPrompt(request, { schemaTokens, sendSamples: sendSamples && request.showSamples })
      return write(onTokens === undefined ? call : { ...call, onTokens }, prompt, budgetOf(signal), signal)
    },
  }
}

/** The name of a model that is asked with a person's own key says so. */
export const labelOf = ({ name, defaultBaseUrl }: ModelService, { isOwnKey }: Voice, model: string): string => {
  const named = defaultBaseUrl === null ? model : `${name} (${model})`
  return isOwnKey ? `${named}, your key` : named
}

async function* write(
  needs: ModelCallNeeds,
  question: string,
  budget: RetryBudget,
  signal: AbortSignal,
): AsyncGenerator<WriterDelta, WriterOutcome> {
  signal.throwIfAborted()
  // A key with other characters cannot be sent in a header, and the attempt's error would quote it.
  const isSendable = /^[!-~]+$/.test(needs.apiKey) || (needs.apiKey === '' && needs.service.worksWithoutKey)
  if (!isSendable)
    throw keyRefused(needs.voice, { details: ['The key has characters that no key has, such as blanks.'] })
  const asked: ModelMessage = { role: 'user', content: question }
  const first = yield* callWithRetry(needs, [asked], budget, signal)
  const reading = readResult(first)
  if (reading.ok) return reading.outcome
  // Part of the first answer's query may be on the screen already.
  const again = await runSilently(
    callWithRetry(needs, [asked, ...repairTurn(first.text, reading.fault)], budget, signal),
  )
  const second = readResult(again)
  if (second.ok) return second.outcome
  throw problem(
    'model_failed',
    `The answer of ${needs.voice.inside} could not be used, twice; nothing was run.`,
    'Ask in other words, or choose another model.',
    { details: [needs.redact(second.fault)] },
  )
}

type Answered = Exclude<CallResult, { readonly kind: 'failed' }>

const readResult = (result: Answered) =>
  result.kind === 'too-long'
    ? ({ ok: false, fault: 'The answer was cut at the length limit. Answer more briefly.' } as const)
    : readAnswer(result.text)

async function* callWithRetry(
  needs: ModelCallNeeds,
  messages: readonly ModelMessage[],
  budget: RetryBudget,
  signal: AbortSignal,
): AsyncGenerator<WriterDelta, Answered> {
  for (;;) {
    const result = yield* callModel(needs, messages, signal)
    if (result.kind !== 'failed') return result
    // Once the SQL has begun to show, starting over would show it twice.
    const hopeless = result.retry === 'never' || result.answering
    const askedMs = result.retry === 'soon' || result.retry === 'never' ? null : result.retry
    if (hopeless || !(await budget.spend(askedMs, signal))) throw result.problem
  }
}

const longestEcho = 4_000

const repairTurn = (text: string, fault: string): readonly ModelMessage[] => [
  { role: 'assistant', content: text.slice(0, longestEcho) || '(nothing)' },
  { role: 'user', content: `${fault} Answer the question again, as one JSON object with the fields you were given.` },
]
