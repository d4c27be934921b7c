import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TurnEvent } from '../../src/contract/turn-event.ts'
import { runFloe } from '../support/floe-process.ts'
import { startGeminiServer } from '../support/gemini-server.ts'
import { geminiErrors, jsonPieces } from '../support/gemini-wire.ts'

let folder: string
let env: Record<string, string>

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'floe-faults-'))
  env = { DATA_DIR: join(folder, 'data') }
  mkdirSync(join(folder, 'ragged'))
  writeFileSync(join(folder, 'ragged', 'good.csv'), 'a,b\n1,2\n')
  writeFileSync(join(folder, 'ragged', 'bad.csv'), 'a,b\n1,2\n3,4,5\n6\n')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const lastEvent = (out: string): TurnEvent => JSON.parse(out.trimEnd().split('\n').at(-1) ?? '') as TurnEvent

describe('[says-what-to-do] bad input', () => {
  test.each([
    ['an empty question', ['ask', '  ', '--yes'], /question is empty/i],
    ['50 kB of text', ['ask', 'how many '.repeat(6_000), '--yes'], /too long/i],
    ['an unknown connection', ['ask', 'how many orders', '--connection', 'nowhere', '--yes'], /nowhere/],
    ['a folder that is not there', ['sql', 'SELECT 1', '--connection', 'folder:/no/such/place'], /\/no\/such\/place/],
    ['an unknown model', ['ask', 'how many orders', '--model', 'acme:best', '--yes'], /acme:best/],
    [
      'a model without its key',
      ['ask', 'how many orders', '--model', 'google:gemini-3.8-flash', '--yes'],
      /GEMINI_API_KEY/,
    ],
    ['a statement that writes', ['sql', 'DELETE FROM ORDERS'], /only|read|DELETE/i],
    ['a table that is not there', ['sql', 'SELECT * FROM ORDRES'], /ORDRES.*ORDERS/s],
  ])('%s gets a clear error', async (_, argv, words) => {
    const { code, out, err } = await runFloe(argv, env)
    expect(code).not.toBe(0)
    expect(out).toBe('')
    expect(err).toMatch(words)
    expect(err).not.toMatch(/\n\s+at .*:\d+/)
  })

  test('a CSV with ragged rows is read, and told with its lines', async () => {
    const connection = `folder:${join(folder, 'ragged')}`
    const bad = await runFloe(['sql', 'SELECT * FROM BAD', '--connection', connection, '--format', 'csv'], env)
    expect([bad.code, bad.out.split(/\r?\n/).length]).toEqual([0, 5])
    expect(bad.err).toMatch(/BAD: 1 line has fewer .*line 4/)
    expect(bad.err).toMatch(/BAD: 1 line has more .*line 3/)
    const good = await runFloe(
      ['sql', 'SELECT A + B AS S FROM GOOD', '--connection', connection, '--format', 'csv'],
      env,
    )
    expect([good.code, good.out.replaceAll('\r', '')]).toEqual([0, 'S\n3\n'])
  })

  test('a port in use says so and what to do', async () => {
    const blocker = createServer().listen(0, '127.0.0.1')
    await once(blocker, 'listening')
    const address = blocker.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const { code, err } = await runFloe(['serve'], { ...env, PORT: String(port) })
    blocker.close()
    expect(code).toBe(1)
    expect(err).toMatch(new RegExp(`Port ${port}.*in use`))
    expect(err).toContain('PORT=')
  })

  test('a malformed environment lists every fault at once and no value', async () => {
    const { code, err } = await runFloe(['serve'], {
      PORT: 'http',
      HOST: '0.0.0.0',
      DATABASE_URL: 'mysql://u:hunter2@h/d',
    })
    expect(code).toBe(2)
    for (const name of ['PORT', 'HOST', 'DATABASE_URL']) expect(err).toContain(name)
    expect(err).not.toContain('hunter2')
  })
})

describe('[no-secrets] a model that fails', () => {
  const key = `test-${Math.random().toString(36).slice(2)}`
  const askGemini = (url: string) =>
    runFloe(['ask', 'how many orders', '--yes', '--json'], {
      ...env,
      GEMINI_API_KEY: key,
      GEMINI_BASE_URL: url,
      LOG_LEVEL: 'trace',
    })

  test('a wrong key is named as such and never repeated', async () => {
    const gemini = await startGeminiServer({ replies: [geminiErrors.invalidKey] })
    const { code, out, err } = await askGemini(gemini.url)
    await gemini.close()
    expect(code).toBe(1)
    expect(lastEvent(out)).toMatchObject({ kind: 'turn.failed', problem: { code: 'model_unauthorized' } })
    expect(out + err).not.toContain(key)
  })

  test('a stream that breaks in the middle runs nothing', async () => {
    const answer = { interpretation: 'All orders.', assumptions: [], sql: 'SELECT COUNT(*) FROM ORDERS' }
    const gemini = await startGeminiServer({
      replies: [{ pieces: jsonPieces(answer, { pieceLength: 10 }), stopAfterBytes: 700, ending: 'reset' }],
    })
    const { code, out, err } = await askGemini(gemini.url)
    await gemini.close()
    expect(code).toBe(1)
    expect(lastEvent(out)).toMatchObject({ kind: 'turn.failed', problem: { code: 'model_failed' } })
    expect(out).not.toContain('query.proposed')
    expect(out + err).not.toContain(key)
  })
})
