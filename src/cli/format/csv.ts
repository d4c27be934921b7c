import type { Column } from '../../contract/result.ts'
import { cellText } from './cell-text.ts'
import type { ResultWriter, WriteText } from './result-writer.ts'

const plainNumber = /^[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?$/
/** What makes a spreadsheet take a cell for a formula (OWASP, ASVS 1.2.10), full-width forms included. */
const formulaStart = /^[=+\-@\t\r\n\0＝＋－＠]/

/**
 * CSV as RFC 4180 has it: CRLF, quotes doubled, NULL empty and empty text `""`. A text that a spreadsheet would run as a formula
 * gets a leading apostrophe; plain numbers stay numbers.
 */
export function makeCsvWriter(write: WriteText): ResultWriter {
  let columns: readonly Column[] = []
  return {
    async start(given) {
      columns = given
      await write(line(columns.map(({ name }) => field(name, false))))
    },
    async rows(rows) {
      await write(
        rows
          .map((row) =>
            line(row.map((cell, index) => field(cellText(cell, columns[index]), columns[index]?.kind === 'number'))),
          )
          .join(''),
      )
    },
    end: () => Promise.resolve(),
  }
}

const line = (fields: readonly string[]): string => `${fields.join(',')}\r\n`

function field(text: string | null, isNumber: boolean): string {
  if (text === null) return ''
  const harmless = isNumber || plainNumber.test(text) || !formulaStart.test(text) ? text : `'${text}`
  return harmless === '' || /[",\r\n\0]|^\s|\s$/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}
