import type { ModelProvider } from '../../contract/models.ts'
import type { Clock } from '../../core/ports/clock.ts'
import type { ListedModel, ModelAccess, ModelProviders } from '../../core/ports/model-providers.ts'
import type { Writer } from '../../core/ports/writer.ts'
import { problem } from '../../core/problem.ts'
import { ForbiddenAddress, isPublicAddress, makePublicClient } from '../http-client/guarded-fetch.ts'
import { type HttpAnswer, type HttpClient, HttpFault, makeHttpClient } from '../http-client/http-client.ts'
import { CircuitBreaker, makeFallbackWriter, type LogModel } from './fallback-writer.ts'
import { stranger } from './model-call.ts'
import {
  makeRedact,
  modelUnknown,
  moreOf,
  readRefusal,
  seeBody,
  unreachable,
  type Redact,
  type Voice,
} from './model-problems.ts'
import { completeAddress, type ModelService } from './model-service.ts'
import { labelOf, makeModelWriter, type ModelWriterNeeds } from './model-writer.ts'
import { anthropicService, googleService, openaiCompatibleService } from './provider-services.ts'

const services: Readonly<Record<ModelProvider, ModelService>> = {
  google: googleService,
  anthropic: anthropicService,
  'openai-compatible': openaiCompatibleService,
}

export interface ModelProvidersNeeds {
  /** Writes in place of a model that is away. */
  readonly offline: Writer
  readonly clock: Clock
  readonly log: LogModel
  readonly onCall?: ModelWriterNeeds['onCall']
  /** Addresses that the operator set in place of the providers' own. */
  readonly baseUrls: Readonly<Partial<Record<ModelProvider, string>>>
  /** `HTTPS_PROXY` and its like. */
  readonly proxy: Readonly<Record<string, string>>
  /** Handed on to every writer. */
  readonly writing?: Partial<Pick<ModelWriterNeeds, 'schemaTokens' | 'firstTokenMs' | 'betweenTokensMs'>>
  /** How long the list of a key's models may take. */
  readonly listMs?: number
}

const usualListMs = 10_000
const maxListBytes = 4_000_000
/** More addresses than people of one server use at once. */
const mostBreakers = 1_000

/** The providers of models for people's own keys. Models that are away are paused for each address by itself, so that one server's outage is nobody else's. */
export function makeModelProviders(needs: ModelProvidersNeeds): ModelProviders {
  const { offline, clock, log, onCall, proxy, listMs = usualListMs } = needs
  const clients = { trusted: makeHttpClient({ proxy, isLoopbackDirect: true }), public: makePublicClient(proxy) }
  const breakers = new Map<string, CircuitBreaker>()
  const breakerOf = (address: string): CircuitBreaker => {
    const breaker = breakers.get(address) ?? new CircuitBreaker(clock)
    if (breakers.size >= mostBreakers) breakers.clear()
    breakers.set(address, breaker)
    return breaker
  }
  const addressOf = ({ provider, baseUrl }: ModelAccess): string => {
    const { defaultBaseUrl, versionPath } = services[provider]
    return completeAddress(baseUrl ?? needs.baseUrls[provider] ?? defaultBaseUrl ?? '', versionPath)
  }
  return {
    makeWriter: (access, model) => {
      const service = services[access.provider]
      const voice = voiceOfPerson(service)
      if (!service.modelName.test(model)) throw modelUnknown(voice, model)
      const baseUrl = addressOf(access)
      demandPublic(access, baseUrl)
      const http = clients[access.reach]
      const own = { service, voice, apiKey: access.key, model, baseUrl, http, clock, onCall }
      return makeFallbackWriter({
        model: makeModelWriter({ ...needs.writing, ...own }),
        interpreter: offline,
        breaker: breakerOf(baseUrl),
        log,
      })
    },
    listModels: async (access, signal) => {
      const baseUrl = addressOf(access)
      demandPublic(access, baseUrl)
      return await listModels({ access, baseUrl, http: clients[access.reach], listMs }, signal)
    },
    usualModel: (provider, listed) => {
      for (const pattern of services[provider].usualModels) {
        const found = listed.find(({ id }) => pattern.test(id))
        if (found !== undefined) return found.id
      }
      return listed[0]?.id ?? null
    },
    labelOf: (provider, model) => labelOf(services[provider], voiceOfPerson(services[provider]), model),
  }
}

/** How messages speak of a provider to the person whose key it is. */
function voiceOfPerson({ name, defaultBaseUrl }: ModelService): Voice {
  const isServer = defaultBaseUrl === null
  return {
    name,
    inside: isServer ? 'the model server' : name,
    key: isServer ? 'key of the model server' : `${name} key`,
    onKey: 'Put in another key under Settings → Models.',
    onAddress: isServer
      ? 'Check that the server runs and that its address under Settings → Models is right.'
      : 'Check the network, then try again.',
    onStranger: isServer
      ? 'Check the address under Settings → Models: it often ends in /v1.'
      : 'Check whether a proxy or sign-in page stands in between.',
    onModel: 'Choose another model under Settings → Models.',
    isOwnKey: true,
  }
}

/** Names are judged when they are resolved; numbers, ports and schemes here. */
function demandPublic({ reach }: ModelAccess, baseUrl: string): void {
  const url = URL.parse(baseUrl)
  if (reach === 'public' && (url === null || !isPublicAddress(url, false))) throw notPublic(url?.host ?? baseUrl)
}

const notPublic = (host: string) =>
  problem(
    'bad_request',
    `${host.slice(0, 200)} is not an address of the public internet.`,
    'Use an https address with a name and without a port, or have the operator list it in MODEL_ADDRESSES.',
  )

interface Listing {
  readonly access: ModelAccess
  readonly baseUrl: string
  readonly http: HttpClient
  readonly listMs: number
}

async function listModels(listing: Listing, signal: AbortSignal): Promise<readonly ListedModel[]> {
  const { key, provider } = listing.access
  const service = services[provider]
  const [voice, redact] = [voiceOfPerson(service), makeRedact(key)]
  if (!/^[!-~]*$/.test(key) || (key === '' && !service.worksWithoutKey))
    throw problem(
      'bad_request',
      `This is no ${voice.key}: it is empty or has characters that no key has, such as blanks.`,
      'Paste the whole key and nothing else.',
    )
  const { status, headers, body } = await requestList(listing, { service, voice, redact }, signal)
  const read = parseJson(body)
  if (status === 200) {
    const models = read === undefined ? null : service.readList(read)
    if (models === null) throw stranger(voice)
    return models.map(({ id, label }) => ({ id: redact(id).slice(0, 200), label: redact(label).slice(0, 200) }))
  }
  const retryAfter = headers['retry-after'] ?? null
  const seen = { status, retryAfter, unreadable: false, ...seeBody(read) }
  // What answers but has no list is another kind of server.
  if (status < 400 || status === 404 || status === 405) throw stranger(voice)
  throw readRefusal(seen, { service, voice, model: '' }, moreOf(seen, redact)).problem
}

async function requestList(
  { access: { key }, baseUrl, http, listMs }: Listing,
  { service, voice, redact }: { readonly service: ModelService; readonly voice: Voice; readonly redact: Redact },
  signal: AbortSignal,
): Promise<HttpAnswer> {
  try {
    return await http.request(new URL(`${baseUrl}${service.listPath}`), {
      method: 'GET',
      headers: {
        accept: 'application/json',
        ...service.listHeaders,
        ...(key === '' ? {} : { [service.keyHeader[0]]: `${service.keyHeader[1]}${key}` }),
      },
      deadlineMs: listMs,
      maxBytes: maxListBytes,
      signal,
    })
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof HttpFault)) throw error
    if (error.cause instanceof ForbiddenAddress) throw notPublic(new URL(baseUrl).host)
    if (error.reason === 'too_large') throw stranger(voice)
    if (error.reason === 'silent')
      throw problem('model_unavailable', `${voice.name} did not answer within ${listMs / 1000} s.`, voice.onAddress)
    throw unreachable(voice, moreOf(error, redact))
  }
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown
  } catch {
    return undefined
  }
}
