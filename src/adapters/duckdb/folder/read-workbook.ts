import { createWriteStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { inflateRawSync } from 'node:zlib'
import readXlsxFile from 'read-excel-file/node'
import { bytesInWords } from '../../../contract/words/amounts.ts'
import { layOut, type TableLayout } from './csv-layout.ts'
import { writeRecord } from './mend-csv.ts'

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

/** The XML of a workbook may have so many bytes together; its reader holds all of it in memory. */
const maxUnpackedBytes = 128_000_000
/** Larger files are not read into memory. */
const maxPackedBytes = 128_000_000

/** An entry of a ZIP archive, as its directory lists it. */
interface Entry {
  readonly name: Buffer
  readonly method: number
  readonly checksum: number
  readonly packed: Buffer
}

/** An entry with the bytes that it really has when unpacked. */
interface Part extends Entry {
  readonly size: number
}

const noDirectory = 'it is no whole .xlsx file: the list of its parts is missing or damaged. Save it again.'

/**
 * Reads an .xlsx file as an archive of its XML parts alone, each unpacked once to see that all of them stay within a limit: its reader
 * trusts the sizes that a file states of itself. Throws where the file is larger, protected, or cut off.
 */
async function readWorkbookArchive(path: string): Promise<Buffer> {
  const { size } = await stat(path)
  if (size > maxPackedBytes) throw tooLarge(`it has ${bytesInWords(size)}`)
  const file = await readFile(path)
  if (file.subarray(0, 4).toString('hex') === 'd0cf11e0')
    throw new Error('it is protected with a password, or an older Excel file under the name .xlsx. Save it without.')
  let left = maxUnpackedBytes
  const parts: Part[] = []
  for (const entry of readEntries(file)) {
    if (!/\.(?:xml|rels)$/i.test(entry.name.toString())) continue
    const size = unpackedSize(entry, left)
    left -= size
    parts.push({ ...entry, size })
  }
  return writeArchive(parts)
}

const tooLarge = (what: string): Error =>
  new Error(`${what}, which is more than is read of a workbook. Save its sheets as CSV or Parquet.`)

function readEntries(file: Buffer): readonly Entry[] {
  const end = file.lastIndexOf('PK\u0005\u0006', undefined, 'latin1')
  if (end === -1) throw new Error(noDirectory)
  try {
    const count = file.readUInt16LE(end + 10)
    const entries: Entry[] = []
    let at = file.readUInt32LE(end + 16)
    while (entries.length < count) {
      const sizes = [28, 30, 32].map((offset) => file.readUInt16LE(at + offset))
      const [nameSize = 0, extraSize = 0, commentSize = 0] = sizes
      if (file.readUInt32LE(at) !== 0x02014b50) throw new Error(noDirectory)
      const local = file.readUInt32LE(at + 42)
      const begin = local + 30 + file.readUInt16LE(local + 26) + file.readUInt16LE(local + 28)
      entries.push({
        name: file.subarray(at + 46, at + 46 + nameSize),
        method: file.readUInt16LE(at + 10),
        checksum: file.readUInt32LE(at + 16),
        packed: file.subarray(begin, begin + file.readUInt32LE(at + 20)),
      })
      at += 46 + nameSize + extraSize + commentSize
    }
    return entries
  } catch (error) {
    throw new Error(noDirectory, { cause: error })
  }
}

function unpackedSize({ name, method, packed }: Entry, left: number): number {
  if (method !== 8) return packed.length
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(left, 1) }).length
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw tooLarge(`it has more than ${bytesInWords(maxUnpackedBytes)} when unpacked`)
    throw new Error(`its part ${name.toString()} is damaged. Save it again.`, { cause: error })
  }
}

/** Writes an archive of exactly these parts, packed as they were. */
function writeArchive(parts: readonly Part[]): Buffer {
  const pieces: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const { name, method, checksum, packed, size } of parts) {
    const fields = Buffer.alloc(26)
    fields.writeUInt16LE(20, 0)
    fields.writeUInt16LE(method, 4)
    fields.writeUInt32LE(checksum, 10)
    fields.writeUInt32LE(packed.length, 14)
    fields.writeUInt32LE(size, 18)
    fields.writeUInt16LE(name.length, 22)
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(offset, 10)
    directory.push(Buffer.from('PK\u0001\u0002\u0014\u0000'), fields, tail, name)
    pieces.push(Buffer.from('PK\u0003\u0004'), fields, name, packed)
    offset += 4 + fields.length + name.length + packed.length
  }
  const central = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.write('PK\u0005\u0006', 'latin1')
  end.writeUInt16LE(parts.length, 8)
  end.writeUInt16LE(parts.length, 10)
  end.writeUInt32LE(central.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...pieces, central, end])
}
