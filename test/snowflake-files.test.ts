import { DuckDBInstance } from '@duckdb/node-api'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { buffer, text } from 'node:stream/consumers'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeExportProcesses } from '../src/adapters/duckdb/export/export-processes.ts'
import { makeRowFiles } from '../src/adapters/duckdb/export/row-files.ts'
import type { SnowflakeAccess } from '../src/adapters/snowflake/make-snowflake-link.ts'
import type { FileForm } from '../src/contract/result-file.ts'
import type { ReadOnlySql } from '../src/core/guard/read-only-sql.ts'
import type { SavedSource } from '../src/core/ports/warehouse.ts'
import type { DoubleAccount } from './support/snowflake/double-account.ts'
import { snowflakeDoubleMissing } from './support/snowflake/installed-double.ts'
import { openAccount, prepareAccount } from './support/snowflake/open-account.ts'
import { type SnowflakeDouble, startSnowflakeDouble } from './support/snowflake/start-snowflake-double.ts'

const missing = snowflakeDoubleMissing()
const tag = { purpose: 'question', userId: 'ada', turnId: 'turn-1' }
const never = new AbortController().signal

/** Columns as Snowflake describes them, each with two cells; those of the first row are hard to keep exact. */
const columns = [
  ['ID', { type: 'fixed', precision: 38, scale: 0 }, '12345678901234567890123456789012345678', null],
  ['AMOUNT', { type: 'fixed', precision: 12, scale: 2 }, '-1234567890.10', '0.05'],
  ['T', { type: 'text' }, 'a "b", =c\r\nd \u0000 👍🏽', ''],
  ['AT', { type: 'timestamp_ntz', scale: 9 }, '1580559194.123456789', '0.000000000'],
  ['Z', { type: 'timestamp_tz', scale: 9 }, '1580559194.5 1500', '0.000000000 1440'],
  ['DAY', { type: 'date' }, '-25567', '18293'],
  ['RATE', { type: 'real' }, '-inf', '0.1'],
  ['FLAG', { type: 'boolean' }, '1', '0'],
  ['T', { type: 'variant' }, '{"n":12345678901234567890}', null],
] as const

describe.skipIf(missing !== null)(
  `fakesnow: files of Snowflake's results${missing === null ? '' : ` (skipped: ${missing})`}`,
  () => {
    let double: SnowflakeDouble
    let account: DoubleAccount
    let access: SnowflakeAccess
    let base: string
    const exporting = makeExportProcesses()
    const root = () => join(base, 'exports')
    const sql = (given: string): SavedSource => ({ sql: given as ReadOnlySql })
    const values = sql('SELECT * FROM VALUES_OF_EVERY_TYPE')

    beforeAll(async () => {
      base = mkdtempSync(join(tmpdir(), 'floe-files-'))
      double = await startSnowflakeDouble()
      account = await double.newAccount()
      await prepareAccount(account)
      await account.configure({
        largeResults: [{ match: 'FROM FLOOD', rows: 40_000, chunkRows: 4_000 }],
        answers: [
          {
            match: 'VALUES_OF_EVERY_TYPE',
            source: 'the encodings of recorded answers',
            columns: columns.map(([name, type]) => ({ name, ...type })),
            rows: [columns.map(([, , first]) => first), columns.map(([, , , second]) => second)],
          },
        ],
      })
      access = openAccount(account)
    }, 60_000)
    afterAll(async () => {
      await access.close()
      await exporting.close()
      await double.close()
      rmSync(base, { recursive: true })
    })

    const write = (source: SavedSource, form: FileForm, { maxRows = 1e9, signal = never } = {}) =>
      makeRowFiles(root(), exporting).write(
        (file, until) => access.save(source, file, { maxRows, timeoutMs: 20_000, signal: until, tag }),
        { form, maxRows: null, timeoutMs: 60_000, signal },
      )

    test('CSV and JSON hold every value exactly', async () => {
      const csv = await write(values, { format: 'csv' })
      expect(await text(csv.content)).toBe(
        [
          'ID,AMOUNT,T,AT,Z,DAY,RATE,FLAG,T\n',
          `12345678901234567890123456789012345678,-1234567890.10,"a ""b"", =c\r\nd \u0000 👍🏽",2020-02-01 12:13:14.123456789,`,
          `2020-02-01 13:13:14.5+01:00,1900-01-01,'-Infinity,true,"{""n"":12345678901234567890}"\n`,
          `,0.05,"",1970-01-01 00:00:00,1970-01-01 00:00:00+00:00,2020-02-01,0.1,false,\n`,
        ].join(''),
      )
      const { rows, rowCount, truncated } = JSON.parse(
        await text((await write(values, { format: 'json' })).content),
      ) as Record<'rows' | 'rowCount' | 'truncated', unknown>
      expect([rowCount, truncated]).toEqual([2, false])
      const first = ['12345678901234567890123456789012345678', -1234567890.1, columns[2][2]]
      expect((rows as unknown[][])[0]?.slice(0, 3)).toEqual(first)
      const lines = (await text((await write(values, { format: 'ndjson' })).content)).trimEnd().split('\n')
      expect(lines.slice(1, -1).map((line) => JSON.parse(line) as unknown)).toEqual(rows)
      expect(lines.at(-1)).toBe('{"rowCount":2,"truncated":false}')
    })

    test('Parquet holds every value exactly, with the types of the columns', async () => {
      const file = join(base, 'values.parquet')
      await (await write(values, { format: 'parquet' })).saveAs(file)
      const instance = await DuckDBInstance.create(':memory:')
      const connection = await instance.connect()
      await connection.run("SET TimeZone = 'UTC'")
      const reader = await connection.runAndReadAll(`SELECT * FROM '${file}'`)
      const names = reader.columnNames()
      expect(reader.columnTypes().map((type, at) => `${names[at]} ${type.toString()}`)).toEqual([
        'ID DECIMAL(38,0)',
        'AMOUNT DECIMAL(12,2)',
        'T VARCHAR',
        'AT TIMESTAMP_NS',
        'Z VARCHAR',
        'DAY DATE',
        'RATE DOUBLE',
        'FLAG BOOLEAN',
        'T_2 VARCHAR',
      ])
      const rows = reader.getRows().map((row) => row.map((cell) => (cell === null ? null : String(cell))))
      expect(rows).toEqual([
        [
          '12345678901234567890123456789012345678',
          '-1234567890.10',
          columns[2][2],
          '2020-02-01 12:13:14.123456789',
          '2020-02-01 13:13:14.5+01:00',
          '1900-01-01',
          '-Infinity',
          'true',
          columns[8][2],
        ],
        [null, '0.05', '', '1970-01-01 00:00:00', '1970-01-01 00:00:00+00:00', '2020-02-01', '0.1', 'false', null],
      ])
      connection.closeSync()
      instance.closeSync()
    })

    test.each(['csv', 'parquet', 'xlsx'] as const)('a long result is whole: %s', async (format) => {
      const file = await write(sql('SELECT * FROM FLOOD'), { format })
      expect([file.rowCount, file.truncated, (await buffer(file.content)).length === file.bytes]).toEqual([
        40_000,
        false,
        true,
      ])
      expect(readdirSync(root())).toEqual([])
    })

    test('a finished result is written by its id, as far as is wanted, and never runs again', async () => {
      const flood = 'SELECT * FROM FLOOD /* kept */'
      await (await write(sql(flood), { format: 'csv' })).discard()
      const [{ queryId = null } = {}] = await account.statements(/kept/)
      const file = await write({ queryId: queryId ?? '' }, { format: 'ndjson' }, { maxRows: 7 })
      const lines = (await text(file.content)).trimEnd().split('\n')
      expect([file.rowCount, file.truncated, lines.at(-1)]).toEqual([7, true, '{"rowCount":7,"truncated":true}'])
      expect(await account.statements(/kept/)).toHaveLength(1)
    })

    test('no rows', async () => {
      const empty = sql('SELECT 1 AS N WHERE FALSE')
      expect(await text((await write(empty, { format: 'csv' })).content)).toBe('N\n')
      expect(JSON.parse(await text((await write(empty, { format: 'json' })).content))).toMatchObject({ rows: [] })
      expect((await write(empty, { format: 'parquet' })).rowCount).toBe(0)
      for (const name of readdirSync(root())) rmSync(join(root(), name), { recursive: true })
    })

    test('stopping cancels the query in Snowflake, and leaves no file', async () => {
      const stopping = new AbortController()
      const writing = write(sql('SELECT SYSTEM$WAIT(500) AS STOPPED'), { format: 'csv' }, { signal: stopping.signal })
      await account.until('statement', { match: 'STOPPED' })
      stopping.abort(new Error('no longer wanted'))
      await expect(writing).rejects.toThrow('no longer wanted')
      expect((await account.until('ended', { match: 'STOPPED' }))[0]?.state).not.toBe('SUCCESS')
      expect(readdirSync(root())).toEqual([])
    })

    test('a part that is missing is no file', async () => {
      await account.fault({ at: 'chunk', action: 'short', times: 1 })
      await expect(write(sql('SELECT * FROM FLOOD'), { format: 'parquet' })).rejects.toThrow('part of the result')
      expect(readdirSync(root())).toEqual([])
    })
  },
)
