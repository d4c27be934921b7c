import { problem, type ProblemError } from '../../core/problem.ts'

export interface GeminiFetchNeeds {
  /** The most bytes an answer may have. */
  readonly maxBytes: number
  /** Called once the answer has begun with status 200. */
  readonly onAnswer: () => void
  /** Called when the answer must not be read further; the call is to be aborted with the problem. */
  readonly onUnfit: (problem: ProblemError) => void
}

/**
 * `fetch` as the SDK is to use it: follows no redirect (the key would go along), reads no more than `maxBytes`, and takes a streamed
 * answer only when it is one.
 */
export const makeGeminiFetch =
  ({ maxBytes, onAnswer, onUnfit }: GeminiFetchNeeds): typeof fetch =>
  async (input, init) => {
    const response = await fetch(input, { ...init, redirect: 'error' })
    if (response.status === 200) {
      if (!(response.headers.get('content-type') ?? '').startsWith('text/event-stream')) onUnfit(notGemini())
      onAnswer()
    }
    if (response.body === null) return response
    let bytes = 0
    const counted = response.body.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          bytes += chunk.byteLength
          if (bytes <= maxBytes) controller.enqueue(chunk)
          else if (response.status === 200) onUnfit(tooLarge(maxBytes))
          // An error is told by its status; a long page beside it is not worth reading.
          else controller.terminate()
        },
      }),
    )
    return new Response(counted, {
      status: response.status,
      statusText: response.statusText,
      headers: response.headers,
    })
  }

const notGemini = () =>
  problem(
    'model_failed',
    'What answered in place of Gemini is not Gemini.',
    'Check GEMINI_BASE_URL and whether a proxy or sign-in page stands in between.',
  )

const tooLarge = (maxBytes: number) =>
  problem(
    'model_failed',
    `The answer of Gemini was larger than ${maxBytes} bytes; nothing was run.`,
    'Ask again, or ask for less at once.',
  )
