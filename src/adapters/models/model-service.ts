import type { LanguageModel } from 'ai'
import type { ListedModel } from '../../core/ports/model-providers.ts'
import type { ModelProvider } from '../../contract/models.ts'
import type { BoundedFetch } from '../http-client/make-fetch.ts'

/** What a provider's own package makes its models from. */
export interface ServiceSettings {
  readonly apiKey: string
  readonly baseUrl: string
  readonly fetch: BoundedFetch
}

/** What of a vendor's error is worth reading. Everything else (prompt, headers, address) stays behind. */
export interface SeenError {
  /** Null where no status was given, or that of the answer which the error came in. */
  readonly status: number | null
  /** The vendor's word for the kind of error; empty where there is none. */
  readonly type: string
  readonly message: string
  /** Google's `error.details`, each a typed object. */
  readonly details: readonly Readonly<Record<string, unknown>>[]
  readonly retryAfter: string | null
  /** Whether a piece of the stream was not what the API promises. */
  readonly unreadable: boolean
}

/** One provider of models: how its API is reached and read. An adapter file each. */
export interface ModelService {
  readonly provider: ModelProvider
  /** The name that people know its models by, as messages begin with it. */
  readonly name: string
  /** The provider's own address; null where people name one. */
  readonly defaultBaseUrl: string | null
  /** The path that an address without one is completed with. */
  readonly versionPath: string
  /** Whether there are servers that take no key. */
  readonly worksWithoutKey: boolean
  /** Models to choose where nobody named one, the best first; a pattern of the names that a key lists. */
  readonly usualModels: readonly RegExp[]
  /** What names of models look like. Names that become part of an address are read strictly. */
  readonly modelName: RegExp
  /** Loads the provider's package at the first question: it takes a fifth of a second, which the server's start should not. */
  load(): Promise<(settings: ServiceSettings) => (model: string) => Exclude<LanguageModel, string>>
  /** How the models of a key are listed, relative to the address. */
  readonly listPath: string
  /** The header that a key is sent in, with what stands before it, and what else each request of the list needs. */
  readonly keyHeader: readonly [name: string, before: string]
  readonly listHeaders: Readonly<Record<string, string>>
  /** Reads a list of models, only those that write texts; null where the answer is no such list. */
  readList(body: unknown): readonly ListedModel[] | null
  /** Words of an error, its type or its message, that refuse the key, beyond the statuses 401 and 403; null where there are none. */
  readonly keyRefusal: RegExp | null
  /** Words of an error that tell of a limit which waiting does not lift; null where there are none. */
  readonly usedUp: RegExp | null
  /** How long the provider asks to wait, where it says so elsewhere than in the header Retry-After. */
  askedDelayMs?(error: SeenError): number | null
}

/** `http://host` → `http://host/v1beta`; an address with a path stays. */
export function completeAddress(baseUrl: string, versionPath: string): string {
  const bare = baseUrl.replace(/\/+$/, '')
  return /^\w+:\/\/[^/]+$/.test(bare) ? `${bare}${versionPath}` : bare
}

export const asRecord = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}

/** The entries of a list in an answer, as records; null where there is no list. */
export const recordsOf = (list: unknown): readonly Readonly<Record<string, unknown>>[] | null =>
  Array.isArray(list) ? list.map(asRecord) : null
