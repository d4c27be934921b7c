import type { DuckDBConnection } from '@duckdb/node-api'
import type { CatalogColumn } from '../../../core/catalog/catalog.ts'
import { isInterrupt } from './duckdb-problem.ts'
import { quoteName } from './open-engine.ts'
import type { QueryControl } from './query-control.ts'

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
  const column = quoteName(name)
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
    `SELECT DISTINCT ${column} FROM (SELECT ${column} FROM ${source} WHERE ${short} LIMIT 100) ORDER BY 1 LIMIT ${fewValues}`,
  )
  return { samples: (rows ?? []).map((row) => String(row[0])), samplesComplete: false }
}

/** The rows of a query, or null once the deadline has passed. */
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
    if (isInterrupt(error)) return null
    throw error
  } finally {
    clearTimeout(timer)
  }
}
