import { type DuckDBConnection, DuckDBInstance, type Json } from '@duckdb/node-api'
import { loadParsers } from '../../src/adapters/sql-parsers/parsers.ts'
import { preludeStatements } from '../../src/dialect/duckdb/prelude.ts'
import type { DeclaredTable } from '../../src/dialect/duckdb/translate/declared-columns.ts'
import { shownName } from '../../src/dialect/duckdb/translate/identifiers.ts'
import { toDuckdb } from '../../src/dialect/duckdb/translate/to-duckdb.ts'
import { judgeDuckdbTree } from '../../src/dialect/duckdb/judge-duckdb-tree.ts'

export interface Answer {
  readonly names: readonly string[]
  readonly types: readonly string[]
  readonly rows: readonly (readonly Json[])[]
}

/** DuckDB with the dialect's macros over one attached database. */
export interface DialectBench {
  /** A Snowflake query: translated with what is declared of tables, judged by DuckDB's own tree, run. Throws a problem or DuckDB's error. */
  ask(sql: string, tables?: readonly DeclaredTable[]): Promise<Answer>
  /** DuckDB's own SQL, run as it is. */
  run(sql: string): Promise<Answer>
  /** What the judge says of a DuckDB text. */
  judge(text: string): Promise<string | null>
  /** The tree that DuckDB's own parser makes of a DuckDB text, as JSON. */
  treeOf(text: string): Promise<string>
  close(): void
}

export const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** Opens the bench over a file, or over a new database in memory, and looks names up in `schema`. */
export async function openDialect(options: {
  readonly database: string
  readonly schema: string
  readonly file?: string
}): Promise<DialectBench> {
  const { sqlparser } = await loadParsers()
  const { database, schema, file } = options
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' })
  const connection = await instance.connect()
  for (const statement of preludeStatements) await connection.run(statement)
  await connection.run(
    `ATTACH '${file ?? ':memory:'}' AS ${quote(database)}${file === undefined ? '' : ' (READ_ONLY)'}`,
  )
  if (file === undefined) await connection.run(`CREATE SCHEMA ${quote(database)}.${quote(schema)}`)
  await connection.run(`USE ${quote(database)}.${quote(schema)}`)
  await connection.run("SET TimeZone = 'UTC'")
  const judge = async (text: string) => judgeDuckdbTree(await serialized(connection, text), { databases: [database] })
  const run = (sql: string) => rowsOf(connection, sql)
  return {
    run,
    judge,
    treeOf: (text) => serialized(connection, text),
    ask: async (sql, tables = []) => {
      const text = toDuckdb(sql, sqlparser, { database, schema, tables })
      const fault = await judge(text)
      if (fault !== null) throw new Error(`${fault} In: ${text}`)
      return run(text)
    },
    close: () => {
      connection.closeSync()
      instance.closeSync()
    },
  }
}

async function rowsOf(connection: DuckDBConnection, sql: string): Promise<Answer> {
  const reader = await connection.runAndReadAll(sql)
  return {
    names: reader.columnNames().map(shownName),
    types: reader.columnTypes().map(String),
    rows: reader.getRowsJson(),
  }
}

async function serialized(connection: DuckDBConnection, text: string): Promise<string> {
  const statement = await connection.prepare(
    'SELECT json_serialize_sql($1::VARCHAR, skip_null := true, skip_empty := true)',
  )
  statement.bindVarchar(1, text)
  return String((await statement.runAndReadAll()).getRows()[0]?.[0])
}

/** A value as two engines or notations agree on it: numbers by value, nested values by content. */
export function plainValue(value: unknown): unknown {
  if (typeof value === 'object' && value !== null) return JSON.stringify(value)
  if (typeof value !== 'string') return typeof value === 'number' ? rounded(value) : value
  if (/^[[{]/.test(value)) return JSON.stringify(JSON.parse(value))
  return /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(value) ? rounded(Number(value)) : value
}

const rounded = (number: number): number => Number(number.toPrecision(12))
