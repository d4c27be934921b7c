import type { Column } from '../../contract/result.ts'
import type { CsvSeparator, FileForm } from '../../contract/result-file.ts'
import { harmlessCell } from '../../contract/words/spreadsheet.ts'

/** The characters between the fields of CSV. */
export const separators: Readonly<Record<CsvSeparator, string>> = { comma: ',', semicolon: ';', tab: '\t' }

/** The first line of CSV, behind the mark where one is wanted. */
export function csvHead(given: readonly string[], { separator = 'comma', byteOrderMark }: FileForm): string {
  const names = given.map((name) => harmlessCell(name))
  const fields = names.map((name) => (/["\r\n,;\t]|^$|^\s|\s$/.test(name) ? `"${name.replaceAll('"', '""')}"` : name))
  return `${byteOrderMark === true ? '\uFEFF' : ''}${fields.join(separators[separator])}\n`
}

/** What stands before the rows of JSON, and on the first line of lines of JSON. */
export const jsonHead = (columns: readonly Column[], format: 'json' | 'ndjson'): string =>
  format === 'json' ? `{"columns":${JSON.stringify(columns)},"rows":[\n` : `{"columns":${JSON.stringify(columns)}}\n`

/** What ends the rows of JSON; lines of JSON end each by itself. */
export const jsonRowsEnd = '\n],'

/** What stands behind the rows: how many there are, and whether there may be more. */
export function jsonEnd(
  { rowCount, truncated }: { readonly rowCount: number; readonly truncated: boolean },
  format: 'json' | 'ndjson',
): string {
  const text = JSON.stringify({ rowCount, truncated })
  return `${format === 'json' ? text.slice(1) : text}\n`
}
