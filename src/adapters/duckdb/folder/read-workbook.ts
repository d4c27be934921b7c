import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import readXlsxFile from 'read-excel-file/node'
import { layOut, type TableLayout } from './csv-layout.ts'
import { writeRecord } from './mend-csv.ts'
import { readWorkbookArchive } from './workbook-archive.ts'

/** One sheet of a workbook as a table of text. */
export interface SheetTable {
  readonly sheet: string
  /** Null where the sheet is empty. */
  readonly layout: TableLayout | null
  readonly rows: readonly (readonly string[])[]
}

/** Reads an .xlsx file: each sheet as rows of text, numbers with the digits that Excel shows, dates as ISO 8601 writes them. */
export async function readWorkbook(path: string): Promise<readonly SheetTable[]> {
  const sheets = await readSheetsOf(await readWorkbookArchive(path))
  return sheets.map(({ sheet, data }) => {
    const rows = data.map((row) => row.map(cellText))
    const filled = rows.flatMap((cells, index) =>
      cells.some((cell) => cell.trim() !== '') ? [{ cells, line: index + 1 }] : [],
    )
    const layout = layOut(filled)
    const from = layout === null ? rows.length : layout.beginsAt - (layout.header ? 0 : 1)
    const below = filled.filter(({ line }) => line > from).map(({ cells }) => cells)
    return { sheet, layout, rows: below }
  })
}

async function readSheetsOf(archive: Buffer) {
  try {
    return await readXlsxFile<string>(archive, { parseNumber: numberText, trim: false })
  } catch (error) {
    // The reader runs out of stack on sheets of several hundred thousand rows.
    if (error instanceof RangeError)
      throw new Error('it has too many rows. Save its sheets as CSV or Parquet.', { cause: error })
    throw new Error('its parts are not those of a workbook. Save it again as .xlsx.', { cause: error })
  }
}

/** Excel keeps doubles and shows 15 digits of them. */
function numberText(text: string): string {
  const value = Number(text)
  return Number.isFinite(value) ? String(Number(value.toPrecision(15))) : text
}

/** The cell's text; the reader's types call a date by its constructor. */
function cellText(cell: unknown): string {
  if (typeof cell === 'string') return cell
  if (typeof cell === 'number' || typeof cell === 'boolean') return String(cell)
  if (!(cell instanceof Date)) return ''
  const [day = '', time = ''] = cell.toISOString().slice(0, 19).split('T')
  return time === '00:00:00' ? day : `${day} ${time}`
}

/** Writes the rows of a sheet as a regular CSV file of `width` columns. */
export async function writeSheet(rows: readonly (readonly string[])[], width: number, target: string): Promise<void> {
  function* lines(): Generator<string> {
    for (const row of rows) yield writeRecord(Array.from({ length: width }, (_, index) => row[index] ?? ''))
  }
  await pipeline(lines(), createWriteStream(target))
}
