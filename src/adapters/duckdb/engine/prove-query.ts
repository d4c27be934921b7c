import { type DuckDBConnection, StatementType } from '@duckdb/node-api'
import { judgeDuckdbTree } from '../../../dialect/duckdb/judge-duckdb-tree.ts'
import { problem } from '../../../core/problem.ts'
import { columnsOf, type EngineColumn } from './engine-columns.ts'
import type { EngineSettings } from './engine-settings.ts'
import { type TouchedTable, touchedTables } from './touched-tables.ts'

/** A statement that the engine's own parser takes for exactly one query, bound and not yet run. */
export interface ProvenQuery {
  /** The text without a closing semicolon. */
  readonly sql: string
  readonly columns: readonly EngineColumn[]
  readonly tables: readonly TouchedTable[]
}

/**
 * Checks translated text with DuckDB's own parser before anything runs: one statement, a SELECT, made of allowed parts only.
 * Throws problems `sql_refused`, `sql_unsupported`, `warehouse_failed` (a table that cannot be read), or DuckDB's own errors.
 */
export async function proveQuery(
  connection: DuckDBConnection,
  text: string,
  settings: EngineSettings,
): Promise<ProvenQuery> {
  const sql = text.replace(/[\s;]+$/, '')
  if (sql === '') throw notOne(0)
  const statements = await connection.extractStatements(sql)
  if (statements.count !== 1) throw notOne(statements.count)
  const tree = await serialize(connection, sql)
  const reason = judgeDuckdbTree(tree, { databases: [settings.database.name] })
  if (reason !== null) throw refused(reason)
  const tables = touchedTables(tree)
  checkFaults(tables, settings)
  const prepared = await statements.prepare(0)
  if (prepared.statementType !== StatementType.SELECT) throw refused('DuckDB does not take it for a plain query.')
  return { sql, columns: columnsOf(prepared), tables }
}

async function serialize(connection: DuckDBConnection, sql: string): Promise<string> {
  const statement = await connection.prepare(
    'SELECT json_serialize_sql($1::VARCHAR, skip_null := true, skip_empty := true)',
  )
  statement.bindVarchar(1, sql)
  const reader = await statement.runAndReadAll()
  return String(reader.getRows()[0]?.[0])
}

function checkFaults(tables: readonly TouchedTable[], settings: EngineSettings): void {
  const same = (a: string, b: string): boolean => a.toUpperCase() === b.toUpperCase()
  const fault = settings.faults.find((fault) =>
    tables.some((table) => same(table.name, fault.name) && same(table.schema || settings.defaultSchema, fault.schema)),
  )
  if (fault === undefined) return
  throw problem(
    'warehouse_failed',
    `The table ${fault.schema}.${fault.name} cannot be read: ${fault.message}`,
    'Mend the file and ask again; the other tables of the folder work.',
  )
}

const refused = (reason: string): Error =>
  problem('sql_refused', 'The translated query is not one plain query.', 'Ask for rows of tables only.', {
    details: [reason],
  })

const notOne = (count: number): Error =>
  count === 0
    ? problem('sql_invalid', 'There is no query in this text.', 'Write a SELECT statement.')
    : problem(
        'sql_unsupported',
        'This warehouse would need several statements for this query; Snowflake needs one.',
        'Write it without PIVOT over values that are not listed.',
      )
