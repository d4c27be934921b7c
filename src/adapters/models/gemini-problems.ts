import { problem, type ProblemError } from '../../core/problem.ts'
import { Redactor } from '../../core/redactor.ts'

/** A failed call: what to tell, and whether trying again could help. */
export interface CallFailure {
  readonly problem: ProblemError
  /** `never`, `soon` (after a short wait of our own) or the milliseconds that the provider asks to wait. */
  readonly retry: 'never' | 'soon' | number
}

/** What of a vendor's error is worth reading. Everything else (prompt, headers, address) stays behind. */
interface SeenError {
  readonly status: number | null
  readonly message: string
  /** Google's `error.details`, each a typed object. */
  readonly details: readonly Readonly<Record<string, unknown>>[]
  readonly retryAfter: string | null
  /** Whether a piece of the stream was not what the API promises. */
  readonly unreadable: boolean
}

/** Removes a secret, and user names and passwords in addresses, from a text that is going to be read by someone. */
export type Redact = (text: string) => string

export function makeRedact(secret: string): Redact {
  const redactor = new Redactor()
  redactor.add(secret)
  return (text) =>
    redactor
      .text(text)
      .replaceAll(/\/\/[^\s/@]{1,200}@/g, '//')
      .slice(0, 500)
}

export interface FailureContext {
  readonly model: string
  readonly redact: Redact
  /** Whether an answer with status 200 had begun. */
  readonly answering: boolean
}

/** Turns whatever the SDK threw or streamed as an error into a problem. Nothing of the original but redacted words is kept. */
export function readFailure(error: unknown, context: FailureContext): CallFailure {
  const seen = seeError(error)
  const more = moreOf(seen, context.redact)
  if (seen.status === null)
    return context.answering
      ? { problem: seen.unreadable ? unreadable() : brokenStream(), retry: 'never' }
      : { problem: unreachable(more), retry: 'soon' }
  if (isKeyRefused(seen)) return { problem: keyRefused(more), retry: 'never' }
  if (seen.status === 404) return { problem: modelUnknown(context.model, more), retry: 'never' }
  if (seen.status === 429) return limited(seen, more)
  if (seen.status >= 500)
    return {
      problem: problem(
        'model_unavailable',
        `Gemini is not available (${seen.status}).`,
        'Try again in a minute, or choose another model.',
        more,
      ),
      retry: 'soon',
    }
  return {
    problem: problem(
      'model_failed',
      `Gemini did not accept the request (${seen.status}).`,
      'Read the details; another model may take it.',
      more,
    ),
    retry: 'never',
  }
}

type More = NonNullable<Parameters<typeof problem>[3]>

export const brokenStream = (more: More = {}): ProblemError =>
  problem(
    'model_failed',
    'The stream broke before the answer of Gemini was complete; nothing was run.',
    'Ask again.',
    more,
  )

const unreadable = () =>
  problem(
    'model_failed',
    'What Gemini sent could not be read; nothing was run.',
    'Ask again; if it happens again, check GEMINI_BASE_URL and any proxy in between.',
  )

const unreachable = (more: More) =>
  problem(
    'model_unavailable',
    'Gemini could not be reached.',
    'Check the network and GEMINI_BASE_URL, then ask again.',
    more,
  )

export const keyRefused = (more: More = {}): ProblemError =>
  problem(
    'model_unauthorized',
    'The Gemini key was refused.',
    'Set GEMINI_API_KEY to a valid key and start Floe again.',
    more,
  )

export const modelUnknown = (model: string, more: More = {}): ProblemError =>
  problem(
    'model_unknown',
    `Gemini knows no model "${model.slice(0, 80)}".`,
    'Choose another model; the ids are listed in Google AI Studio.',
    more,
  )

function limited(seen: SeenError, more: More): CallFailure {
  const delayMs = retryDelayMs(seen)
  const when = delayMs === null ? 'in a minute' : `in ${Math.max(1, Math.ceil(delayMs / 1000))} s`
  return {
    problem: problem(
      'model_limited',
      'The limit of the Gemini key is used up for now.',
      `Ask again ${when}, or choose another model.`,
      more,
    ),
    retry: delayMs ?? 'soon',
  }
}

/** What Google asks to wait, from RetryInfo in the body or the Retry-After header (seconds); null when it does not say. */
function retryDelayMs({ details, retryAfter }: SeenError): number | null {
  const info = details.find((detail) => String(detail['@type']).endsWith('google.rpc.RetryInfo'))
  const [, seconds] = /^(\d{1,6}(?:\.\d{1,9})?)s$/.exec(String(info?.['retryDelay'])) ?? []
  const told = seconds ?? (/^\d{1,6}$/.test(retryAfter ?? '') ? retryAfter : null)
  return told === null || told === undefined ? null : Number(told) * 1000
}

const isKeyRefused = ({ status, details, message }: SeenError) =>
  status === 401 ||
  status === 403 ||
  (status === 400 && (details.some((detail) => detail['reason'] === 'API_KEY_INVALID') || /api key/i.test(message)))

const moreOf = ({ message }: SeenError, redact: Redact): More => {
  const words = redact(message).trim()
  return words === '' ? {} : { details: [words], cause: new Error(words) }
}

/** Reads the SDK's errors by shape: `APICallError` for answers with an error status, its stream error for errors inside a stream. */
function seeError(error: unknown): SeenError {
  const { name, statusCode, message, responseHeaders, data } = asRecord(error)
  const body = asRecord(asRecord(data)['error'] ?? data)
  const details = Array.isArray(body['details']) ? body['details'].map(asRecord) : []
  return {
    // The SDK gives a connection that broke after its answer began the status of that answer.
    status: typeof statusCode === 'number' && statusCode >= 400 ? statusCode : null,
    message: typeof message === 'string' ? message : '',
    details,
    retryAfter: textOf(asRecord(responseHeaders)['retry-after']),
    unreadable: name === 'AI_JSONParseError' || name === 'AI_TypeValidationError',
  }
}

const asRecord = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)
