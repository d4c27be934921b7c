import { problem, type ProblemError } from '../../core/problem.ts'
import { Redactor } from '../../core/redactor.ts'
import { asRecord, type ModelService, type SeenError } from './model-service.ts'

/** A failed call: what to tell, and whether trying again could help. */
export interface CallFailure {
  readonly problem: ProblemError
  /** `never`, `soon` (after a short wait of our own) or the milliseconds that the provider asks to wait. */
  readonly retry: 'never' | 'soon' | number
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

/** A provider as messages speak of it: its name, and what whoever holds the key can do. */
export interface Voice {
  /** As sentences begin with it, and inside them. */
  readonly name: string
  readonly inside: string
  /** How its key is called. */
  readonly key: string
  /** What to do about a refused key, an address that does not answer, an answer that is none of the provider's, an unknown model. */
  readonly onKey: string
  readonly onAddress: string
  readonly onStranger: string
  readonly onModel: string
  /** Whose key it is: the operator mends the installation's, the person their own. */
  readonly isOwnKey: boolean
}

export interface FailureContext {
  readonly service: ModelService
  readonly voice: Voice
  readonly model: string
  readonly redact: Redact
  /** Whether an answer with status 200 had begun. */
  readonly answering: boolean
}

/** Turns whatever the SDK threw or streamed as an error into a problem. Nothing of the original but redacted words is kept. */
export function readFailure(error: unknown, context: FailureContext): CallFailure {
  const seen = seeError(error)
  const { voice } = context
  const more = moreOf(seen, context.redact)
  if (seen.status === null)
    return context.answering
      ? { problem: seen.unreadable ? unreadable(voice) : brokenStream(voice), retry: 'never' }
      : { problem: unreachable(voice, more), retry: 'soon' }
  return readRefusal({ ...seen, status: seen.status }, context, more)
}

/** What an error status or a provider's word for an error means. */
export function readRefusal(
  seen: SeenError & { readonly status: number },
  { service, voice, model }: Pick<FailureContext, 'service' | 'voice' | 'model'>,
  more: More,
): CallFailure {
  const { status } = seen
  const words = `${seen.type} ${JSON.stringify(seen.details)} ${seen.message}`
  if (service.usedUp?.test(words) === true) return { problem: usedUp(voice, more), retry: 'never' }
  if (status === 401 || status === 403 || (status === 400 && service.keyRefusal?.test(words) === true))
    return { problem: keyRefused(voice, more), retry: 'never' }
  if (status === 404) return { problem: modelUnknown(voice, model, more), retry: 'never' }
  if (status === 429) return limited(seen, service, voice, more)
  if (status >= 500)
    return {
      problem: problem(
        'model_unavailable',
        `${voice.name} is not available (${status}).`,
        'Try again in a minute, or choose another model.',
        more,
      ),
      retry: 'soon',
    }
  return {
    problem: problem(
      'model_failed',
      `${voice.name} did not accept the request (${status}).`,
      'Read the details; another model may take it.',
      more,
    ),
    retry: 'never',
  }
}

export type More = NonNullable<Parameters<typeof problem>[3]>

export const brokenStream = (voice: Voice): ProblemError =>
  problem(
    'model_failed',
    `The stream broke before the answer of ${voice.inside} was complete; nothing was run.`,
    'Ask again.',
  )

const unreadable = (voice: Voice) =>
  problem('model_failed', `What ${voice.inside} sent could not be read; nothing was run.`, voice.onStranger)

export const unreachable = (voice: Voice, more: More) =>
  problem('model_unavailable', `${voice.name} could not be reached.`, voice.onAddress, more)

export const keyRefused = (voice: Voice, more: More = {}): ProblemError =>
  problem('model_unauthorized', `The ${voice.key} was refused.`, voice.onKey, {
    ...more,
    ...(voice.isOwnKey ? { whoseTurn: 'person' } : {}),
  })

export const modelUnknown = (voice: Voice, model: string, more: More = {}): ProblemError =>
  problem('model_unknown', `${voice.name} knows no model "${model.slice(0, 80)}".`, voice.onModel, more)

const usedUp = (voice: Voice, more: More) =>
  problem(
    'model_limited',
    `The ${voice.key} has nothing left: its credit or its plan is used up.`,
    'Look at the account at the provider, or choose another model.',
    { ...more, retryAfterSeconds: 3_600 },
  )

function limited(seen: SeenError, service: ModelService, voice: Voice, more: More): CallFailure {
  const told = /^\d{1,6}$/.test(seen.retryAfter ?? '') ? Number(seen.retryAfter) * 1000 : null
  const delayMs = service.askedDelayMs?.(seen) ?? told
  const when = delayMs === null ? 'in a minute' : `in ${Math.max(1, Math.ceil(delayMs / 1000))} s`
  return {
    problem: problem(
      'model_limited',
      `The limit of the ${voice.key} is used up for now.`,
      `Ask again ${when}, or choose another model.`,
      { ...more, retryAfterSeconds: Math.max(1, Math.ceil((delayMs ?? 60_000) / 1_000)) },
    ),
    retry: delayMs ?? 'soon',
  }
}

export const moreOf = ({ message }: Pick<SeenError, 'message'>, redact: Redact): More => {
  const words = redact(message).trim()
  return words === '' ? {} : { details: [words], cause: new Error(words) }
}

/** Reads the SDK's errors by shape: `APICallError` for answers with an error status, its stream error for errors inside a stream. */
function seeError(error: unknown): SeenError {
  const { name, statusCode, message, responseHeaders, data, ...rest } = asRecord(error)
  const retryAfter = asRecord(responseHeaders)['retry-after']
  return {
    ...seeBody(data ?? rest),
    // The SDK gives a connection that broke after its answer began the status of that answer.
    status: typeof statusCode === 'number' && statusCode >= 400 ? statusCode : null,
    message: typeof message === 'string' ? message : '',
    retryAfter: typeof retryAfter === 'string' ? retryAfter : null,
    unreadable: name === 'AI_JSONParseError' || name === 'AI_TypeValidationError',
  }
}

/** What a provider's own error says, which all of them put under `error`. */
export function seeBody(body: unknown): Pick<SeenError, 'type' | 'message' | 'details'> {
  const inner = asRecord(asRecord(body)['error'] ?? body)
  const { message } = inner
  const word = [inner['code'], inner['type'], inner['status']].find((each) => typeof each === 'string')
  return {
    type: word ?? '',
    message: typeof message === 'string' ? message : '',
    details: Array.isArray(inner['details']) ? inner['details'].map(asRecord) : [],
  }
}
