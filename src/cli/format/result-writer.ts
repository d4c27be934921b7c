import type { Cell, Column } from '../../contract/result.ts'
import { exactCell } from '../../contract/words/cells.ts'
import { csvLine } from '../../contract/words/spreadsheet.ts'

export type Rows = readonly (readonly Cell[])[]

export interface ResultSummary {
  readonly rowCount: number
  readonly truncated: boolean
}

/** Prints one result as it arrives: columns, any number of batches of rows, the end. */
export interface ResultWriter {
  start(columns: readonly Column[]): Promise<void>
  rows(rows: Rows): Promise<void>
  end(summary: ResultSummary): Promise<void>
}

/** Where a writer puts its text; resolves when there is room for more. */
export type WriteText = (text: string) => Promise<void>

/** CSV with the names of the columns, NULL empty and empty text `""`. */
export function makeCsvWriter(write: WriteText): ResultWriter {
  let columns: readonly Column[] = []
  return {
    async start(given) {
      columns = given
      await write(csvLine(columns.map(({ name }) => name)))
    },
    async rows(rows) {
      await write(rows.map((row) => csvLine(row.map((cell, index) => exactCell(cell, columns[index])))).join(''))
    },
    end: () => Promise.resolve(),
  }
}

/** `{"columns":[…],"rows":[[…],…],"rowCount":n,"truncated":bool}`, rows as arrays because column names may repeat. Unfinished JSON means an unfinished result. */
export function makeJsonWriter(write: WriteText): ResultWriter {
  let separator = '\n'
  return {
    start: (columns) => write(`{"columns":${JSON.stringify(columns)},"rows":[`),
    async rows(rows) {
      for (const row of rows) {
        await write(separator + JSON.stringify(row))
        separator = ',\n'
      }
    },
    end: ({ rowCount, truncated }) => write(`\n],"rowCount":${rowCount},"truncated":${truncated}}\n`),
  }
}

/** A first line `{"columns":[…]}`, then one array of cells a line, and a last line `{"rowCount":n,"truncated":bool}`, without which it is not whole. */
export const makeNdjsonWriter = (write: WriteText): ResultWriter => ({
  start: (columns) => write(`${JSON.stringify({ columns })}\n`),
  rows: (rows) => write(rows.map((row) => `${JSON.stringify(row)}\n`).join('')),
  end: ({ rowCount, truncated }) => write(`${JSON.stringify({ rowCount, truncated })}\n`),
})
