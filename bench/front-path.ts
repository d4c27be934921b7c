import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api'
import type { WorkerSqlParsers } from '../src/adapters/sql-parsers/worker-sql-parsers.ts'
import { judgeDuckdbTree } from '../src/dialect/duckdb/judge-duckdb-tree.ts'
import { strictPolicy } from '../src/contract/guard-policy.ts'
import type { Guard } from '../src/core/guard/make-guard.ts'
import { ProblemError } from '../src/core/problem.ts'
import { ms, percentile, timed, type Figure } from './measure.ts'

const rounds = 3

/** From a text to what DuckDB may run: guard, row limit with the guard again, translation, DuckDB's own parser with our rules over its tree. */
export async function measureFrontPath(
  queries: readonly string[],
  { parsers, guard }: { readonly parsers: WorkerSqlParsers; readonly guard: Guard },
): Promise<readonly Figure[]> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const walk = async (sql: string): Promise<void> => {
    const verdict = await guard.guardSql(sql, { catalog: null, policy: strictPolicy })
    if (!verdict.ok) return
    const capped = await guard.capRows(verdict.sql, 10_001, { catalog: null, policy: strictPolicy })
    await checkTree(connection, await parsers.toDuckdb(capped))
  }
  const times: number[] = []
  try {
    for (const sql of queries) await walk(sql).catch(unlessRefused)
    for (let round = 0; round < rounds; round += 1)
      for (const sql of queries) times.push(await timed(() => walk(sql).catch(unlessRefused)))
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
  const p95 = percentile(times, 0.95)
  return [
    {
      what: 'guard, row limit, translation and check by DuckDB, p50',
      measured: ms(percentile(times, 0.5)),
      goal: '',
      met: null,
    },
    { what: 'the same, p95', measured: ms(p95), goal: '≤ 20 ms', met: p95 <= 20 },
  ]
}

async function checkTree(connection: DuckDBConnection, sql: string): Promise<void> {
  const statement = await connection.prepare(
    'SELECT json_serialize_sql($1::VARCHAR, skip_null := true, skip_empty := true)',
  )
  statement.bindVarchar(1, sql)
  const reader = await statement.runAndReadAll()
  judgeDuckdbTree(String(reader.getRows()[0]?.[0]), { databases: [] })
}

/** What only Snowflake can run is refused on the way; the time until then counts. */
function unlessRefused(error: unknown): void {
  if (!(error instanceof ProblemError)) throw error
}
