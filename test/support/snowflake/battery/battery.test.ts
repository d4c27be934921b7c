import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { doublePython, pythonCache, snowflakeDoubleMissing } from '../installed-double.ts'
import { makeReaderAccount, readerToken } from '../open-reader.ts'
import { type SnowflakeDouble, startSnowflakeDouble } from '../start-snowflake-double.ts'
import { signIn, type WireAnswer } from '../wire-session.ts'

const missing = snowflakeDoubleMissing()
const suffix = missing === null ? '' : ` (skipped: ${missing})`

interface Battery {
  readonly statements: readonly string[]
  readonly fakesnowIsWrong: readonly { readonly sql: string }[]
}

describe.skipIf(missing !== null)(`the double beside Snowflake's Python connector${suffix}`, () => {
  test('fakesnow: the battery gives the same rows as the official connector gets from fakesnow unadapted', async () => {
    const battery = JSON.parse(readFileSync(join(import.meta.dirname, 'statements.json'), 'utf8')) as Battery
    const child = spawn(doublePython, [join(import.meta.dirname, 'compare.py')], {
      env: { PATH: '/usr/bin:/bin', PYTHONPYCACHEPREFIX: pythonCache, TZ: 'UTC' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const [said, complained] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
    const report: unknown = said === '' ? complained : JSON.parse(said.trim().split('\n').at(-1) ?? '')
    expect(report).toEqual({
      equal: battery.statements.length,
      differing: [],
      refused: [],
      corrected: battery.fakesnowIsWrong.map(({ sql }) => sql),
    })
    expect(battery.statements.length).toBeGreaterThanOrEqual(100)
  }, 180_000)
})

describe.skipIf(missing !== null)(`cells as Snowflake writes them${suffix}`, () => {
  let double: SnowflakeDouble
  let session: Awaited<ReturnType<typeof signIn>>
  beforeAll(async () => {
    double = await startSnowflakeDouble()
    session = await signIn(await makeReaderAccount(double))
  })
  afterAll(() => double.close())

  test('documented answer: a result has the fields, columns the entries, and the login the parameters of a real one', async () => {
    const real = readExchanges('real-form')
    const login = await session.login({ AUTHENTICATOR: 'PROGRAMMATIC_ACCESS_TOKEN', TOKEN: readerToken })
    const query = await session.query('SELECT * FROM T')
    const fields = (value: unknown) => Object.keys(value as object)
    expect(fields(login.data)).toEqual(expect.arrayContaining(['token', 'masterToken', 'sessionInfo', 'parameters']))
    expect(fields(query.data)).toEqual(expect.arrayContaining(fields(real.query)))
    expect(fields(query.data.rowtype[0]).toSorted()).toEqual(fields(real.query.rowtype[0]).toSorted())
    const known = real.login.parameters.map(({ name }) => name)
    const formats = login.data.parameters.map(({ name }) => name).filter((name) => name.endsWith('_FORMAT'))
    expect(known.filter((name) => name.endsWith('_FORMAT')).toSorted()).toEqual(formats.toSorted())
  })

  test.each([
    { sql: '12345678901234567890123456789012345678', type: 'fixed', cell: '12345678901234567890123456789012345678' },
    { sql: '1.50::NUMBER(10,2)', type: 'fixed', cell: '1.50' },
    { sql: '-0.01::NUMBER(10,2)', type: 'fixed', cell: '-0.01' },
    { sql: '1.5::FLOAT', type: 'real', cell: '1.5' },
    { sql: "'inf'::FLOAT", type: 'real', cell: 'inf' },
    { sql: "'-inf'::FLOAT", type: 'real', cell: '-inf' },
    { sql: "'NaN'::FLOAT", type: 'real', cell: 'NaN' },
    { sql: "'1970-01-01'::DATE", type: 'date', cell: '0' },
    { sql: "'0001-01-01'::DATE", type: 'date', cell: '-719162' },
    { sql: "'0044-03-15 (BC)'::DATE", type: 'date', cell: '-735160' },
    { sql: "'9999-12-31'::DATE", type: 'date', cell: '2932896' },
    { sql: "'12:34:56.789'::TIME", type: 'time', cell: '45296.789000000' },
    { sql: "'2020-02-01 12:13:14'::TIMESTAMP_NTZ", type: 'timestamp_ntz', cell: '1580559194.000000000' },
    { sql: "'1969-12-31 23:59:59.5'::TIMESTAMP_NTZ", type: 'timestamp_ntz', cell: '-0.500000000' },
    { sql: "'2020-02-01 12:13:14+02:00'::TIMESTAMP_TZ", type: 'timestamp_tz', cell: '1580551994.000000000 1440' },
    { sql: "X'00ff'", type: 'binary', cell: '00FF' },
    { sql: 'TRUE', type: 'boolean', cell: '1' },
    { sql: 'FALSE', type: 'boolean', cell: '0' },
    { sql: "''", type: 'text', cell: '' },
    { sql: "'NULL'", type: 'text', cell: 'NULL' },
    { sql: 'NULL::TEXT', type: 'text', cell: null },
    { sql: 'PARSE_JSON(\'{"a":[1,null]}\')', type: 'variant', cell: '{"a":[1,null]}' },
    { sql: 'ARRAY_CONSTRUCT(1, 2)', type: 'variant', cell: '[1,2]' },
  ])('fakesnow: $sql is $cell', async ({ sql, type, cell }) => {
    const { data } = await session.query(`SELECT ${sql}`)
    expect(data).toMatchObject({ rowset: [[cell]], rowtype: [{ type }] })
  })
})

/** The login and the query of one of WireMock's mappings. */
function readExchanges(name: string): { readonly login: WireAnswer['data']; readonly query: WireAnswer['data'] } {
  const file = readFileSync(join(import.meta.dirname, `../wiremock/${name}.json`), 'utf8')
  const { mappings } = JSON.parse(file) as { mappings: readonly { response: { jsonBody: WireAnswer } }[] }
  const [login, query] = mappings.map(({ response }) => response.jsonBody.data)
  if (login === undefined || query === undefined) throw new Error(`${name} is no login and query.`)
  return { login, query }
}
