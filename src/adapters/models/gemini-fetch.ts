import { setImmediate as nextTurn } from 'node:timers/promises'
import { problem, type ProblemError } from '../../core/problem.ts'
import { type HttpClient, HttpFault } from '../http-client/http-client.ts'
import { type BoundedFetch, makeFetch } from '../http-client/make-fetch.ts'

export interface GeminiFetchNeeds {
  readonly http: HttpClient
  /** The most bytes an answer may have. */
  readonly maxBytes: number
  /** Called once the answer has begun with status 200. */
  readonly onAnswer: () => void
  /** Called when the answer must not be read further; the call is to be aborted with the problem. */
  readonly onUnfit: (problem: ProblemError) => void
}

/** The SDK reads everything it is given before other work runs, so a long answer that arrives at once is handed on in slices. */
const sliceBytes = 4_096

/**
 * `fetch` as the SDK is to use it: follows no redirect (the key would go along), reads no more than `maxBytes`, and takes a streamed
 * answer only when it is one.
 */
export function makeGeminiFetch({ http, maxBytes, onAnswer, onUnfit }: GeminiFetchNeeds): BoundedFetch {
  const fetch = makeFetch(http, { maxBytes })

  async function* slice(response: Response, body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of body)
        for (let from = 0; from < chunk.byteLength; from += sliceBytes) {
          yield chunk.subarray(from, from + sliceBytes)
          await nextTurn()
        }
    } catch (error) {
      if (!(error instanceof HttpFault && error.reason === 'too_large')) throw error
      // An error is told by its status; the rest of a long page beside it is not needed.
      if (response.status !== 200) return
      onUnfit(tooLarge(maxBytes))
      throw error
    }
  }
  return async (input, init) => {
    const response = await fetch(input, init)
    if (response.status >= 300 && response.status < 400) {
      await response.body?.cancel()
      throw new TypeError(`The redirect (${response.status}) was not followed.`)
    }
    if (response.status === 200) {
      if (!(response.headers.get('content-type') ?? '').startsWith('text/event-stream')) onUnfit(notGemini())
      onAnswer()
    }
    if (response.body === null) return response
    const { status, headers } = response
    return new Response(ReadableStream.from(slice(response, response.body)), { status, headers })
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
