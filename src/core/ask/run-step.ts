import type { StepName, StepState } from '../../contract/turn-event.ts'
import { presentProblem } from '../problem.ts'
import { TurnStopped, type LiveFact } from './turn-facts.ts'

/** What a step ends with: its one fact for the person, its value for the next step. */
export interface StepResult<T> {
  readonly fact: string | null
  readonly value: T
}

/** Runs one step of the journey between its `running` event and the event of how it ended. */
export async function* runStep<T>(
  name: StepName,
  signal: AbortSignal,
  work: () => AsyncGenerator<LiveFact, StepResult<T>> | Promise<StepResult<T>>,
): AsyncGenerator<LiveFact, T> {
  yield { kind: 'step', name, state: 'running', fact: null }
  try {
    const working = work()
    const { fact, value } = Symbol.asyncIterator in working ? yield* working : await working
    yield { kind: 'step', name, state: 'done', fact }
    return value
  } catch (error) {
    yield { kind: 'step', name, ...endOf(error, signal) }
    throw error
  }
}

/** A stop says nothing about the step itself, so it carries no fact; a time-out and a failure say what happened. */
function endOf(error: unknown, signal: AbortSignal): { readonly state: StepState; readonly fact: string | null } {
  if (signal.aborted) {
    const isByPerson = signal.reason instanceof TurnStopped && signal.reason.reason === 'person'
    return { state: isByPerson ? 'cancelled' : 'interrupted', fact: null }
  }
  const { code, message } = presentProblem(error)
  return { state: code === 'query_timeout' ? 'timed_out' : 'failed', fact: message }
}

/** Waits for work that tells facts meanwhile: each is yielded, in order, before the work's value is returned. */
export async function* tellWhile<T>(work: (tell: (fact: LiveFact) => void) => Promise<T>): AsyncGenerator<LiveFact, T> {
  const told: LiveFact[] = []
  let wake = Promise.withResolvers<void>()
  const working = work((fact) => {
    told.push(fact)
    wake.resolve()
  })
  let isSettled = false
  const settle = (): void => {
    isSettled = true
    wake.resolve()
  }
  working.then(settle, settle)
  for (;;) {
    await wake.promise
    wake = Promise.withResolvers()
    yield* told.splice(0)
    if (isSettled && told.length === 0) return await working
  }
}
