import type { StepName } from '../../contract/turn-event.ts'
import type { Clock } from '../ports/clock.ts'
import type { LiveFact } from './live-event.ts'

/** Facts told faster than this are left out, because each one is stored. */
const tellEveryMs = 500

/** Waits for work that tells how far it is: each phrase becomes the step's fact while it runs. */
export async function* withProgress<T>(
  name: StepName,
  clock: Clock,
  work: (tell: (fact: string) => void) => Promise<T>,
): AsyncGenerator<LiveFact, T> {
  let told: string | null = null
  let wake = Promise.withResolvers<'told'>()
  const working = work((fact) => {
    told = fact
    wake.resolve('told')
  })
  const done = working.then(() => 'done' as const)
  // Whoever reads may have left when it fails.
  done.catch(() => undefined)
  let nextAt = 0
  while ((await Promise.race([done, wake.promise])) === 'told') {
    wake = Promise.withResolvers()
    if (told === null || clock.now() < nextAt) continue
    nextAt = clock.now() + tellEveryMs
    yield { kind: 'step', name, state: 'running', fact: told }
  }
  return await working
}
