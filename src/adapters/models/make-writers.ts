import type { Clock } from '../../core/ports/clock.ts'
import type { Writer } from '../../core/ports/writer.ts'
import type { Writers } from '../../core/ports/writers.ts'
import { problem } from '../../core/problem.ts'
import { makeHttpClient } from '../http-client/http-client.ts'
import { CircuitBreaker, makeFallbackWriter, type LogModel } from './fallback-writer.ts'
import { modelUnknown } from './gemini-problems.ts'
import { makeGeminiWriter, type GeminiWriterNeeds } from './gemini-writer.ts'

/** The Gemini model that answers when nobody names one. */
export const defaultGeminiModel = 'gemini-3.8-flash'

export interface WritersNeeds {
  /** The built-in writer, there without any key. */
  readonly offline: Writer
  /** Null or empty where no key is set. */
  readonly geminiApiKey: string | null
  /** Null for Google's own address. */
  readonly geminiBaseUrl: string | null
  /** Null for `defaultGeminiModel`. */
  readonly geminiModel?: string | null
  readonly clock: Clock
  readonly log: LogModel
  /** `HTTPS_PROXY` and its like; none by default. */
  readonly proxy?: Readonly<Record<string, string>>
  /** Handed on to every Gemini writer. */
  readonly gemini?: Partial<
    Pick<GeminiWriterNeeds, 'sendSamples' | 'schemaTokens' | 'firstTokenMs' | 'betweenTokensMs'>
  >
}

/** The writers of this installation: Gemini first where a key is set, and the interpreter always. Any Gemini model may be picked by name. */
export function makeWriters(needs: WritersNeeds): Writers {
  const { offline, geminiApiKey, geminiBaseUrl, clock, log, gemini = {} } = needs
  const hasKey = geminiApiKey !== null && geminiApiKey !== ''
  const breaker = new CircuitBreaker(clock)
  const http = makeHttpClient({ proxy: needs.proxy ?? {}, isLoopbackDirect: true })
  const makeGemini = (model: string) =>
    makeFallbackWriter({
      model: makeGeminiWriter({
        ...gemini,
        apiKey: geminiApiKey ?? '',
        model,
        http,
        clock,
        ...(geminiBaseUrl === null || geminiBaseUrl === '' ? {} : { baseUrl: geminiBaseUrl }),
      }),
      interpreter: offline,
      breaker,
      log,
    })
  const first = hasKey ? makeGemini(needs.geminiModel ?? defaultGeminiModel) : offline
  return {
    defaultId: first.id,
    list: () => (hasKey ? [first, offline] : [offline]).map(({ id, label }) => ({ id, label })),
    pick(id) {
      if (id === undefined || id === first.id) return first
      if (id === offline.id) return offline
      const model = /^google:(.*)$/s.exec(id)?.[1]
      if (model === undefined) throw writerUnknown(id)
      if (!hasKey) throw keyMissing()
      // The name becomes part of the address that the key is sent to.
      if (!/^(?:(?:models|tunedModels)\/)?\w[\w.-]{0,99}$/.test(model)) throw modelUnknown(model)
      return makeGemini(model)
    },
  }
}

const writerUnknown = (id: string) =>
  problem(
    'model_unknown',
    `There is no model "${id.slice(0, 80)}".`,
    'Use "offline" or "google:" with the name of a Gemini model.',
  )

const keyMissing = () =>
  problem(
    'model_unauthorized',
    'Gemini needs a key, and none is set.',
    'Set GEMINI_API_KEY and start Floe again, or use the model "offline".',
  )
