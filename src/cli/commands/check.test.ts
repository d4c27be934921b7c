import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { scriptServices } from '../../../test/support/scripted-services.ts'
import { run, start } from '../../../test/support/cli-run.ts'
import { problem } from '../../core/problem.ts'
import type { Services } from '../../core/services.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'floe-cli-'))
  writeFileSync(join(folder, 'query.sql'), 'SELECT 1\n')
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('check', () => {
  const table = { database: 'DB', schema: 'S', name: 'T' }
  const judge: Services['check'] = (_caller, sql, connection) =>
    Promise.resolve(
      sql.startsWith('SELECT')
        ? { ok: true as const, tables: [table, { database: '', schema: '', name: connection ?? 'U' }] }
        : {
            ok: false as const,
            code: 'writes' as const,
            reason: 'It writes.',
            action: 'Read.',
            span: null,
            others: [],
            repaired: null,
            tables: [],
          },
    )
  const lines = (out: string) =>
    out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown)
  const good = { ok: true, code: null, reason: null, tables: ['DB.S.T', 'U'] }
  const bad = { ok: false, code: 'writes', reason: 'It writes.', tables: [] }

  test('--jsonl judges each line, in order, the malformed ones too', async () => {
    const stdin = [
      '{"id":"a","sql":"SELECT 1"}',
      '{"id":7,"sql":"DROP TABLE T"}',
      '',
      '{"sql":',
      '[]',
      '{"id":"b","sql":5}',
      '{"sql":"SELECT 2"}',
    ].join('\n')
    const { code, out, err } = await run(['check', '--jsonl'], { services: scriptServices({ check: judge }), stdin })
    expect([code, err]).toEqual([4, ''])
    expect(lines(out)).toEqual([
      { id: 'a', ...good, sql: 'SELECT 1' },
      { id: 7, ...bad, sql: 'DROP TABLE T' },
      { ok: false, code: 'bad_request', reason: 'The line is not JSON.', tables: [], sql: null },
      { ok: false, code: 'bad_request', reason: expect.any(String) as string, tables: [], sql: null },
      { id: 'b', ok: false, code: 'bad_request', reason: expect.any(String) as string, tables: [], sql: null },
      { ...good, sql: 'SELECT 2' },
    ])
    expect(out.split('\n')[0]).toBe(
      '{"id":"a","ok":true,"code":null,"reason":null,"tables":["DB.S.T","U"],"sql":"SELECT 1"}',
    )
  })

  test.each([
    [['check'], 'SELECT 1;\n-- and more\n', 0, [{ ...good, sql: 'SELECT 1;\n-- and more\n' }]],
    [['check'], '{"sql":"SELECT 1"}', 4, [{ ...bad, sql: '{"sql":"SELECT 1"}' }]],
    [['check', 'FOLDER/query.sql'], '', 0, [{ ...good, sql: 'SELECT 1\n' }]],
    [['check', '--connection', 'sample'], 'SELECT 1', 0, [{ ...good, tables: ['DB.S.T', 'sample'], sql: 'SELECT 1' }]],
    [['check', '--jsonl'], '', 0, []],
  ])('%j over %j ends with %i', async (argv, stdin, exitCode, expected) => {
    const services = scriptServices({ check: judge })
    const { code, out } = await run(
      argv.map((arg) => arg.replace('FOLDER', folder)),
      { services, stdin },
    )
    expect(code).toBe(exitCode)
    expect(out === '' ? [] : lines(out)).toEqual(expected)
  })

  test('only a line feed ends a line; a byte order mark, CRLF and split characters do no harm', async () => {
    const sql = "SELECT '\u2028\u0085\rü🌊'"
    const stdin = `\ufeff${JSON.stringify({ sql })}\r\n{"sql":"SELECT '\u2028'"}`
    const bytes = Buffer.from(stdin)
    const running = start(['check', '--jsonl'], { services: scriptServices({ check: judge }) })
    for (const byte of bytes) running.stdin.write(Buffer.from([byte]))
    running.stdin.end()
    const { code, out } = await running.ended
    expect(code).toBe(0)
    expect(lines(out)).toMatchObject([{ sql }, { sql: "SELECT '\u2028'" }])
  })

  test('thousands of lines keep their order and are judged a few at a time', async () => {
    let open = 0
    let most = 0
    const check: Services['check'] = async (caller, sql, connection, signal) => {
      open += 1
      most = Math.max(most, open)
      for (let turn = 0; turn < Number(sql.slice(7)) % 5; turn += 1)
        await new Promise((resolve) => setImmediate(resolve))
      open -= 1
      return judge(caller, sql, connection, signal)
    }
    const stdin = Array.from({ length: 3_000 }, (_, id) => `{"id":${id},"sql":"SELECT ${id}"}\n`).join('')
    const { code, out } = await run(['check', '--jsonl'], { services: scriptServices({ check }), stdin })
    expect(code).toBe(0)
    expect(lines(out).map((line) => (line as { id: number }).id)).toEqual(Array.from({ length: 3_000 }, (_, id) => id))
    expect(most).toBeGreaterThan(1)
    expect(most).toBeLessThanOrEqual(8)
  })

  test('a text that cannot be judged is not ok; the rest goes on', async () => {
    const check: Services['check'] = (caller, sql, connection, signal) =>
      sql === 'SELECT 1'
        ? Promise.reject(problem('too_busy', 'Too busy.', 'Wait.'))
        : judge(caller, sql, connection, signal)
    const stdin = '{"sql":"SELECT 1"}\n{"sql":"SELECT 2"}'
    const { code, out } = await run(['check', '--jsonl'], { services: scriptServices({ check }), stdin })
    expect(code).toBe(4)
    expect(lines(out)).toMatchObject([{ ok: false, code: 'too_busy' }, { ok: true }])
  })

  test('an unknown connection ends the command', async () => {
    const check = () => Promise.reject(problem('connection_unknown', 'There is no such connection.', 'Look.'))
    const { code, out, err } = await run(['check', '--connection', 'x'], {
      services: scriptServices({ check }),
      stdin: 'SELECT 1',
    })
    expect([code, out]).toEqual([1, ''])
    expect(err).toContain('no such connection')
  })
})
