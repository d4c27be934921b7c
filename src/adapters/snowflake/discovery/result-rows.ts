import { setImmediate } from 'node:timers/promises'
import type { SmallResult } from '../snowflake-link.ts'

/** One row, asked by column name in lower case; null where there is no such column. */
export type RowReader = (column: string) => string | null

/** Rows visited before the event loop runs other work. */
const rowsAtOnce = 4_000

/** Visits a result's rows in order, yielding to the event loop between slices. */
export async function eachRow(result: SmallResult, visit: (row: RowReader) => void): Promise<void> {
  const at = new Map(result.columns.map((name, index) => [name.toLowerCase(), index]))
  for (const [index, cells] of result.rows.entries()) {
    if (index > 0 && index % rowsAtOnce === 0) await setImmediate()
    visit((column) => cells[at.get(column) ?? -1] ?? null)
  }
}

/** Every row of a short result. */
export const readRows = ({ columns, rows }: SmallResult): readonly RowReader[] => {
  const at = new Map(columns.map((name, index) => [name.toLowerCase(), index]))
  return rows.map((cells) => (column) => cells[at.get(column) ?? -1] ?? null)
}

/** A count as Snowflake writes it; null where it gives none. */
export const readCount = (text: string | null): number | null =>
  text !== null && /^\d+$/.test(text) ? Number(text) : null

/** A text, or null where there is none: `SHOW` writes an empty one for no comment. */
export const readText = (text: string | null): string | null => (text === null || text === '' ? null : text)
