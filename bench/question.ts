import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeWorkerInterpreter } from '../src/adapters/interpreter/worker-interpreter.ts'
import { makeNodeIdentity, makeSystemClock } from '../src/adapters/node/node-system.ts'
import { localUserId } from '../src/adapters/postgres/local-user.ts'
import { openDatabase } from '../src/adapters/postgres/open-database.ts'
import { makePostgresTurnStore } from '../src/adapters/postgres/postgres-turn-store.ts'
import { makeWorkerSqlParsers } from '../src/adapters/sql-parsers/worker-sql-parsers.ts'
import { describeResult } from '../src/core/answer/describe-result.ts'
import { makeJourney } from '../src/core/ask/make-journey.ts'
import { makeTurns } from '../src/core/ask/make-turns.ts'
import type { Turns } from '../src/core/ask/turns.ts'
import type { Catalog, CatalogTable } from '../src/core/catalog/catalog.ts'
import { chooseChart } from '../src/core/chart/choose-chart.ts'
import { makeGuard } from '../src/core/guard/make-guard.ts'
import { makeLedger } from '../src/core/ledger/account-for.ts'
import { defaultConnectionPolicy } from '../src/core/connections/connection-policy.ts'
import type { Connections } from '../src/core/ports/connections.ts'
import { noLogScope } from '../src/core/ports/log-scope.ts'
import type { Warehouse } from '../src/core/ports/warehouse.ts'
import type { Writer } from '../src/core/ports/writer.ts'
import { ms, percentile, type Figure } from './measure.ts'
import { makeLocalCaller } from '../src/core/caller.ts'

const sql =
  'SELECT REGION_NAME, SUM(AMOUNT_3) AS TOTAL FROM SALES.PUBLIC.FACT_7 GROUP BY REGION_NAME ORDER BY TOTAL DESC LIMIT 5'

/** A catalog of `count` tables with 100 columns each at most. */
function makeCatalog(count: number, columnCount: number): Catalog {
  const columns = [
    'REGION_NAME',
    'CREATED_AT',
    ...Array.from({ length: columnCount - 2 }, (_, n) => `AMOUNT_${n}`),
  ].map((name) => ({
    name,
    type: name === 'REGION_NAME' ? 'VARCHAR' : name === 'CREATED_AT' ? 'DATE' : 'NUMBER(12,2)',
    nullable: true,
    comment: null,
    samples: [],
    samplesComplete: false,
  }))
  const table = (n: number): CatalogTable => ({
    database: 'SALES',
    schema: 'PUBLIC',
    name: `FACT_${n}`,
    kind: 'table',
    comment: null,
    columns,
    primaryKey: [],
    foreignKeys: [],
    rowCount: 1_000,
  })
  return {
    tables: Array.from({ length: count }, (_, n) => table(n)),
    defaultDatabase: 'SALES',
    defaultSchema: 'PUBLIC',
  }
}

/** A writer and a warehouse that take no time: what is left is what Floe adds. */
function makePlace(catalog: Catalog): { readonly writer: Writer; readonly connections: Connections } {
  const writer: Writer = {
    id: 'bench',
    label: 'bench',
    // oxlint-disable-next-line require-yield -- answers at once
    async *write() {
      return { kind: 'query', sql, interpretation: 'Total per region.', assumptions: [], chart: null }
    },
  }
  const columns = [
    { name: 'REGION_NAME', type: 'VARCHAR', kind: 'text', scale: null },
    { name: 'TOTAL', type: 'NUMBER(38,2)', kind: 'number', scale: 2 },
  ] as const
  const rowsJson = '[["EUROPE",12.50],["ASIA",11.25],["AFRICA",9.75],["AMERICA",8.5],["MIDDLE EAST",1.25]]'
  const warehouse: Warehouse = {
    readCatalog: () => Promise.resolve(catalog),
    compile: () => Promise.resolve({ columns, estimate: { rows: 1_000, bytes: 50_000 } }),
    run: () =>
      Promise.resolve({
        columns,
        batches: (async function* () {
          yield { rowsJson, rowCount: 5, bytes: rowsJson.length }
        })(),
        truncated: () => false,
      }),
    close: () => Promise.resolve(),
  }
  const connection = {
    ref: 'sample',
    label: 'bench',
    policy: defaultConnectionPolicy,
    warehouse,
    catalog: () => Promise.resolve(catalog),
  }
  return {
    writer,
    connections: {
      owns: () => true,
      list: () => Promise.resolve([]),
      open: () => Promise.resolve(connection),
      close: () => Promise.resolve(),
    },
  }
}

const caller = makeLocalCaller(localUserId, 'cli')

async function measure(turns: Turns, count: number): Promise<{ readonly total: number[]; readonly first: number[] }> {
  const total: number[] = []
  const first: number[] = []
  for (let n = 0; n < count; n += 1) {
    const start = performance.now()
    const ask = {
      question: 'total amount by region name',
      connection: 'sample',
      autoRun: true,
      maxRows: 1_000,
    }
    const { turnId } = await turns.ask(caller, ask)
    for await (const event of turns.events(caller, turnId, 0, new AbortController().signal)) {
      if (event.seq === 1) first.push(performance.now() - start)
    }
    total.push(performance.now() - start)
  }
  return { total, first }
}

/** Everything around model and warehouse: the whole journey with the real guard, store and catalog search. */
export async function benchQuestion(): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'floe-bench-'))
  const clock = makeSystemClock()
  const identity = makeNodeIdentity()
  const onFault = (error: unknown): void => console.error(error)
  const parsers = makeWorkerSqlParsers({ timeoutMs: 5_000 })
  const interpreter = makeWorkerInterpreter({ timeoutMs: 60_000 })
  const database = openDatabase({ databaseUrl: null, dataDir: folder, userIds: [localUserId], onFault })
  const store = makePostgresTurnStore({ database, instanceId: identity.uuid(), onFault })
  const turnsOver = (catalog: Catalog): Turns => {
    const { writer, connections } = makePlace(catalog)
    return makeTurns({
      journey: makeJourney({
        connections,
        guard: makeGuard({ parsers }),
        clock,
        identity,
        findTables: (question, all, signal) => interpreter.findTables(question, all, { limit: 20, signal }),
        explain: (sql, options) => parsers.explain(sql, options),
        outline: (sql) => parsers.outline(sql),
        partsOf: (sql, options) => parsers.partsOf(sql, options),
        placedParts: (sql) => parsers.placedParts(sql),
        readLedger: makeLedger(),
        chooseChart,
        describeResult,
        suggestFollowUps: interpreter.suggestFollowUps,
        findVerified: null,
        onFault,
      }),
      store,
      logScope: noLogScope,
      writers: { defaultId: 'bench', list: () => Promise.resolve([writer]), pick: () => Promise.resolve(writer) },
      clock,
      identity,
      notices: { subscribe: () => () => undefined },
      relay: {
        send: () => Promise.reject(new Error('a single process has nobody to send to')),
        attend: () => Promise.resolve(),
        serve: () => undefined,
        end: () => undefined,
      },
      sweep: { first: () => Promise.resolve(), now: () => Promise.resolve(), end: () => undefined },
      log: (event, error) => console.error(event, error),
      hasCopies: false,
      news: { tell: () => undefined },
      keepRunningMs: () => Promise.resolve(30_000),
      limits: {
        maxRunningTurns: 8,
        maxRunningTurnsInAll: 32,
        maxWaitingTurns: 20,
        maxWaitingTurnsInAll: 500,
        abandonedAfterMs: 30_000,
        undecidedAfterMs: 60_000,
      },
    })
  }
  try {
    const small = turnsOver(makeCatalog(1_000, 20))
    await measure(small, 20)
    const usual = await measure(small, 200)
    const large = turnsOver(makeCatalog(1_000, 100))
    await measure(large, 10)
    const big = await measure(large, 60)
    const [p50, p99, first, bigP50] = [
      percentile(usual.total, 0.5),
      percentile(usual.total, 0.99),
      percentile(usual.first, 0.5),
      percentile(big.total, 0.5),
    ]
    return [
      { what: 'added per question, 1,000 tables, p50', measured: ms(p50), goal: '≤ 8 ms', met: p50 <= 8 },
      { what: 'the same, p99', measured: ms(p99), goal: '≤ 40 ms', met: p99 <= 40 },
      { what: 'added per question, 100,000 columns, p50', measured: ms(bigP50), goal: '≤ 25 ms', met: bigP50 <= 25 },
      { what: 'first event, p50', measured: ms(first), goal: '≤ 5 ms', met: first <= 5 },
    ]
  } finally {
    await store.close()
    await database.close()
    await parsers.close()
    await interpreter.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
