import type { ModelProvider } from '../../contract/models.ts'
import type { Writer } from './writer.ts'

/** How a provider is reached with somebody's own key. */
export interface ModelAccess {
  readonly provider: ModelProvider
  /** Empty for a server that takes none. */
  readonly key: string
  /** Null for the provider's own address. */
  readonly baseUrl: string | null
  /** `public`: only public addresses are connected to, because somebody entered the address and nobody approved it. */
  readonly reach: 'trusted' | 'public'
}

export interface ListedModel {
  readonly id: string
  readonly label: string
}

/** The providers of models, reached with people's own keys. No message or cause holds a key. */
export interface ModelProviders {
  /** A writer whose questions the key pays for. Throws `model_unknown` for a name that no model can have. */
  makeWriter(access: ModelAccess, model: string): Writer
  /**
   * Asks the provider which models the key may use, the ones that write texts; within a bounded time.
   * Throws `model_unauthorized`, `model_unavailable`, `model_limited`, `model_failed`.
   */
  listModels(access: ModelAccess, signal: AbortSignal): Promise<readonly ListedModel[]>
  /** The model to ask where nobody chose one; null where none is listed. */
  usualModel(provider: ModelProvider, listed: readonly ListedModel[]): string | null
  /** What people see of a model asked with their own key. */
  labelOf(provider: ModelProvider, model: string): string
}
