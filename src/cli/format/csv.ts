import type { Column } from '../../contract/result.ts'
import { exactCell } from '../../contract/words/cells.ts'
import { harmlessCell } from '../../contract/words/spreadsheet.ts'
import type { ResultWriter, WriteText } from './result-writer.ts'

/**
 * CSV as RFC 4180 has it: CRLF, quotes doubled, NULL empty and empty text `""`. A text that a spreadsheet would run as a formula
 * gets a leading apostrophe; plain numbers stay numbers.
 */
export function makeCsvWriter(write: WriteText): ResultWriter {
  let columns: readonly Column[] = []
  return {
    async start(given) {
      columns = given
      await write(line(columns.map(({ name }) => field(name))))
    },
    async rows(rows) {
      await write(rows.map((row) => line(row.map((cell, index) => field(exactCell(cell, columns[index]))))).join(''))
    },
    end: () => Promise.resolve(),
  }
}

const line = (fields: readonly string[]): string => `${fields.join(',')}\r\n`

function field(text: string | null): string {
  if (text === null) return ''
  const harmless = harmlessCell(text)
  return harmless === '' || /[",\r\n\0]|^\s|\s$/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}
