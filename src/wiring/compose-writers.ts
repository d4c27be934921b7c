import type { Logger } from 'pino'
import { makeModelProviders } from '../adapters/models/make-model-providers.ts'
import { defaultGeminiModel, makeWriters } from '../adapters/models/make-writers.ts'
import { makePostgresModelKeyStore } from '../adapters/postgres/postgres-model-key-store.ts'
import { readDriverEnvironment, type Config } from '../config.ts'
import { measureModels } from '../core/metrics/measure-people.ts'
import { makeOwnModels } from '../core/models/own-models.ts'
import type { Audit } from '../core/people/audit.ts'
import type { ModelKeyStore } from '../core/ports/model-key-store.ts'
import type { ModelProviders } from '../core/ports/model-providers.ts'
import type { Writer } from '../core/ports/writer.ts'
import type { InstallationWriters } from '../core/ports/writers.ts'
import type { Foundation } from './foundation.ts'

/** What can write queries, before anybody's own keys are looked at. */
export interface WritersBelow {
  /** The interpreter, and the models that the operator set keys for. */
  readonly installation: InstallationWriters
  /** What people's own keys are for. */
  readonly providers: ModelProviders
}

export function composeWriters(
  config: Config,
  { clock, meter }: Pick<Foundation, 'clock' | 'meter'>,
  { offline, logger }: { readonly offline: Writer; readonly logger: Logger },
): WritersBelow {
  const named = [`google:${config.GEMINI_MODEL ?? defaultGeminiModel}`]
  const shared = {
    onCall: measureModels({ meter, prices: config.MODEL_PRICES, named }),
    offline,
    proxy: readDriverEnvironment(false),
    clock,
    log: (message: string, error: unknown) => logger.warn({ err: error }, message),
  }
  const { GEMINI_BASE_URL: google, ANTHROPIC_BASE_URL: anthropic } = config
  return {
    installation: makeWriters({
      ...shared,
      geminiApiKey: config.GEMINI_API_KEY ?? null,
      geminiBaseUrl: google ?? null,
      geminiModel: config.GEMINI_MODEL ?? null,
    }),
    providers: makeModelProviders({
      ...shared,
      baseUrls: { ...(google === undefined ? {} : { google }), ...(anthropic === undefined ? {} : { anthropic }) },
    }),
  }
}

/** People's own keys for models, with the store that holds them. */
export function composeOwnModels(
  config: Config,
  { database, secrets, clock, identity, onFault }: Foundation,
  { providers, audit }: { readonly providers: ModelProviders; readonly audit: Audit },
): ReturnType<typeof makeOwnModels> & { readonly store: ModelKeyStore } {
  const store = makePostgresModelKeyStore({ database })
  const rules = { ...config.MODEL_ADDRESSES, providers: config.OWN_KEY_PROVIDERS, prices: config.MODEL_PRICES }
  return { store, ...makeOwnModels({ store, secrets, providers, rules, audit, clock, identity, onFault }) }
}
