import type { LiveFact } from './live-event.ts'

/** Waits for work that tells facts meanwhile: every one is yielded, in order, before the work's value is returned. */
export async function* whileWorking<T>(
  work: (tell: (fact: LiveFact) => void) => Promise<T>,
): AsyncGenerator<LiveFact, T> {
  const told: LiveFact[] = []
  let wake = Promise.withResolvers<void>()
  const working = work((fact) => {
    told.push(fact)
    wake.resolve()
  })
  let isDone = false
  const done = working.then(
    () => {
      isDone = true
    },
    () => {
      isDone = true
    },
  )
  for (;;) {
    await Promise.race([done, wake.promise])
    wake = Promise.withResolvers()
    yield* told.splice(0)
    if (isDone) return await working
  }
}
