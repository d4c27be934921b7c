import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { snowflakeDoubleMissing } from '../../../test/support/snowflake/installed-double.ts'
import { openAccount, prepareAccount, token } from '../../../test/support/snowflake/open-account.ts'
import { type Driver, openDriver } from '../../../test/support/snowflake/open-driver.ts'
import { type SnowflakeDouble, startSnowflakeDouble } from '../../../test/support/snowflake/start-snowflake-double.ts'
import { readRows } from '../../../test/support/warehouse-suite.ts'
import type { Cell, ColumnKind } from '../../contract/result.ts'
import type { SnowflakeAccess } from './make-snowflake-link.ts'
import { bounds } from './snowflake-faults.test-support.ts'

const missing = snowflakeDoubleMissing()
const { setup, statements } = JSON.parse(
  readFileSync(new URL('../../../test/support/snowflake/battery/statements.json', import.meta.url), 'utf8'),
) as { readonly setup: readonly string[]; readonly statements: readonly string[] }

/** Those that change nothing, for each is run twice. */
const reading = statements.filter((sql) => !/^(?:INSERT|UPDATE|DELETE|MERGE|CREATE|DROP)/i.test(sql))

/** The driver's default formats leave out digits of a fraction: what it tells must be how ours begins. */
const begins = (ours: string, theirs: string): boolean => {
  const clock = theirs.replace(/ [+-]\d{4}$/, '')
  return ours.startsWith(clock.replace(/\.(\d*?)0+$/, (_, digits: string) => (digits === '' ? '' : `.${digits}`)))
}
const sameJson = (a: string, b: string): boolean => {
  try {
    return JSON.stringify(JSON.parse(a)) === JSON.stringify(JSON.parse(b))
  } catch {
    return a === b
  }
}

/** Whether a cell of ours says what the official driver says, in its own way of writing. */
function says(kind: ColumnKind, ours: Cell, theirs: unknown): boolean {
  if (ours === null || theirs === null) return ours === theirs
  const text = typeof theirs === 'string' ? theirs : JSON.stringify(theirs)
  if (kind === 'number') {
    const known: Readonly<Record<string, string>> = { Infinity: 'inf', '-Infinity': '-inf' }
    return typeof ours === 'number' ? ours === Number(text) : [ours, known[String(ours)]].includes(text)
  }
  if (kind === 'time' || kind === 'timestamp') return begins(String(ours), text)
  if (kind === 'nested') return sameJson(String(ours), text)
  return String(ours) === text
}

describe.skipIf(missing !== null)(missing === null ? 'cells' : `cells (skipped: ${missing})`, () => {
  let double: SnowflakeDouble
  let access: SnowflakeAccess
  let driver: Driver
  beforeAll(async () => {
    double = await startSnowflakeDouble()
    const account = await double.newAccount()
    await prepareAccount(account, setup)
    access = openAccount(account)
    driver = await openDriver({
      account: account.account,
      accessUrl: account.accessUrl,
      authenticator: 'PROGRAMMATIC_ACCESS_TOKEN',
      username: 'READER',
      token,
      role: 'ANALYST',
      warehouse: 'WH',
      database: 'SALES',
      schema: 'PUBLIC',
    })
  })
  afterAll(async () => {
    await driver.close()
    await access.close()
    await double.close()
  })

  test.each(reading)('fakesnow: our reader and the official driver read the same: %s', async (sql) => {
    const stream = await access.run(sql, bounds)
    const ours = await readRows(stream)
    const theirs = await driver.run(sql)
    expect(theirs.message).toBeNull()
    expect(ours).toHaveLength(theirs.rows.length)
    const differing = ours.flatMap((row, index) =>
      row.flatMap((cell, place) => {
        const column = stream.columns[place]
        const other = theirs.rows[index]?.[place]
        return column !== undefined && says(column.kind, cell, other) ? [] : [{ column, ours: cell, theirs: other }]
      }),
    )
    expect(differing).toEqual([])
  })
})
