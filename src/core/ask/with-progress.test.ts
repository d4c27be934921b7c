import { expect, test } from 'vitest'
import { withProgress } from './with-progress.ts'

const clockAt = (times: readonly number[]) => {
  const left = [...times]
  return { now: () => left.shift() ?? 0, monotonicMs: () => 0, after: () => () => undefined }
}

test('what is told while it works becomes the fact of the running step, but not faster than it can be read', async () => {
  const told = Promise.withResolvers<void>()
  let tell: (fact: string) => void = () => undefined
  const work = withProgress('understand', clockAt([1_000, 1_000, 1_100, 1_600, 1_600]), async (say) => {
    tell = say
    await told.promise
    return 'the catalog'
  })
  const facts: unknown[] = []
  const next = async (fact: string): Promise<void> => {
    const pending = work.next()
    tell(fact)
    facts.push(((await pending).value as { readonly fact: string }).fact)
  }
  await next('1 of 3 read')
  const pending = work.next()
  tell('2 of 3 read')
  await Promise.resolve()
  await Promise.resolve()
  await Promise.resolve()
  tell('3 of 3 read')
  facts.push(((await pending).value as { readonly fact: string }).fact)
  told.resolve()
  expect(await work.next()).toEqual({ done: true, value: 'the catalog' })
  expect(facts).toEqual(['1 of 3 read', '3 of 3 read'])
})

test('work that fails after whoever listened has left is no unhandled fault', async () => {
  const failing = Promise.withResolvers<never>()
  const work = withProgress('understand', clockAt([1_000, 1_000]), (say) => {
    say('a part')
    return failing.promise
  })
  await work.next()
  await work.return(undefined as never)
  failing.reject(new Error('too late'))
  await expect(failing.promise).rejects.toThrow('too late')
})
