import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { makeLogger } from './make-logger.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

function written() {
  const lines: Record<string, unknown>[] = []
  const logger = makeLogger('info', {
    write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>),
  })
  return { logger, lines, said: () => lines.map(({ msg, times = 1 }) => [msg, times]) }
}

test('an error that comes again and again is written once, then counted, whichever request it belongs to', () => {
  const { logger, said } = written()
  for (let at = 0; at < 1_000; at += 1)
    logger.child({ reqId: at }).error({ err: new Error('the store is away') }, 'a request failed')
  expect(said()).toEqual([['a request failed', 1]])
  vi.advanceTimersByTime(10_000)
  expect(said()).toEqual([
    ['a request failed', 1],
    ['again: a request failed: the store is away', 999],
  ])
})

test('different errors, and lines without trouble, are all written', () => {
  const { logger, said } = written()
  logger.error({ err: new Error('a') }, 'a request failed')
  logger.error({ err: new Error('b') }, 'a request failed')
  logger.info('listening')
  logger.info('listening')
  expect(said()).toHaveLength(4)
})

test('after a while the same line is news again', () => {
  const { logger, said } = written()
  logger.warn('slow')
  vi.advanceTimersByTime(10_000)
  logger.warn('slow')
  expect(said()).toEqual([
    ['slow', 1],
    ['slow', 1],
  ])
})

test('what a line holds of somebody else stays on that line', () => {
  let text = ''
  const logger = makeLogger('info', { write: (line: string) => void (text += line) })
  const forged = 'no\r\n{"level":30,"msg":"signed in"}\u001b[2J%s%d\u2028'
  logger.info({ name: forged }, 'a name')
  logger.warn(forged)
  expect(
    text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual([
    expect.objectContaining({ name: forged, msg: 'a name' }),
    expect.objectContaining({ level: 40, msg: forged }),
  ])
  // A terminal that shows the log obeys no control character of it.
  expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
})
