import { expect, test } from 'vitest'
import type { LiveFact } from './live-event.ts'
import { whileWorking } from './while-working.ts'

const fact = (queryId: string): LiveFact => ({ kind: 'step', name: 'run-query', state: 'running', fact: null, queryId })

test('every fact that is told is yielded, in order, at once and at the end', async () => {
  const middle = Promise.withResolvers<void>()
  const work = whileWorking(async (tell) => {
    tell(fact('1'))
    tell(fact('2'))
    await middle.promise
    tell(fact('3'))
    return 'rows'
  })
  expect(await work.next()).toEqual({ done: false, value: fact('1') })
  expect(await work.next()).toEqual({ done: false, value: fact('2') })
  const last = work.next()
  middle.resolve()
  expect(await last).toEqual({ done: false, value: fact('3') })
  expect(await work.next()).toEqual({ done: true, value: 'rows' })
})

test('a failure comes after what was told before it', async () => {
  const work = whileWorking(async (tell) => {
    tell(fact('1'))
    throw new Error('no rows')
  })
  expect(await work.next()).toEqual({ done: false, value: fact('1') })
  await expect(work.next()).rejects.toThrow('no rows')
})
