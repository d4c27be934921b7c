import type { DuckDBConnection } from '@duckdb/node-api'
import type { CatalogColumn, CatalogTable } from '../../../core/catalog/catalog.ts'
import type { EngineSettings } from './engine-settings.ts'
import { quoteName } from './sql-quoting.ts'
import { type QueryControl, StoppedError } from './query-control.ts'
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

/** A text column with at most so many distinct values is listed whole. */
const completeUpTo = 500
/** The values kept of a column that has more. */
const fewValues = 5
/** Longer values are prose, not names that a question would mention. */
const longestValue = 200
/** Tables with more rows are not scanned for distinct values. */
const scanUpToRows = 5_000_000
/** The estimate of distinct values is a few percent off; near the limit it is counted exactly. */
const estimateSlack = 1.2

interface SampleOptions {
  readonly rowCount: number | null
  /** On the clock of `performance.now()`. */
  readonly deadline: number
  readonly control: QueryControl
}

/** Adds sampled values to the text columns of one table, as far as the deadline allows. */
export async function readSamples(
  connection: DuckDBConnection,
  source: string,
  columns: readonly CatalogColumn[],
  options: SampleOptions,
): Promise<readonly CatalogColumn[]> {
  const texts = columns.filter((column) => column.type === 'VARCHAR').map((column) => column.name)
  if (texts.length === 0) return columns
  const read = (sql: string) => readInTime(connection, sql, options)
  const small = await withFewValues(read, source, texts, options.rowCount)
  const found = new Map<string, Pick<CatalogColumn, 'samples' | 'samplesComplete'>>()
  for (const name of texts) found.set(name, await sample(read, source, name, small.has(name)))
  return columns.map((column) => ({ ...column, ...found.get(column.name) }))
}

type Read = (sql: string) => Promise<readonly (readonly unknown[])[] | null>

async function withFewValues(read: Read, source: string, texts: readonly string[], rowCount: number | null) {
  if (rowCount === null || rowCount > scanUpToRows) return new Set<string>()
  const estimates = texts.map((name) => `approx_count_distinct(${quoteName(name)})`).join(', ')
  const [row] = (await read(`SELECT ${estimates} FROM ${source}`)) ?? []
  return new Set(texts.filter((_, index) => Number(row?.[index] ?? Infinity) <= completeUpTo * estimateSlack))
}

async function sample(read: Read, source: string, name: string, small: boolean) {
  // Types that Snowflake lacks are declared as text though the engine has no text functions for them.
  const column = `${quoteName(name)}::VARCHAR`
  const short = `${column} IS NOT NULL AND length(${column}) <= ${longestValue}`
  if (small) {
    const rows = await read(
      `SELECT DISTINCT ${column}, length(${column}) > ${longestValue} FROM ${source} WHERE ${column} IS NOT NULL
       ORDER BY 1 LIMIT ${completeUpTo + 1}`,
    )
    if (rows !== null && rows.length <= completeUpTo && rows.every((row) => row[1] === false)) {
      return { samples: rows.map((row) => String(row[0])), samplesComplete: true }
    }
  }
  const rows = await read(
    `SELECT DISTINCT v FROM (SELECT ${column} AS v FROM ${source} WHERE ${short} LIMIT 100) ORDER BY 1 LIMIT ${fewValues}`,
  )
  return { samples: (rows ?? []).map((row) => String(row[0])), samplesComplete: false }
}

/** The rows of a query; null once the deadline has passed, or where the engine cannot read them. */
async function readInTime(
  connection: DuckDBConnection,
  sql: string,
  { deadline, control }: SampleOptions,
): Promise<readonly (readonly unknown[])[] | null> {
  const left = deadline - performance.now()
  if (left <= 0) return null
  const timer = setTimeout(() => connection.interrupt(), left)
  try {
    const reader = await control.interruptible(connection, () => connection.runAndReadAll(sql))
    return reader.getRows()
  } catch (error) {
    // A table that cannot be read, as a damaged file, is listed without values and says what is wrong when it is asked.
    if (error instanceof StoppedError || isOwnMistake(error)) throw error
    return null
  } finally {
    clearTimeout(timer)
  }
}

/** Whether the engine did not understand a statement of ours. */
const isOwnMistake = (error: unknown): boolean =>
  error instanceof Error && /^(?:Binder|Parser|Catalog) Error/.test(error.message)
