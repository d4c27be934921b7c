/**
 * What Gemini puts on the wire, as plain data: pieces of an answer and error bodies. Shapes follow the published REST reference of
 * generateContent and of google.rpc.Status.
 */

/** One GenerateContentResponse: the whole answer, or one piece of a streamed one. */
export type GeminiPiece = Readonly<Record<string, unknown>>

export interface GeminiError {
  readonly status: number
  readonly body: string
}

const model = 'gemini-3.8-flash'

/** A text as a streamed answer: pieces of `pieceLength` characters, the last with `finishReason` and the final token counts. */
export function answerPieces(
  text: string,
  { pieceLength = 40, finishReason = 'STOP' }: { readonly pieceLength?: number; readonly finishReason?: string } = {},
): readonly GeminiPiece[] {
  const texts = Array.from({ length: Math.max(1, Math.ceil(text.length / pieceLength)) }, (_, at) =>
    text.slice(at * pieceLength, (at + 1) * pieceLength),
  )
  return texts.map((part, at) => ({
    candidates: [
      {
        content: { parts: [{ text: part }], role: 'model' },
        ...(at === texts.length - 1 ? { finishReason } : {}),
        index: 0,
      },
    ],
    usageMetadata: {
      promptTokenCount: 512,
      candidatesTokenCount: Math.ceil(((at + 1) * pieceLength) / 4),
      totalTokenCount: 640,
      promptTokensDetails: [{ modality: 'TEXT', tokenCount: 512 }],
      thoughtsTokenCount: 96,
    },
    modelVersion: model,
    responseId: 'hGf9aKzXN4Wd1PIP',
  }))
}

/** A structured answer as Gemini streams it. */
export const jsonPieces = (value: unknown, options?: Parameters<typeof answerPieces>[1]): readonly GeminiPiece[] =>
  answerPieces(JSON.stringify(value), options)

/** A prompt that was blocked: no candidates at all. */
export const blockedPrompt = (blockReason = 'PROHIBITED_CONTENT'): readonly GeminiPiece[] => [
  {
    promptFeedback: { blockReason },
    usageMetadata: { promptTokenCount: 512, totalTokenCount: 512 },
    modelVersion: model,
  },
]

const errorBody = (status: number, name: string, message: string, details: readonly object[] = []): GeminiError => ({
  status,
  body: JSON.stringify(
    { error: { code: status, message, status: name, ...(details.length > 0 ? { details } : {}) } },
    null,
    2,
  ),
})

const rpc = (type: string, fields: object) => ({ '@type': `type.googleapis.com/google.rpc.${type}`, ...fields })

export const geminiErrors = {
  invalidKey: errorBody(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', [
    rpc('ErrorInfo', {
      reason: 'API_KEY_INVALID',
      domain: 'googleapis.com',
      metadata: { service: 'generativelanguage.googleapis.com' },
    }),
    rpc('LocalizedMessage', { locale: 'en-US', message: 'API key not valid. Please pass a valid API key.' }),
  ]),
  noKey: errorBody(
    403,
    'PERMISSION_DENIED',
    "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.",
  ),
  unknownModel: (name: string) =>
    errorBody(
      404,
      'NOT_FOUND',
      `models/${name} is not found for API version v1beta, or is not supported for generateContent. Call ListModels to see the list of available models and their supported methods.`,
    ),
  invalidArgument: (message: string) => errorBody(400, 'INVALID_ARGUMENT', message),
  /** `retryDelay` as Google writes durations, for example `2.5s`; null leaves the hint out. */
  limited: (retryDelay: string | null) =>
    errorBody(
      429,
      'RESOURCE_EXHAUSTED',
      'You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits.',
      [
        rpc('QuotaFailure', {
          violations: [
            {
              quotaMetric: 'generativelanguage.googleapis.com/generate_content_free_tier_requests',
              quotaId: 'GenerateRequestsPerMinutePerProjectPerModel-FreeTier',
              quotaDimensions: { location: 'global', model },
              quotaValue: '10',
            },
          ],
        }),
        rpc('Help', {
          links: [
            {
              description: 'Learn more about Gemini API quotas',
              url: 'https://ai.google.dev/gemini-api/docs/rate-limits',
            },
          ],
        }),
        ...(retryDelay === null ? [] : [rpc('RetryInfo', { retryDelay })]),
      ],
    ),
  internal: errorBody(500, 'INTERNAL', 'An internal error has occurred. Please retry or report.'),
  unavailable: errorBody(503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.'),
  tooLate: errorBody(504, 'DEADLINE_EXCEEDED', 'Deadline expired before operation could complete.'),
} as const
