import { ModelProvider } from '../../contract/models.ts'
import type { Clock } from '../../core/ports/clock.ts'
import type { Writer } from '../../core/ports/writer.ts'
import type { InstallationWriters } from '../../core/ports/writers.ts'
import { problem } from '../../core/problem.ts'
import { makeHttpClient } from '../http-client/http-client.ts'
import { CircuitBreaker, makeFallbackWriter, type LogModel } from './fallback-writer.ts'
import { googleService } from './provider-services.ts'
import { modelUnknown, type Voice } from './model-problems.ts'
import { makeModelWriter, type ModelWriterNeeds } from './model-writer.ts'

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
  readonly onCall?: ModelWriterNeeds['onCall']
  /** `HTTPS_PROXY` and its like; none by default. */
  readonly proxy?: Readonly<Record<string, string>>
  /** Handed on to every Gemini writer. */
  readonly gemini?: Partial<Pick<ModelWriterNeeds, 'sendSamples' | 'schemaTokens' | 'firstTokenMs' | 'betweenTokensMs'>>
}

/** How messages speak of Gemini where the operator's key is used. */
export const geminiVoice: Voice = {
  name: 'Gemini',
  inside: 'Gemini',
  key: 'Gemini key',
  onKey: 'Set GEMINI_API_KEY to a valid key and start Floe again.',
  onAddress: 'Check the network and GEMINI_BASE_URL, then ask again.',
  onStranger: 'Check GEMINI_BASE_URL and whether a proxy or sign-in page stands in between.',
  onModel: 'Choose another model; the ids are listed in Google AI Studio.',
  isOwnKey: false,
}

/** The writers of this installation: Gemini first where a key is set, and the interpreter always. Any Gemini model may be picked by name. */
export function makeWriters(needs: WritersNeeds): InstallationWriters {
  const { offline, geminiApiKey, geminiBaseUrl, clock, log, gemini = {} } = needs
  const hasKey = geminiApiKey !== null && geminiApiKey !== ''
  const breaker = new CircuitBreaker(clock)
  const http = makeHttpClient({ proxy: needs.proxy ?? {}, isLoopbackDirect: true })
  const makeGemini = (model: string) =>
    makeFallbackWriter({
      model: makeModelWriter({
        ...gemini,
        service: googleService,
        voice: geminiVoice,
        apiKey: geminiApiKey ?? '',
        model,
        http,
        clock,
        onCall: needs.onCall,
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
      const [, provider = '', model = ''] = /^([^:]*):(.*)$/s.exec(id) ?? []
      if (!ModelProvider.safeParse(provider).success || model === '') throw writerUnknown(id)
      if (provider !== 'google' || !hasKey) throw keyMissing(provider)
      // The name becomes part of the address that the key is sent to.
      if (!googleService.modelName.test(model)) throw modelUnknown(geminiVoice, model)
      return makeGemini(model)
    },
  }
}

const writerUnknown = (id: string) =>
  problem(
    'model_unknown',
    `There is no model "${id.slice(0, 80)}".`,
    'Use "offline", or a provider and its name of a model, such as "google:gemini-3.8-flash".',
  )

const keyMissing = (provider: string) =>
  problem(
    'model_unauthorized',
    `Models of "${provider}" need a key, and none is set.`,
    `Put in a key of your own under Settings → Models, or use the model "offline".${provider === 'google' ? ' An operator sets GEMINI_API_KEY for everybody.' : ''}`,
    { whoseTurn: 'person' },
  )
