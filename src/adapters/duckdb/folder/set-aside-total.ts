import type { DuckDBConnection } from '@duckdb/node-api'
import { quoteText } from '../engine/sql-quoting.ts'
import { inferTypes, type TextTable, type TypedColumn } from './infer-types.ts'

const totalWord =
  /^\W*(?:(?:grand|sub|overall)[ -]?)?(?:total(?:s|e)?(?: general)?|sum(?:me)?|gesamt(?:summe|ergebnis)?|insgesamt|suma|somme|totale)\b[^\p{L}\d]*$/iu

/** The typed columns of a table, and what became of a closing line of totals. */
export interface TypedTable {
  readonly columns: readonly TypedColumn[]
  readonly notices: readonly string[]
}

/**
 * Types a table whose last row may be a total. It is left out where its figures are the sums of those above, or where its word stands in a
 * column that otherwise holds none; else it stays a row, and that is said. Deletes the row from the stored table.
 */
export async function typeWithoutTotal(connection: DuckDBConnection, table: TextTable): Promise<TypedTable> {
  const last = await lastRow(connection, table)
  const label = last?.cells.find((cell) => cell !== null && cell.trim() !== '')?.trim()
  if (last === null || label === undefined || last.count < 3 || !totalWord.test(label)) {
    return { columns: await inferTypes(connection, table), notices: [] }
  }
  await connection.run(`DELETE FROM ${table.source} WHERE rowid = ${last.row}`)
  const columns = await inferTypes(connection, table)
  const at = last.cells.findIndex((cell) => cell !== null && cell.trim() !== '')
  if (columns[at]?.type !== 'VARCHAR' || (await isSum(connection, table, columns, last.cells))) {
    return { columns, notices: [`Its last row, "${label}", is a total and is left out.`] }
  }
  const values = last.cells.map((cell) => (cell === null ? 'NULL' : quoteText(cell)))
  const cells = table.columns.map(({ cell }) => cell)
  await connection.run(`INSERT INTO ${table.source} (${cells.join(', ')}) VALUES (${values.join(', ')})`)
  return {
    columns: await inferTypes(connection, table),
    notices: [
      `Its last row, "${label}", looks like a total, though its figures are not the sums of those above: it counts as a row.`,
    ],
  }
}

async function lastRow(connection: DuckDBConnection, { source, columns }: TextTable) {
  const cells = columns.map(({ cell }) => cell)
  const reader = await connection.runAndReadAll(
    `SELECT rowid, (SELECT count(*) FROM ${source}), ${cells.join(', ')} FROM ${source}
     WHERE rowid = (SELECT max(rowid) FROM ${source})`,
  )
  const [row, count, ...values] = reader.getRows()[0] ?? []
  if (row === undefined) return null
  return {
    row: Number(row),
    count: Number(count),
    cells: values.map((value) => (value === null ? null : String(value))),
  }
}

const isNumeric = ({ type }: TypedColumn): boolean => /^(?:BIGINT|DECIMAL|DOUBLE)/.test(type)

/** Whether a figure of a row is the sum of its column; rates and averages beside it are not. */
async function isSum(
  connection: DuckDBConnection,
  { source, columns }: TextTable,
  types: readonly TypedColumn[],
  cells: readonly (string | null)[],
): Promise<boolean> {
  const checks = types.flatMap((typed, index) => {
    const value = cells[index]?.trim() ?? ''
    const cell = columns[index]?.cell ?? ''
    if (!isNumeric(typed) || value === '') return []
    // One row under the same name: the figure is converted as those of its column are.
    const figure = `(SELECT try(${typed.sql}) FROM (SELECT ${quoteText(value)} AS ${cell}))`
    const slack = typed.type === 'DOUBLE' ? `1e-9 * abs(${figure})` : '0'
    return [`${figure} <> 0 AND abs(sum(${typed.sql}) - ${figure}) <= ${slack}`]
  })
  if (checks.length === 0) return false
  const reader = await connection.runAndReadAll(`SELECT ${checks.join(', ')} FROM ${source}`)
  return (reader.getRows()[0] ?? []).some((answer) => answer === true)
}
