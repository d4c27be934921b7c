import { describe, expect, test } from 'vitest'
import { run } from '../../../test/support/cli-run.ts'
import { scriptServices } from '../../../test/support/scripted-services.ts'
import type { Services } from '../../core/services.ts'

const asked: unknown[] = []
const explain: Services['explain'] = (_caller, sql, connection) => {
  asked.push([sql, connection])
  if (sql.startsWith('SELECT'))
    return Promise.resolve({
      ok: true,
      tables: [{ database: 'DB', schema: '', name: 'T' }],
      explanation: 'Shows A\u202e.\nReads T.',
    })
  const refusal = {
    code: 'writes',
    reason: 'It writes.',
    action: 'Read.',
    span: null,
    others: [],
    repaired: null,
  } as const
  return Promise.resolve({ ok: false, ...refusal })
}
const services = scriptServices({ explain })

describe('explain', () => {
  test('prints a sentence a line, what would move the cursor escaped', async () => {
    const { code, out, err } = await run(['explain', 'SELECT 1'], { services })
    expect([code, out, err]).toEqual([0, 'Shows A\\u202e.\nReads T.\n', ''])
  })

  test('--json prints one object', async () => {
    const { code, out } = await run(['explain', 'SELECT 1', '--json'], { services })
    expect([code, JSON.parse(out)]).toEqual([
      0,
      { ok: true, tables: ['DB.T'], explanation: ['Shows A\u202e.', 'Reads T.'] },
    ])
  })

  test('a refusal says why and ends with 4', async () => {
    const plain = await run(['explain', 'DROP TABLE T'], { services })
    expect([plain.code, plain.out]).toEqual([4, ''])
    expect(plain.err).toContain('It writes.')
    const json = await run(['explain', 'DROP TABLE T', '--json'], { services })
    expect(JSON.parse(json.out)).toMatchObject({ ok: false, code: 'writes' })
    expect(json.code).toBe(4)
  })

  test('reads stdin and names the connection', async () => {
    asked.length = 0
    await run(['explain', '-', '--connection', 'sample'], { services, stdin: 'SELECT 2' })
    expect(asked).toEqual([['SELECT 2', 'sample']])
  })
})
