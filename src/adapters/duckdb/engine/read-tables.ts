import type { DuckDBConnection } from '@duckdb/node-api'
import type { CatalogColumn, CatalogTable } from '../../../core/catalog/catalog.ts'
import type { EngineSettings } from './engine-settings.ts'
import { quoteName } from './open-engine.ts'
import type { QueryControl } from './query-control.ts'
import { readSamples } from './read-samples.ts'
import type { RowCounts } from './row-counts.ts'
import { snowflakeType } from './snowflake-type.ts'

interface Listed {
  readonly schema: string
  readonly name: string
  readonly comment: string | null
}

/**
 * The tables of the database with columns, types, comments, row counts and sampled values. Once `budgetMs` is used up, the
 * remaining columns come without samples. Declares no keys.
 */
export async function readTables(
  connection: DuckDBConnection,
  settings: EngineSettings,
  counts: RowCounts,
  budgetMs: number,
  control: QueryControl,
): Promise<readonly CatalogTable[]> {
  const deadline = performance.now() + budgetMs
  const database = settings.database.name
  const comments = await columnComments(connection, database)
  const tables: CatalogTable[] = []
  for (const listed of await listTables(connection, database)) {
    control.check()
    const source = [database, listed.schema, listed.name].map(quoteName).join('.')
    const columns = await describeColumns(connection, source, (column) =>
      comments.get(commentKey(listed.schema, listed.name, column)),
    )
    const rowCount = counts.table(listed.schema, listed.name)
    const readable = !settings.faults.some((fault) => fault.schema === listed.schema && fault.name === listed.name)
    tables.push({
      database,
      schema: listed.schema,
      name: listed.name,
      kind: 'table',
      comment: listed.comment,
      columns: readable ? await readSamples(connection, source, columns, { rowCount, deadline, control }) : columns,
      primaryKey: [],
      foreignKeys: [],
      rowCount,
    })
  }
  return tables
}

async function listTables(connection: DuckDBConnection, database: string): Promise<readonly Listed[]> {
  const reader = await connection.runAndReadAll(
    `SELECT schema_name, table_name, comment FROM duckdb_tables() WHERE database_name = $1
     UNION ALL SELECT schema_name, view_name, comment FROM duckdb_views() WHERE database_name = $1 AND NOT internal
     ORDER BY ALL`,
    [database],
  )
  return reader.getRows().map(([schema, name, comment]) => ({
    schema: String(schema),
    name: String(name),
    comment: comment === null ? null : String(comment),
  }))
}

const commentKey = (schema: string, table: string, column: string): string => JSON.stringify([schema, table, column])

async function columnComments(connection: DuckDBConnection, database: string): Promise<ReadonlyMap<string, string>> {
  const reader = await connection.runAndReadAll(
    `SELECT schema_name, table_name, column_name, comment FROM duckdb_columns()
     WHERE database_name = $1 AND comment IS NOT NULL`,
    [database],
  )
  return new Map(
    reader
      .getRows()
      .map(([schema, table, column, comment]) => [
        commentKey(String(schema), String(table), String(column)),
        String(comment),
      ]),
  )
}

async function describeColumns(
  connection: DuckDBConnection,
  source: string,
  commentOf: (column: string) => string | undefined,
): Promise<readonly CatalogColumn[]> {
  const prepared = await connection.prepare(`SELECT * FROM ${source}`)
  return Array.from({ length: prepared.columnCount }, (_, index) => {
    const name = prepared.columnName(index)
    return {
      name,
      type: snowflakeType(prepared.columnType(index)).type,
      nullable: true,
      comment: commentOf(name) ?? null,
      samples: [],
      samplesComplete: false,
    }
  })
}
