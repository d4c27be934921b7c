import { limits } from '../../core/limits.ts'
import type { Clock } from '../../core/ports/clock.ts'
import type { Writer, WriterDelta, WriteRequest, WriterOutcome } from '../../core/ports/writer.ts'
import { ProblemError } from '../../core/problem.ts'

/** Reports what a model's outage leads to; the error is a problem and holds no key. */
export type LogModel = (message: string, error: unknown) => void

interface FallbackNeeds {
  readonly model: Writer
  readonly interpreter: Writer
  /** Shared by the writers of one provider. */
  readonly breaker: CircuitBreaker
  readonly log: LogModel
}

/**
 * A model that the interpreter stands in for while the model is not available: when it is silent, cannot be reached or answers with a server
 * error. The assumptions then say so. Throws the model's problem when the interpreter cannot write the query either.
 */
export function makeFallbackWriter({ model, interpreter, breaker, log }: FallbackNeeds): Writer {
  async function* write(
    request: WriteRequest,
    options: { readonly signal: AbortSignal },
  ): AsyncGenerator<WriterDelta, WriterOutcome> {
    let outage = breaker.outage()
    if (outage === null) {
      try {
        const outcome = yield* model.write(request, options)
        breaker.succeeded()
        return outcome
      } catch (error) {
        if (options.signal.aborted || !isOutage(error)) throw error
        outage = error
        const isPaused = breaker.failed(error)
        log(isPaused ? `${model.label} is not asked for a while` : `${model.label} is not available`, error)
      }
    }
    // Nothing of it is shown before it is whole: part of the model's query may be on the screen.
    const outcome = await runSilently(interpreter.write(request, options))
    if (outcome.kind === 'declined') throw outage
    if (outcome.kind !== 'query') return outcome
    return { ...outcome, assumptions: [notice(outage), ...outcome.assumptions] }
  }
  return { ...model, write }
}

const isOutage = (error: unknown): error is ProblemError =>
  error instanceof ProblemError && error.problem.code === 'model_unavailable'

const notice = ({ cause }: ProblemError): string => {
  const what = cause instanceof Error && cause.name === 'TimeoutError' ? 'did not answer in time' : 'is not available'
  return `The model ${what}; the built-in interpreter wrote this query.`
}

/** Runs a writer to its outcome without showing its query as it grows. */
export async function runSilently<T>(writing: AsyncGenerator<WriterDelta, T>): Promise<T> {
  for (;;) {
    const next = await writing.next()
    if (next.done === true) return next.value
  }
}

type BreakerState =
  | { readonly name: 'closed'; readonly failures: number }
  /** The provider is not asked until a moment, after which one failure is enough to open it again. */
  | { readonly name: 'open'; readonly untilMs: number; readonly outage: ProblemError }

/** Stops asking a provider for a while after several outages in a row, so that no question waits for it in vain. */
export class CircuitBreaker {
  readonly #clock: Clock
  #state: BreakerState = { name: 'closed', failures: 0 }

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The last outage while the provider is not to be asked, else null. */
  outage(): ProblemError | null {
    if (this.#state.name === 'closed') return null
    if (this.#clock.monotonicMs() < this.#state.untilMs) return this.#state.outage
    this.#state = { name: 'closed', failures: limits.model.failuresBeforePause - 1 }
    return null
  }

  succeeded(): void {
    this.#state = { name: 'closed', failures: 0 }
  }

  /** Counts an outage; returns whether the provider is not asked from now on. */
  failed(outage: ProblemError): boolean {
    const failures = this.#state.name === 'closed' ? this.#state.failures + 1 : limits.model.failuresBeforePause
    const isOpen = failures >= limits.model.failuresBeforePause
    const untilMs = this.#clock.monotonicMs() + limits.model.pauseMs
    this.#state = isOpen ? { name: 'open', untilMs, outage } : { name: 'closed', failures }
    return isOpen
  }
}
