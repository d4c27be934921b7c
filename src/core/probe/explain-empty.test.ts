import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeDuckdbConnections } from '../../adapters/duckdb/duckdb-connections.ts'
import { makeWorkerSqlParsers } from '../../adapters/sql-parsers/worker-sql-parsers.ts'
import { makeLocalCaller } from '../caller.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { defaultConnectionPolicy, type Probing } from '../connections/connection-policy.ts'
import { makeGuard } from '../guard/make-guard.ts'
import type { ReadOnlySql } from '../guard/read-only-sql.ts'
import type { OpenWarehouse } from '../ports/connections.ts'
import { explainEmpty } from './explain-empty.ts'
import { findValues } from './find-values.ts'
import { makeProbes } from './make-probes.ts'
import { sayCause } from './say-cause.ts'

const folder = mkdtempSync(join(tmpdir(), 'floe-probes-'))
const never = new AbortController().signal
const parsers = makeWorkerSqlParsers({ timeoutMs: 20_000 })
const connections = makeDuckdbConnections({
  dataDir: folder,
  scale: 0.001,
  folders: null,
  translate: (sql, catalog) => parsers.toDuckdb(sql, { catalog }),
  onFault: () => undefined,
})
let opened: OpenWarehouse
let catalog: Catalog
beforeAll(async () => {
  opened = await connections.open(makeLocalCaller('ada', 'cli'), 'sample', never)
  catalog = await opened.catalog(never)
})
afterAll(async () => {
  await connections.close()
  await parsers.close()
  rmSync(folder, { recursive: true })
})

/** Probes of the sample whose time never runs out. */
const probe = (probing: Probing) =>
  makeProbes({
    guard: makeGuard({ parsers }),
    clock: { now: () => 0, monotonicMs: () => 0, after: () => () => undefined },
    connection: { warehouse: opened.warehouse, policy: { ...defaultConnectionPolicy, probing } },
    catalog,
    asker: { userId: 'ada', turnId: null },
    signal: never,
    onFault: (error) => expect(error).toBeNull(),
  })

async function causeOf(sql: string, isValue = true, probing: Probing = 'read'): Promise<string | null> {
  const parts = await parsers.partsOf(sql as ReadOnlySql, { catalog })
  const cause = parts === null ? null : await explainEmpty(probe(probing), parts, isValue)
  return cause === null ? null : sayCause(cause, catalog)
}

describe('why a query over the sample finds nothing', () => {
  test.each([
    [
      "SELECT COUNT(*) AS N FROM ORDERS WHERE O_ORDERDATE >= '2025-01-01' AND O_ORDERDATE < '2026-01-01'",
      /^No orders in 2025: the newest order date is [A-Z][a-z]+ \d+, 1998 \(O_ORDERDATE\)\.$/,
    ],
    [
      'SELECT SUM(L.L_QUANTITY) AS Q FROM LINEITEM AS L JOIN ORDERS AS O ON L.L_ORDERKEY = O.O_ORDERKEY WHERE YEAR(O.O_ORDERDATE) = 1985',
      /^No orders in 1985: the oldest order date is /,
    ],
    [
      "SELECT COUNT(*) AS N FROM CUSTOMER WHERE UPPER(C_NAME) = 'ATLANTIS'",
      /^No customers have the name 'ATLANTIS' \(C_NAME\); nothing is spelled like it there, in .* or in N_NAME\.$/,
    ],
    ["SELECT COUNT(*) AS N FROM CUSTOMER WHERE C_NAME = 'FRANCE'", /'FRANCE' is in N_NAME of NATION\.$/],
    ["SELECT COUNT(*) AS N FROM NATION WHERE N_NAME = 'FRANEC'", /there is 'FRANCE'\.$/],
    [
      "SELECT COUNT(*) AS N FROM REGION AS R JOIN NATION AS A ON A.N_REGIONKEY = R.R_REGIONKEY WHERE R.R_NAME = 'ASIA' AND A.N_NAME = 'FRANCE'",
      /^Both conditions exclude each other: /,
    ],
    [
      'SELECT COUNT(*) AS N FROM ORDERS WHERE O_TOTALPRICE > 99999999',
      /the highest total ?price is [\d.]+ \(O_TOTALPRICE\)\.$/,
    ],
    [
      "SELECT C_NAME FROM CUSTOMER WHERE C_CUSTKEY IN (SELECT O_CUSTKEY FROM ORDERS WHERE O_ORDERDATE >= '2031-01-01')",
      /^No orders on or after Jan 1, 2031: the newest order date is /,
    ],
  ])('%s', async (sql, cause) => {
    expect(await causeOf(sql)).toMatch(cause)
  })

  test('is not made up where it finds something', async () => {
    expect(await causeOf("SELECT COUNT(*) - 25 AS N FROM NATION WHERE N_NAME <> ''")).toBeNull()
  })

  test('tells only the year of the newest day where values may not be read', async () => {
    const sql = "SELECT COUNT(*) AS N FROM ORDERS WHERE O_ORDERDATE >= '2025-01-01'"
    expect(await causeOf(sql, true, 'compare')).toBe(
      'No orders on or after Jan 1, 2025: the newest order date lies in 1998 (O_ORDERDATE).',
    )
  })
})

test.each(["'; DROP TABLE ORDERS --", '100%_\\', "O'Brien\\'", 'a\u0000b', '"quoted"'])(
  'a hostile text %j is only ever a value',
  async (text) => {
    const column = { database: 'SNOWFLAKE_SAMPLE_DATA', schema: 'TPCH_SF1', name: 'NATION', column: 'N_NAME' }
    for (const probing of ['read', 'compare'] as const) {
      const [value] = await findValues(probe(probing), [{ text, columns: [column] }])
      expect(value?.found).toEqual([])
    }
  },
)
