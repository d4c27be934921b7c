import { spawnSync } from 'node:child_process'
import { AsyncLocalStorage } from 'node:async_hooks'
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { problem } from '../../core/problem.ts'
import { makeLog, withoutQuotes, writeLinesTo } from './make-log.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

function written(settings: Partial<Parameters<typeof makeLog>[0]> = {}) {
  const lines: Record<string, unknown>[] = []
  const log = makeLog({
    level: 'info',
    quotes: false,
    destination: { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
    ...settings,
  })
  return { ...log, lines, said: () => lines.map(({ msg }) => msg) }
}

describe('faults that come again', () => {
  const fail = (message: string): Error => problem('store_unavailable', message, 'Wait.')

  test('are written twenty times in a minute, then counted, whichever request they belong to and whatever their words', () => {
    const { logger, said, lines } = written()
    for (let at = 0; at < 1_000; at += 1)
      logger.child({ requestId: at }).error({ err: fail(`The store is away for ${at}.`) }, 'a request failed')
    expect(said()).toEqual(Array.from({ length: 20 }, () => 'a request failed'))
    vi.advanceTimersByTime(60_000)
    expect(lines.slice(20)).toEqual([
      expect.objectContaining({ level: 50, msg: 'again: a request failed', code: 'store_unavailable', times: 980 }),
    ])
    logger.error({ err: fail('The store is away.') }, 'a request failed')
    expect(said()).toHaveLength(22)
  })

  test('are told apart by their code and the place that they come from', () => {
    const { logger, said } = written()
    const elsewhere = (): Error => problem('store_unavailable', 'The store is away.', 'Wait.')
    for (let at = 0; at < 30; at += 1) {
      for (const err of [fail('a'), elsewhere(), new TypeError('a')]) logger.error({ err }, 'a request failed')
      logger.info('listening')
    }
    expect(said().filter((msg) => msg === 'a request failed')).toHaveLength(60)
    expect(said().filter((msg) => msg === 'listening')).toHaveLength(30)
  })
})

describe('ids', () => {
  test('are on the lines of what runs in their scope, and of what it starts', async () => {
    const { logger, scope, lines } = written()
    logger.info('before')
    await scope.within({ requestId: 'r' }, async () => {
      scope.add({ personId: 'p' })
      await Promise.resolve()
      logger.info('request')
      logger.child({ requestId: 'r' }).info('request again')
      await scope.within({ turnId: 't', connectionId: 'c' }, () => Promise.resolve().then(() => logger.warn('turn')))
    })
    const ids = lines.map(({ msg, requestId, personId, turnId, connectionId }) => [
      msg,
      { requestId, personId, turnId, connectionId },
    ])
    expect(ids).toEqual([
      ['before', {}],
      ['request', { requestId: 'r', personId: 'p' }],
      ['request again', { requestId: 'r', personId: 'p' }],
      ['turn', { requestId: 'r', personId: 'p', turnId: 't', connectionId: 'c' }],
    ])
  })

  test('tell whose work runs, in what it starts as well', async () => {
    const { scope } = written()
    const person = await scope.within({ requestId: 'r' }, async () => {
      scope.add({ personId: 'p' })
      await Promise.resolve()
      return await scope.within({ turnId: 't' }, () => Promise.resolve().then(scope.person))
    })
    expect([scope.person(), person]).toEqual([null, 'p'])
  })

  test('are not on lines about what outlives their scope', async () => {
    const { logger, scope, lines } = written()
    const over = Promise.withResolvers<void>()
    const later = scope.within({ turnId: 't' }, () => AsyncLocalStorage.snapshot(), over.promise)
    later(() => logger.info('during'))
    over.resolve()
    await over.promise
    later(() => logger.info('after'))
    expect(lines.map(({ turnId }) => turnId)).toEqual(['t', undefined])
  })
})

test('debug lines are written from one signal to the next, or for 15 minutes', () => {
  const { logger, toggleDebug, said } = written()
  const tell = (): void => logger.debug('detail')
  tell()
  toggleDebug()
  tell()
  toggleDebug()
  tell()
  toggleDebug()
  vi.advanceTimersByTime(15 * 60_000)
  tell()
  expect(said()).toEqual([
    expect.stringMatching(/^debug lines begin/),
    'detail',
    expect.stringMatching(/^debug lines end/),
    expect.stringMatching(/^debug lines begin/),
    'debug lines end; the level is info again',
  ])
})

describe('what an error quotes', () => {
  const token = 'flt_0123456789abcdefghijklmnopqrstuvwxyz'
  test.each([
    [`Conversion Error: Could not convert string 'zanzibar' to INT32`],
    ['syntax error at or near "zanzibar"\nLINE 1: SELECT zanzibar'],
    [`Unexpected token 'H', "How many zanzibar"... is not valid JSON`],
    ['unterminated: "zanzibar'],
    ['it says `zan"zibar zanzibar` twice'],
    ['Failed query\nparams: zanzibar\n    at zanzibar (file.ts:1:1)'],
    ['connect postgres://zanzibar:zanzibar@db/floe'],
    ['no account of zanzibar@example.com'],
    [`the token ${token}zanzibar is over`],
  ])('%j is left out', (message) => {
    const { logger, lines } = written()
    const error = Object.assign(new Error(message, { cause: new Error(message) }), {
      code: '22P02',
      detail: 'zanzibar',
    })
    logger.error({ err: error }, 'a request failed')
    logger.error(error)
    expect(JSON.stringify(lines)).not.toContain('zanzibar')
    expect(lines[0]).toMatchObject({ err: { type: 'Error', code: '22P02', cause: { type: 'Error' } } })
    expect(JSON.stringify(lines[0])).toContain('make-log.test.ts')
  })

  test('is written on request', () => {
    const { logger, lines } = written({ quotes: true })
    logger.error({ err: new Error(`Could not convert string 'zanzibar'`) }, 'a request failed')
    expect(lines[0]).toMatchObject({ err: { message: `Could not convert string 'zanzibar'` } })
  })

  test('leaves the rest', () => {
    const id = '0d9a4c1e-5b7f-4e62-8c3a-6f1b2e7d9a05'
    expect(withoutQuotes(`connect ECONNREFUSED 127.0.0.1:5432, the store doesn't answer ${id}`)).toBe(
      `connect ECONNREFUSED 127.0.0.1:5432, the store doesn't answer ${id}`,
    )
  })
})

test('what a line holds of somebody else stays on that line', () => {
  let text = ''
  const { logger } = written({ destination: { write: (line: string) => void (text += line) } })
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

test.skipIf(process.platform !== 'linux')(
  'lines that nobody takes wait up to 1 MB; how many are missing stands where they would have been',
  async () => {
    vi.useRealTimers()
    const folder = mkdtempSync(join(tmpdir(), 'floe-log-'))
    const path = join(folder, 'pipe')
    expect(spawnSync('mkfifo', [path]).status).toBe(0)
    // A pipe holds 64 kB, and then takes nothing until somebody reads.
    const pipe = openSync(path, constants.O_RDWR | constants.O_NONBLOCK)
    const log = writeLinesTo(pipe)
    for (let line = 0; line < 3_000; line += 1) log.write(`${String(line).padEnd(999)}\n`)
    let text = ''
    const read = (): string => {
      const bytes = Buffer.alloc(65_536)
      try {
        text += bytes.toString('utf8', 0, readSync(pipe, bytes))
      } catch (error) {
        expect(error).toMatchObject({ code: 'EAGAIN' })
      }
      return text
    }
    await expect.poll(read, { interval: 5, timeout: 20_000 }).toContain('could not be written')
    log.write('the next one\n')
    await expect.poll(read, { interval: 5 }).toContain('the next one')
    const lines = text.trimEnd().split('\n')
    const kept = lines.slice(0, -2).map(Number)
    expect(kept).toEqual(kept.map((_line, index) => index))
    expect(JSON.parse(lines.at(-2) ?? '')).toMatchObject({ level: 40, lines: 3_000 - kept.length })
    closeSync(pipe)
    rmSync(folder, { recursive: true })
  },
)
