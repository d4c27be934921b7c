import { createWriteStream } from 'node:fs'
import { PassThrough } from 'node:stream'
import { once } from 'node:events'
import { pipeline } from 'node:stream/promises'
import type { DuckDBConnection } from '@duckdb/node-api'
import { ZipFile } from 'yazl'
import type { Column } from '../../../contract/result.ts'
import { problem } from '../../../core/problem.ts'
import { type ChunkRows, presentColumns, readRows } from '../engine/run-query.ts'
import type { ValidatedQuery } from '../engine/validated-queries.ts'
import { columnLetters, keptDigits, maxTextLength, mostDecimals, rowsQuery, styles } from './workbook-cells.ts'

const maxSheetRows = 1_048_576
const maxColumns = 16_384

/**
 * Writes a workbook: types are kept, numbers of more than 15 digits stand as text and a sheet of notes says so, more rows than a sheet
 * holds go into further sheets. Cells are written by the engine; here pass only bytes, so that memory does not grow with the rows.
 * Returns the number of rows, which `onRows` hears now and then before. Throws `sql_unsupported` for more columns than a sheet holds.
 */
export async function writeWorkbook(
  connection: DuckDBConnection,
  query: ValidatedQuery,
  file: string,
  onRows: (count: number) => void,
): Promise<number> {
  const columns = presentColumns(query)
  if (columns.length > maxColumns)
    throw problem(
      'sql_unsupported',
      `A sheet holds ${maxColumns.toLocaleString('en-US')} columns; this result has ${columns.length.toLocaleString('en-US')}.`,
      'Choose fewer columns, or another format.',
    )
  const zip = new ZipFile()
  const failing = new AbortController()
  const written = pipeline(zip.outputStream, createWriteStream(file))
  // A failure of the disk ends whatever waits for the file to take more.
  written.catch((error: unknown) => failing.abort(error))
  const sheets = new Sheets(zip, columns, failing.signal)
  const prepared = await connection.prepare(rowsQuery(query, maxSheetRows - 1))
  const result = await prepared.stream()
  let toldRows = 0
  for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    await sheets.add(readRows(chunk))
    // The engine's texts, of which JavaScript knows nothing: they would stay until it collects the chunk.
    chunk.reset()
    if (sheets.rows - toldRows < tellEveryRows) continue
    toldRows = sheets.rows
    onRows(toldRows)
  }
  await sheets.end()
  const add = (path: string, text: string): void => zip.addBuffer(Buffer.from(text), path, deflated)
  add('xl/styles.xml', stylesXml())
  add(`xl/worksheets/sheet${sheets.count + 1}.xml`, notesSheet(columns, sheets.count))
  add('xl/workbook.xml', workbookXml(sheets.count))
  add('xl/_rels/workbook.xml.rels', relationsXml(sheets.count + 1))
  add('_rels/.rels', rootRelations)
  add('[Content_Types].xml', contentTypes(sheets.count + 1))
  zip.end()
  await written
  return sheets.rows
}

const tellEveryRows = 20_000
const deflated = { compressionLevel: 1 } as const

/** The sheets of rows, written one after the other. */
class Sheets {
  count = 0
  rows = 0
  #room = 0
  #sheet: PassThrough | null = null
  readonly #zip: ZipFile
  readonly #head: string
  readonly #failing: AbortSignal

  constructor(zip: ZipFile, columns: readonly Column[], failing: AbortSignal) {
    this.#zip = zip
    this.#failing = failing
    this.#head = sheetHead(columns)
  }

  async add(rows: ChunkRows): Promise<void> {
    for (let from = 0; from < rows.count;) {
      if (this.#room === 0) await this.#begin()
      const to = Math.min(rows.count, from + this.#room)
      await this.#write(rows.copy(from, to))
      this.#room -= to - from
      this.rows += to - from
      from = to
    }
  }

  async end(): Promise<void> {
    if (this.#sheet === null) await this.#begin()
    await this.#write('</sheetData></worksheet>')
    this.#sheet?.end()
  }

  async #begin(): Promise<void> {
    if (this.#sheet !== null) await this.end()
    this.count += 1
    this.#room = maxSheetRows - 1
    this.#sheet = new PassThrough({ highWaterMark: 1 << 20 })
    this.#zip.addReadStream(this.#sheet, `xl/worksheets/sheet${this.count}.xml`, deflated)
    await this.#write(this.#head)
  }

  async #write(text: string | Uint8Array): Promise<void> {
    this.#failing.throwIfAborted()
    const sheet = this.#sheet
    if (sheet === null || sheet.write(text)) return
    try {
      await once(sheet, 'drain', { signal: this.#failing })
    } catch (error) {
      this.#failing.throwIfAborted()
      throw error
    }
  }
}

const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const officeRelations = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'

const xmlText = (text: string): string =>
  text
    .replaceAll(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(
      /(?![\t\n])[\p{Cc}\uFFFE\uFFFF]/gu,
      (char) => `_x${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`,
    )

const inlineText = (address: string, text: string, style: number): string =>
  `<c r="${address}" t="inlineStr" s="${style}"><is><t xml:space="preserve">${xmlText(text)}</t></is></c>`

const widths: Readonly<Partial<Record<Column['kind'], number>>> = {
  date: 12,
  timestamp: 22,
  number: 16,
  boolean: 10,
  time: 14,
}

function sheetHead(columns: readonly Column[]): string {
  const cols = columns.map(({ kind, name }, index) => {
    const width = Math.min(60, Math.max(widths[kind] ?? 24, name.length + 2))
    return `<col min="${index + 1}" max="${index + 1}" width="${width}" customWidth="1"/>`
  })
  const frozen = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
  const names = columns
    .map(({ name }, index) => inlineText(`${columnLetters(index)}1`, name.slice(0, maxTextLength), styles.head))
    .join('')
  return `${declaration}<worksheet xmlns="${main}"><sheetViews><sheetView workbookViewId="0">${frozen}</sheetView></sheetViews><cols>${cols.join('')}</cols><sheetData><row r="1">${names}</row>`
}

/** What a spreadsheet holds otherwise than the warehouse, and the types of the columns. */
function notesSheet(columns: readonly Column[], sheetCount: number): string {
  const notes = [
    `Numbers of more than ${keptDigits} digits stand as text, because a spreadsheet would change their last digits.`,
    'Days before March 1900, moments with a time zone or with parts of a millisecond stand as text, for the same reason.',
    `Texts of more than ${maxTextLength.toLocaleString('en-US')} characters are cut, and end with how long they were.`,
    ...(sheetCount === 1
      ? []
      : [`The rows go on over ${sheetCount} sheets, of at most ${(maxSheetRows - 1).toLocaleString('en-US')} each.`]),
  ]
  const head = notes.length + 2
  const lines = [
    ...notes.map((note, at) => [at + 1, inlineText(`A${at + 1}`, note, styles.plain)] as const),
    [
      head,
      inlineText(`A${head}`, 'Column', styles.head) + inlineText(`B${head}`, 'Type in the warehouse', styles.head),
    ] as const,
    ...columns.map(({ name, type }, at) => {
      const row = head + 1 + at
      const cells =
        inlineText(`A${row}`, name.slice(0, maxTextLength), styles.text) + inlineText(`B${row}`, type, styles.plain)
      return [row, cells] as const
    }),
  ]
  const rows = lines.map(([row, cells]) => `<row r="${row}">${cells}</row>`)
  return `${declaration}<worksheet xmlns="${main}"><cols><col min="1" max="2" width="40" customWidth="1"/></cols><sheetData>${rows.join('')}</sheetData></worksheet>`
}

function stylesXml(): string {
  const formats = [
    'yyyy\\-mm\\-dd',
    'yyyy\\-mm\\-dd\\ hh:mm:ss',
    'yyyy\\-mm\\-dd\\ hh:mm:ss.000',
    'hh:mm:ss.000',
    ...Array.from({ length: mostDecimals + 1 }, (_, digits) => (digits === 0 ? '0' : `0.${'0'.repeat(digits)}`)),
  ]
  const numFmts = formats.map((code, index) => `<numFmt numFmtId="${164 + index}" formatCode="${xmlText(code)}"/>`)
  const xf = (id: number, rest = ''): string =>
    `<xf numFmtId="${id}" fontId="0" fillId="0" borderId="0" xfId="0"${rest}/>`
  const cellXfs = [
    xf(0),
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>',
    ...[0, 1, 2, 3].map((index) => xf(164 + index, ' applyNumberFormat="1"')),
    xf(49, ' quotePrefix="1" applyNumberFormat="1"'),
    ...formats.slice(4).map((_, index) => xf(168 + index, ' applyNumberFormat="1"')),
  ]
  return `${declaration}<styleSheet xmlns="${main}"><numFmts count="${numFmts.length}">${numFmts.join('')}</numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="${cellXfs.length}">${cellXfs.join('')}</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`
}

const sheetName = (index: number): string => (index === 0 ? 'Result' : `Result ${index + 1}`)

function workbookXml(sheetCount: number): string {
  const sheets = [...Array.from({ length: sheetCount }, (_, index) => sheetName(index)), 'Notes']
  return `${declaration}<workbook xmlns="${main}" xmlns:r="${officeRelations}"><sheets>${sheets.map((name, index) => `<sheet name="${name}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`).join('')}</sheets></workbook>`
}

const relationships = (inner: string): string =>
  `${declaration}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${inner}</Relationships>`

const relationsXml = (sheets: number): string =>
  relationships(
    [
      ...Array.from(
        { length: sheets },
        (_, index) =>
          `<Relationship Id="rId${index + 1}" Type="${officeRelations}/worksheet" Target="worksheets/sheet${index + 1}.xml"/>`,
      ),
      `<Relationship Id="rId${sheets + 1}" Type="${officeRelations}/styles" Target="styles.xml"/>`,
    ].join(''),
  )

const rootRelations = relationships(
  `<Relationship Id="rId1" Type="${officeRelations}/officeDocument" Target="xl/workbook.xml"/>`,
)

function contentTypes(sheets: number): string {
  const kind = (part: string, name: string): string =>
    `<Override PartName="${part}" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.${name}+xml"/>`
  const parts = [
    kind('/xl/workbook.xml', 'sheet.main'),
    kind('/xl/styles.xml', 'styles'),
    ...Array.from({ length: sheets }, (_, index) => kind(`/xl/worksheets/sheet${index + 1}.xml`, 'worksheet')),
  ]
  return `${declaration}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>${parts.join('')}</Types>`
}
