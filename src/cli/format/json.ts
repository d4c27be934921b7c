import type { ResultWriter, WriteText } from './result-writer.ts'

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

/** A first line `{"columns":[…]}`, then one array of cells a line. */
export const makeNdjsonWriter = (write: WriteText): ResultWriter => ({
  start: (columns) => write(`${JSON.stringify({ columns })}\n`),
  rows: (rows) => write(rows.map((row) => `${JSON.stringify(row)}\n`).join('')),
  end: () => Promise.resolve(),
})
