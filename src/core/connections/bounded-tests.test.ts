import { expect, test } from 'vitest'
import { limits } from '../limits.ts'
import {
  caller,
  codeOf,
  findings,
  makeSaved,
  never,
  newConnection,
  report,
  stranger,
} from './scripted-kind.test-support.ts'

/** What runs until it is stopped. */
const untilStopped = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error))
  })

test('one person runs three tests at once, and a fourth is refused until one is over', async () => {
  const leaving = new AbortController()
  const { saved, pass } = makeSaved({}, (_row, signal) => untilStopped(signal))
  const { id } = await saved.add(caller, newConnection('Acme'))
  const running = [1, 2, 3].map(() => saved.test(caller, id, leaving.signal).catch(() => 'stopped'))
  await pass(0)
  expect(await codeOf(saved.test(caller, id, never))).toBe('too_busy')
  expect(await codeOf(saved.test(stranger, id, never))).toBe('not_found')
  leaving.abort(new Error('enough'))
  expect(await Promise.all(running)).toEqual(['stopped', 'stopped', 'stopped'])
  const another = codeOf(saved.test(caller, id, never))
  await pass(120_000)
  expect(await another).toBe('query_timeout')
})

test('a test that takes too long is stopped and says so', async () => {
  const { saved, pass } = makeSaved({}, (_row, signal) => untilStopped(signal))
  const { id } = await saved.add(caller, newConnection('Acme'))
  const code = codeOf(saved.test(caller, id, never))
  await pass(120_000)
  expect(await code).toBe('query_timeout')
})

test('each step is heard as it ends', async () => {
  const heard: string[] = []
  const { saved } = makeSaved({}, (_row, _signal, onStep) => {
    for (const step of report.steps) onStep?.(step)
    return Promise.resolve({ report, findings })
  })
  const { id } = await saved.add(caller, newConnection('Acme'))
  await saved.test(caller, id, never, ({ name }) => heard.push(name))
  expect(heard).toEqual(['sign-in'])
})

test('what was removed comes back until its time is over', async () => {
  const { saved, pass } = makeSaved()
  const { id } = await saved.add(caller, newConnection('Acme'))
  await saved.setAside(caller, id)
  expect(await codeOf(saved.read(caller, id))).toBe('not_found')
  expect(await codeOf(saved.restore(stranger, id))).toBe('not_found')
  expect(await saved.restore(caller, id)).toMatchObject({ name: 'Acme' })
  await saved.setAside(caller, id)
  await pass(limits.connectionUndoMs + 2_000)
  expect(await codeOf(saved.restore(caller, id))).toBe('not_found')
})
