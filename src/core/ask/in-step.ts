import type { StepName } from '../../contract/turn-event.ts'
import { presentProblem } from '../problem.ts'
import type { LiveFact } from './live-event.ts'

/** What a step ends with: its one fact for the person, its value for the next step. */
export interface StepResult<T> {
  readonly fact: string | null
  readonly value: T
}

/** Runs one step of the journey between its `running` and its `done` or `failed` event. */
export async function* inStep<T>(
  name: StepName,
  work: () => AsyncGenerator<LiveFact, StepResult<T>> | Promise<StepResult<T>>,
): AsyncGenerator<LiveFact, T> {
  yield { kind: 'step', name, state: 'running', fact: null }
  try {
    const working = work()
    const { fact, value } = Symbol.asyncIterator in working ? yield* working : await working
    yield { kind: 'step', name, state: 'done', fact }
    return value
  } catch (error) {
    yield { kind: 'step', name, state: 'failed', fact: presentProblem(error).message }
    throw error
  }
}
