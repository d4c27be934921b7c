import type { DuckDBConnection } from '@duckdb/node-api'
import type { EngineSettings } from './engine-settings.ts'
import type { TouchedTable } from './validated-queries.ts'

export interface RowCounts {
  /** The rows of one table as stored; null where nobody counted. */
  table(schema: string, name: string): number | null
  /** An upper bound of the rows a query reads: the sum over every table reference; null when one is not known. */
  of(tables: readonly TouchedTable[]): number | null
}

const keyOf = (schema: string, name: string): string => `${schema}.${name}`.toUpperCase()

/** Row counts of the database, read once: it cannot change while it is open. */
export async function rowCountsOf(connection: DuckDBConnection, settings: EngineSettings): Promise<RowCounts> {
  const reader = await connection.runAndReadAll(
    'SELECT schema_name, table_name, estimated_size FROM duckdb_tables() WHERE database_name = $1',
    [settings.database.name],
  )
  const counts = new Map(Object.entries(settings.viewRows).map(([key, rows]) => [key.toUpperCase(), rows]))
  for (const [schema, name, rows] of reader.getRows()) counts.set(keyOf(String(schema), String(name)), Number(rows))
  const table = (schema: string, name: string): number | null => counts.get(keyOf(schema, name)) ?? null
  return {
    table,
    of(tables) {
      let rows = 0
      for (const { schema, name } of tables) {
        const count = table(schema || settings.defaultSchema, name)
        if (count === null) return null
        rows += count
      }
      return rows
    },
  }
}
