import type { DuckDBConnection } from '@duckdb/node-api'
import type { Cell, ColumnKind } from '../../../contract/result.ts'
import type { ColumnSummary, RowsView } from '../../../contract/result-view.ts'
import type { SummaryOrder } from '../../../core/ports/result-files.ts'
import {
  columnAt,
  conditionOf,
  contains,
  encodeKept,
  type KeptColumn,
  numberLine,
  orderKey,
  resultTable,
} from './result-sql.ts'
import type { ResultViews } from './result-views.ts'

/** What a column holds in a view, read from the file in a few passes. */
export const summarize = (
  views: ResultViews,
  { view, order }: { readonly view: RowsView; readonly order: SummaryOrder },
): Promise<ColumnSummary> =>
  views.connected(async (connection) => {
    const column = columnAt(views.columns, order.column)
    const rows = `${resultTable} WHERE ${conditionOf(views.columns, view)}`
    const counts = await readCounts(connection, column, rows)
    const isNumber = column.declared.kind === 'number' && counts.rows > counts.nulls
    return {
      ...counts,
      ...(isNumber ? await addUp(connection, column, rows) : { sum: null, mean: null }),
      histogram: await readHistogram(connection, column, rows),
      values: await readValues(connection, column, rows, { limit: order.values, containing: order.containing }),
    }
  })

async function readCounts(
  connection: DuckDBConnection,
  column: KeptColumn,
  rows: string,
): Promise<Pick<ColumnSummary, 'rows' | 'nulls' | 'distinct' | 'min' | 'max'>> {
  const { name } = column
  const key = orderKey(column)
  const [counted = []] = await read(
    connection,
    `SELECT count(*), count(${name}), count(DISTINCT ${name}), arg_min(rowid, ${key}), arg_max(rowid, ${key}) FROM ${rows}`,
  )
  const [all = 0, present = 0, distinct = 0] = counted.slice(0, 3).map(Number)
  const ends = counted.slice(3).map(async (rowid): Promise<Cell> => {
    if (rowid === null) return null
    const [row = []] = await read(
      connection,
      `SELECT ${encodeKept([column])} FROM ${resultTable} WHERE rowid = ${Number(rowid)}`,
    )
    return cellOf(row[0])
  })
  const [min = null, max = null] = await Promise.all(ends)
  return { rows: all, nulls: all - present, distinct, min, max }
}

/** The cell in the text of a row of one. */
const cellOf = (row: unknown): Cell => (JSON.parse(String(row).slice(0, -1)) as Cell[])[0] ?? null

const read = async (connection: DuckDBConnection, sql: string): Promise<readonly (readonly unknown[])[]> =>
  (await connection.runAndReadAll(sql)).getRows()

/** The most frequent values; those that are as frequent in the order of the result. NULL is no value. */
async function readValues(
  connection: DuckDBConnection,
  column: KeptColumn,
  rows: string,
  { limit, containing }: { readonly limit: number; readonly containing: string },
): Promise<ColumnSummary['values']> {
  const { name } = column
  const wanted = `${rows} AND ${containing === '' ? `${name} IS NOT NULL` : contains(column, containing)}`
  const found = await read(
    connection,
    `SELECT ${encodeKept([column])}, n FROM (SELECT ${name}, count(*) AS n, min(rowid) AS first_row FROM ${wanted} GROUP BY ${name}) ` +
      `ORDER BY n DESC, first_row LIMIT ${limit}`,
  )
  return found.map(([row, count]) => ({ value: cellOf(row), count: Number(count) }))
}

/** Digits after the point that a mean has beyond those of its column. */
const meanDigits = 6

/** The sum and the mean of a column's numbers: exact where it is fixed-point and the sum has at most 38 digits, else as doubles. */
async function addUp(
  connection: DuckDBConnection,
  column: KeptColumn,
  rows: string,
): Promise<Pick<ColumnSummary, 'sum' | 'mean'>> {
  const { name, declared } = column
  const { scale } = declared
  if (scale !== null) {
    const exact = `sum(${name}::DECIMAL(38, ${Math.min(scale, 37)}))`
    const found = await read(connection, `SELECT ${exact}::VARCHAR, count(${name}) FROM ${rows}`).catch(() => null)
    const [sum, count] = found?.[0] ?? []
    if (typeof sum === 'string') return { sum, mean: meanOf(sum, BigInt(Number(count)), scale + meanDigits) }
  }
  const double = numberLine(column)
  const [[sum, mean] = []] = await read(connection, `SELECT sum(${double}), avg(${double}) FROM ${rows}`)
  return { sum: typeof sum === 'number' ? String(sum) : null, mean: typeof mean === 'number' ? String(mean) : null }
}

/** A decimal divided by a count, rounded half away from zero to so many digits, without zeros at the end. */
function meanOf(sum: string, count: bigint, digits: number): string {
  const [, minus = '', whole = '0', fraction = ''] = /^(-?)(\d+)(?:\.(\d*))?$/.exec(sum) ?? []
  const units = BigInt(whole + fraction.padEnd(digits, '0')) * 2n
  const rounded = (units / count + 1n) / 2n
  const text = String(rounded).padStart(digits + 1, '0')
  const mean = `${text.slice(0, -digits)}.${text.slice(-digits)}`.replace(/\.?0+$/, '')
  return mean === '0' ? mean : minus + mean
}

/** As many as the page shows: of a column's most frequent values, or parts of its range. */
const mostBars = 12
const bins = 20

async function readHistogram(
  connection: DuckDBConnection,
  column: KeptColumn,
  rows: string,
): Promise<ColumnSummary['histogram']> {
  const { kind } = column.declared
  if (kind !== 'number' && kind !== 'date' && kind !== 'time' && kind !== 'timestamp') {
    const values = await readValues(connection, column, rows, { limit: mostBars, containing: '' })
    return values.map(({ value, count }) => ({ from: value, to: value, count }))
  }
  const line = numberLine(column)
  const finite = `${rows} AND isfinite(${line})`
  const [[low, high] = []] = await read(connection, `SELECT min(${line}), max(${line}) FROM ${finite}`)
  if (typeof low !== 'number' || typeof high !== 'number') return []
  const width = (high - low) / bins
  const bin = width > 0 ? `least(${bins - 1}, floor((${line} - ${low}) / ${width}))` : '0'
  const found = await read(connection, `SELECT ${bin}::INTEGER AS bin, count(*) FROM ${finite} GROUP BY bin`)
  const counts = new Map(found.map(([at, count]) => [Number(at), Number(count)]))
  return Array.from({ length: width > 0 ? bins : 1 }, (_, at) => ({
    from: lineCell(kind, low + at * width),
    to: lineCell(kind, at === bins - 1 ? high : low + (at + 1) * width),
    count: counts.get(at) ?? 0,
  }))
}

/** A place on the line of numbers as a cell of a column of this kind: moments are seconds there. */
function lineCell(kind: ColumnKind, at: number): Cell {
  if (kind === 'number') return at
  const moment = new Date(at * 1_000)
  if (Number.isNaN(moment.getTime())) return null
  const text = moment.toISOString().replace('T', ' ').slice(0, -1)
  return kind === 'date' ? text.slice(0, -13) : kind === 'time' ? text.slice(-12) : text
}
