import { asRecord, recordsOf, type ModelService, type SeenError } from './model-service.ts'

/** Gemini, through Google's own interface. */
export const googleService: ModelService = {
  provider: 'google',
  name: 'Gemini',
  defaultBaseUrl: 'https://generativelanguage.googleapis.com/v1beta',
  versionPath: '/v1beta',
  worksWithoutKey: false,
  usualModels: [/^gemini-3\.8-flash$/, /^gemini-[\d.]+-flash$/, /^gemini-[\d.]+-pro$/, /^gemini-/],
  modelName: /^(?:(?:models|tunedModels)\/)?\w[\w.-]{0,99}$/,
  load: async () => {
    const { createGoogle } = await import('@ai-sdk/google')
    return ({ apiKey, baseUrl, fetch }) => createGoogle({ apiKey, baseURL: baseUrl, fetch })
  },
  listPath: '/models?pageSize=1000',
  keyHeader: ['x-goog-api-key', ''],
  listHeaders: {},
  readList: (body) => {
    const models = recordsOf(asRecord(body)['models'])
    if (models === null) return null
    return models.flatMap(({ name, displayName, supportedGenerationMethods: methods }) => {
      if (typeof name !== 'string' || (Array.isArray(methods) && !methods.includes('generateContent'))) return []
      const id = name.replace(/^models\//, '')
      return [{ id, label: typeof displayName === 'string' ? displayName : id }]
    })
  },
  keyRefusal: /api[_ ]key/i,
  usedUp: null,
  askedDelayMs: readRetryInfo,
}

/** Google says in the body how long to wait, as a duration such as `2.5s`. */
function readRetryInfo({ details }: SeenError): number | null {
  const info = details.find((detail) => String(detail['@type']).endsWith('google.rpc.RetryInfo'))
  const [, seconds] = /^(\d{1,6}(?:\.\d{1,9})?)s$/.exec(String(info?.['retryDelay'])) ?? []
  return seconds === undefined ? null : Number(seconds) * 1000
}

/** Claude, through Anthropic's own interface. */
export const anthropicService: ModelService = {
  provider: 'anthropic',
  name: 'Claude',
  defaultBaseUrl: 'https://api.anthropic.com/v1',
  versionPath: '/v1',
  worksWithoutKey: false,
  usualModels: [/^claude-sonnet-/, /^claude-opus-/, /^claude-/],
  modelName: /^[\w.:-]{1,100}$/,
  load: async () => {
    const { createAnthropic } = await import('@ai-sdk/anthropic')
    return ({ apiKey, baseUrl, fetch }) => createAnthropic({ apiKey, baseURL: baseUrl, fetch })
  },
  listPath: '/models?limit=1000',
  keyHeader: ['x-api-key', ''],
  listHeaders: { 'anthropic-version': '2023-06-01' },
  readList: (body) => {
    const models = recordsOf(asRecord(body)['data'])
    if (models === null) return null
    return models.flatMap(({ id, display_name: label }) =>
      typeof id === 'string' ? [{ id, label: typeof label === 'string' ? label : id }] : [],
    )
  },
  keyRefusal: /^(?:authentication|permission)_error/,
  usedUp: /credit balance/i,
}

/** Models that write no texts, by the names that servers give them: the list itself does not tell. */
const otherKinds = /embed|whisper|tts|dall-e|moderation|rerank|transcribe|image|audio|realtime|sora/i

/** Any server that speaks OpenAI's chat completions: OpenAI itself, Ollama, vLLM and many more. */
export const openaiCompatibleService: ModelService = {
  provider: 'openai-compatible',
  name: 'The model server',
  defaultBaseUrl: null,
  versionPath: '/v1',
  worksWithoutKey: true,
  usualModels: [/^gpt-[\d.]+$/, /coder/i, /^gpt-/],
  modelName: /^[^\p{Cc}]{1,200}$/u,
  load: async () => {
    const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible')
    return ({ apiKey, baseUrl, fetch }) =>
      createOpenAICompatible({
        name: 'openai-compatible',
        ...(apiKey === '' ? {} : { apiKey }),
        baseURL: baseUrl,
        fetch,
        includeUsage: true,
        supportsStructuredOutputs: true,
      })
  },
  listPath: '/models',
  keyHeader: ['authorization', 'Bearer '],
  listHeaders: {},
  readList: (body) => {
    const models = recordsOf(asRecord(body)['data'])
    if (models === null) return null
    return models.flatMap(({ id }) => (typeof id === 'string' && !otherKinds.test(id) ? [{ id, label: id }] : []))
  },
  keyRefusal: /^invalid_api_key/,
  usedUp: /^insufficient_quota/,
}
