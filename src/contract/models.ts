import * as z from 'zod/mini'
import { line } from './text-fields.ts'

/** Whose models a person may have a key for. `openai-compatible` is any server that speaks OpenAI's chat completions, such as Ollama or vLLM. */
export const ModelProvider = z.enum(['google', 'anthropic', 'openai-compatible'])
export type ModelProvider = z.infer<typeof ModelProvider>

/** A provider's name of a model. */
const ModelName = line(200)

/** A key as people paste it: blanks around it are taken off. The empty text stands for a server that takes no key. */
const Key = z.string().check(z.trim(), z.maxLength(500))

/**
 * A key to try, or to try and save. What is left out is taken from the key that is stored already: without `key` another model is chosen for
 * it.
 */
export const NewModelKey = z.strictObject({
  provider: ModelProvider,
  key: z.optional(Key),
  /** Where the provider is reached; only for `openai-compatible`. */
  baseUrl: z.optional(line(300)),
  model: z.optional(ModelName),
})
export type NewModelKey = z.infer<typeof NewModelKey>

/** What a provider said about a key. */
export const ModelKeyReport = z.object({
  provider: ModelProvider,
  /** The models that the key may use for writing queries, as the provider lists them. */
  models: z.array(z.object({ id: z.string(), label: z.string() })),
  /** The one that would be asked: the chosen one, else the first that suits. */
  model: z.string(),
  elapsedMs: z.int(),
})
export type ModelKeyReport = z.infer<typeof ModelKeyReport>

/** A key of one's own as its person sees it: never the key itself. */
export const OwnModelKey = z.object({
  provider: ModelProvider,
  /** Null for a key too short to show any of it, and where there is none. */
  lastFour: z.nullable(z.string()),
  baseUrl: z.nullable(z.string()),
  model: z.string(),
  /** `provider:model`, as asks and the preference `writer` take it. */
  writer: z.string(),
  keyedAt: z.iso.datetime(),
  /** Why it is not used although it is stored; null where it is. */
  refusal: z.nullable(z.string()),
})
export type OwnModelKey = z.infer<typeof OwnModelKey>

const price = z.number().check(z.gte(0), z.lte(100_000))

/** What a million tokens of a model cost, in US dollars. */
export const ModelPrice = z.strictObject({
  /** `provider:model`. */
  model: line(240),
  inputPerMillion: price,
  outputPerMillion: price,
})
export type ModelPrice = z.infer<typeof ModelPrice>

const limit = z.nullable(z.number().check(z.gte(0), z.lte(1e12)))

/** How much a person's own keys may be used for, in tokens and in US dollars; null for no limit. Days and months are those of UTC. */
export const ModelLimits = z.strictObject({
  tokensPerDay: limit,
  tokensPerMonth: limit,
  dollarsPerDay: limit,
  dollarsPerMonth: limit,
})
export type ModelLimits = z.infer<typeof ModelLimits>

export const noModelLimits: ModelLimits = {
  tokensPerDay: null,
  tokensPerMonth: null,
  dollarsPerDay: null,
  dollarsPerMonth: null,
}

/** The fields to set. `prices` replaces the whole list of one's own. */
export const ModelSettingsChange = z.strictObject({
  limits: z.optional(ModelLimits),
  prices: z.optional(z.array(ModelPrice).check(z.maxLength(100))),
})
export type ModelSettingsChange = z.infer<typeof ModelSettingsChange>

/** A provider as the operator offers it to the person. */
export const ProviderOffer = z.object({
  provider: ModelProvider,
  /** Why the person may have no key for it; null where they may. */
  refusal: z.nullable(z.string()),
  /** Addresses that may be entered, as the operator lists them; empty for providers with an address of their own. */
  addresses: z.array(z.string()),
  /** Whether addresses of this machine may be entered as well. */
  allowsLoopback: z.boolean(),
  /** Whether any address of the public internet may be entered as well. */
  allowsPublic: z.boolean(),
})
export type ProviderOffer = z.infer<typeof ProviderOffer>

/** Which models a person may ask, and what they have set about their own keys. */
export const ModelsState = z.object({
  providers: z.array(ProviderOffer),
  keys: z.array(OwnModelKey),
  limits: ModelLimits,
  /** The person's own prices, which come before those of the operator. */
  prices: z.array(ModelPrice),
  operatorPrices: z.array(ModelPrice),
})
export type ModelsState = z.infer<typeof ModelsState>

/** What a model has used on one day under one kind of key. */
export const ModelUse = z.object({
  /** The day in UTC. */
  day: z.iso.date(),
  /** `provider:model`; null where it was not noted. */
  model: z.nullable(z.string()),
  isOwnKey: z.boolean(),
  questions: z.int(),
  /** Null where input and output were not told apart. */
  inputTokens: z.nullable(z.number()),
  outputTokens: z.nullable(z.number()),
  tokens: z.number(),
  /** At the prices that are set now, in US dollars; null where no price is known. */
  dollars: z.nullable(z.number()),
})
export type ModelUse = z.infer<typeof ModelUse>

/** What a person's own keys have used of their own limits. */
export const OwnKeyUse = z.object({
  limits: ModelLimits,
  tokensToday: z.number(),
  tokensThisMonth: z.number(),
  dollarsToday: z.number(),
  dollarsThisMonth: z.number(),
  /** Models used this month that no price is known for: they do not count towards a limit in dollars. */
  unpriced: z.array(z.string()),
})
export type OwnKeyUse = z.infer<typeof OwnKeyUse>
