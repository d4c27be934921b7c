import { setImmediate as nextTurn } from 'node:timers/promises'
import { problem, type ProblemError } from '../../core/problem.ts'

export interface GeminiFetchNeeds {
  /** The most bytes an answer may have. */
  readonly maxBytes: number
  /** Called once the answer has begun with status 200. */
  readonly onAnswer: () => void
  /** Called when the answer must not be read further; the call is to be aborted with the problem. */
  readonly onUnfit: (problem: ProblemError) => void
}

/** What is handed on at a stretch. The SDK reads all it is given before it lets anything else run: a long answer that arrives at once would hold up everybody. */
const sliceBytes = 4_096

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
        async transform(chunk, controller) {
          bytes += chunk.byteLength
          if (bytes <= maxBytes) await enqueueSlices(chunk, controller)
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

async function enqueueSlices(
  chunk: Uint8Array,
  controller: TransformStreamDefaultController<Uint8Array>,
): Promise<void> {
  for (let from = 0; from < chunk.byteLength; from += sliceBytes) {
    controller.enqueue(chunk.subarray(from, from + sliceBytes))
    if (from + sliceBytes < chunk.byteLength) await nextTurn()
  }
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
