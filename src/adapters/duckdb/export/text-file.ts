import { appendFile, stat, truncate } from 'node:fs/promises'
import { type DuckDBConnection, type DuckDBType, DuckDBTypeId } from '@duckdb/node-api'
import type { FileForm } from '../../../contract/result-file.ts'
import { formulaPattern, harmlessCell, plainNumberPattern } from '../../../contract/words/spreadsheet.ts'
import { csvHead, jsonEnd, jsonHead, jsonRowsEnd, separators } from '../../../core/results/file-frame.ts'
import { decimalText, encodeNested, encodeRow, infinityText, instantText } from '../engine/encode-row.ts'
import { quoteName, quoteText } from '../engine/sql-quoting.ts'
import { presentColumns } from '../engine/run-query.ts'
import { integerTypes, isJson, snowflakeType } from '../engine/snowflake-type.ts'
import type { EngineColumn, ValidatedQuery } from '../engine/validated-queries.ts'

/** A file to be written from a query. */
export interface FileToWrite {
  readonly form: FileForm
  readonly file: string
  /** As many rows mean that there may be more; null where every row is written. */
  readonly maxRows: number | null
}

/** Writes CSV, JSON, lines of JSON or Parquet, encoded by the engine itself, in the order of the query. Returns the number of rows. */
export async function writeByEngine(
  connection: DuckDBConnection,
  query: ValidatedQuery,
  { form, file, maxRows }: FileToWrite,
): Promise<number> {
  const rowCount = await copy(connection, query, { form, file, asText: new Set() })
  // The engine ends the last line also where there is none.
  if (rowCount === 0 && (form.format === 'ndjson' || hasOwnHead(query, form)))
    await truncate(file, (await stat(file)).size - 1)
  const { format } = form
  if (format === 'json' || format === 'ndjson')
    await appendFile(file, jsonEnd({ rowCount, truncated: rowCount === maxRows }, format))
  return rowCount
}

interface Copying extends Pick<FileToWrite, 'form' | 'file'> {
  /** Positions of columns whose numbers stand in Parquet as text, because one has more digits than its decimals. */
  readonly asText: ReadonlySet<number>
}

/** Writes a validated query's rows into a file; anew where a number turns out to have too many digits for its column. Returns the number of rows. */
async function copy(connection: DuckDBConnection, query: ValidatedQuery, copying: Copying): Promise<number> {
  const { sql, columns } = query
  const { form, file, asText } = copying
  const inner = columns.map((_, index) => `c${index}`)
  const isJsonRow = form.format === 'json' || form.format === 'ndjson'
  const cells = isJsonRow ? jsonRow(inner, columns) : fields(columns, copying)
  const rows = `SELECT ${cells} FROM (\n${sql}\n) AS q(${inner.join(', ')})`
  try {
    const done = await connection.runAndReadAll(
      `COPY (${rows}) TO ${quoteText(file)} (${optionsOf(query, { form, asText })})`,
    )
    return Number(done.getRows()[0]?.[0])
  } catch (error) {
    const at = tooWideAt(error)
    if (at === null || asText.has(at)) throw error
    return await copy(connection, query, { ...copying, asText: new Set([...asText, at]) })
  }
}

/** A row as a JSON array, in one column. */
const jsonRow = (names: readonly string[], columns: readonly EngineColumn[]): string =>
  encodeRow(
    names,
    columns.map(({ type }) => type),
    '',
  )

function fields(columns: readonly EngineColumn[], { form, asText }: Copying): string {
  const names = form.format === 'csv' ? columns.map(({ name }) => harmlessCell(name)) : distinct(columns)
  return columns
    .map(({ type }, index) => {
      const cell = form.format === 'csv' ? csvCell(`c${index}`, type, form) : parquetCell(index, type, asText)
      return `${cell} AS ${quoteName(names[index] ?? '')}`
    })
    .join(', ')
}

/** JSON holds no control characters: behind this mark the engine writes texts as they are. */
const raw = "FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\u0001'"

function optionsOf(query: ValidatedQuery, { form, asText }: Pick<Copying, 'form' | 'asText'>): string {
  const { format } = form
  if (format === 'json' || format === 'ndjson') {
    const lines = format === 'json' ? `NEW_LINE ',\n', SUFFIX ${quoteText(jsonRowsEnd)}` : "NEW_LINE '\n', SUFFIX '\n'"
    return `${raw}, PREFIX ${quoteText(jsonHead(presentColumns(query), format))}, ${lines}`
  }
  if (format !== 'csv') return `FORMAT parquet${parquetNote(query.columns, asText)}`
  const separator = separators[form.separator ?? 'comma']
  const head = hasOwnHead(query, form)
    ? `HEADER false, PREFIX ${quoteText(csvHead(namesOf(query), form))}, NEW_LINE '\n', SUFFIX '\n'`
    : 'HEADER true'
  return `FORMAT csv, ${head}, DELIMITER ${quoteText(separator)}, QUOTE '"', ESCAPE '"', NULLSTR ''`
}

/** The engine writes nothing before a line of its own, and numbers names that repeat in one. */
const hasOwnHead = ({ columns }: ValidatedQuery, { format, byteOrderMark }: FileForm): boolean =>
  format === 'csv' &&
  (byteOrderMark === true || new Set(columns.map(({ name }) => name.toUpperCase())).size < columns.length)

const namesOf = ({ columns }: ValidatedQuery): readonly string[] => columns.map(({ name }) => name)

/** Parquet needs a name once. */
function distinct(columns: readonly EngineColumn[]): readonly string[] {
  const used = new Set<string>()
  return columns.map(({ name }) => {
    let own = name === '' ? 'COLUMN' : name
    for (let count = 2; used.has(own.toUpperCase()); count += 1) own = `${name}_${count}`
    used.add(own.toUpperCase())
    return own
  })
}

/** Types that Parquet would hold as doubles, or not at all. */
const wide: Readonly<Partial<Record<DuckDBTypeId, string>>> = {
  [DuckDBTypeId.UBIGINT]: 'DECIMAL(38, 0)',
  [DuckDBTypeId.UHUGEINT]: 'VARCHAR',
  [DuckDBTypeId.BIGNUM]: 'VARCHAR',
  [DuckDBTypeId.TIME_NS]: 'VARCHAR',
}

/** The decimals of Parquet have at most 38 digits, and a HUGEINT may have 39. */
const mostDigits = 38
const tooWide = 'floe-too-wide-'

/** The position of the column that a failure of `hugeCell` names; null for any other failure. */
function tooWideAt(error: unknown): number | null {
  const [, at] = (error instanceof Error ? new RegExp(`${tooWide}(\\d+)`).exec(error.message) : null) ?? []
  return at === undefined ? null : Number(at)
}

/** SQL for a HUGEINT as a decimal, which fails at a value that has too many digits. */
function hugeCell(index: number): string {
  const most = '9'.repeat(mostDigits)
  const fits = `c${index} BETWEEN -${most} AND ${most} OR c${index} IS NULL`
  return `CASE WHEN ${fits} THEN c${index}::DECIMAL(${mostDigits}, 0) ELSE error('${tooWide}${index}')::DECIMAL(${mostDigits}, 0) END`
}

/** Says in the file which columns of numbers stand as text. */
function parquetNote(columns: readonly EngineColumn[], asText: ReadonlySet<number>): string {
  const names = distinct(columns)
  const texts = columns.flatMap(({ type }, at) => {
    const isText = asText.has(at) || (integerTypes.has(type.typeId) && wide[type.typeId] === 'VARCHAR')
    return isText ? [JSON.stringify(names[at])] : []
  })
  if (texts.length === 0) return ''
  const note = `Numbers of ${texts.join(', ')} stand as text, because they may have more than the ${mostDigits} digits of a decimal.`
  return `, KV_METADATA {"floe.note": ${quoteText(note)}}`
}

function parquetCell(index: number, type: DuckDBType, asText: ReadonlySet<number>): string {
  const column = `c${index}`
  if (asText.has(index)) return `${column}::VARCHAR`
  if (type.typeId === DuckDBTypeId.HUGEINT) return hugeCell(index)
  const target = wide[type.typeId]
  if (target !== undefined) return `${column}::${target}`
  if (isJson(type)) return `${column}::VARCHAR`
  const { kind } = snowflakeType(type)
  if (kind === 'nested') return encodeNested(column, type)
  return kind === 'text' && type.typeId !== DuckDBTypeId.VARCHAR ? `${column}::VARCHAR` : column
}

const isFloat = (type: DuckDBType): boolean => type.typeId === DuckDBTypeId.DOUBLE || type.typeId === DuckDBTypeId.FLOAT

function csvCell(column: string, type: DuckDBType, { decimalMark }: FileForm): string {
  const marked = (text: string): string =>
    decimalMark === 'comma' ? `replace(${text}::VARCHAR, '.', ',')` : `${text}::VARCHAR`
  if (isFloat(type))
    return `CASE WHEN isfinite(${column}) THEN ${marked(column)} WHEN ${column} IS NOT NULL THEN ${harmlessText(infinityText(column))} END`
  if (type.typeId === DuckDBTypeId.DECIMAL) return marked(decimalText(column, type))
  const { kind } = snowflakeType(type)
  return kind === 'text' || kind === 'nested' ? harmlessText(textCell(column, type)) : textCell(column, type)
}

/** SQL for a value as text, or the column itself where its own type says no less. */
export function textCell(column: string, type: DuckDBType): string {
  const { kind } = snowflakeType(type)
  if (type.typeId === DuckDBTypeId.BLOB) return `hex(${column})`
  if (type.typeId === DuckDBTypeId.TIMESTAMP_TZ) return instantText(column)
  if (type.typeId === DuckDBTypeId.DECIMAL) return decimalText(column, type)
  if (isJson(type)) return `${column}::VARCHAR`
  if (kind === 'nested') return encodeNested(column, type)
  return kind === 'text' ? `${column}::VARCHAR` : column
}

/** SQL telling whether a spreadsheet would run a text: the rule of `harmlessCell`, decided by the engine. */
export const runsAsFormula = (text: string): string =>
  [
    // Most texts begin with a letter, and no formula does: comparing one character costs far less than a regular expression.
    `left(${text}, 1) NOT BETWEEN 'A' AND 'z'`,
    `regexp_matches(${text}, ${quoteText(formulaPattern)})`,
    `NOT regexp_matches(${text}, ${quoteText(plainNumberPattern)})`,
  ].join(' AND ')

/** SQL for a text that a spreadsheet does not run. */
const harmlessText = (text: string): string =>
  `CASE WHEN ${runsAsFormula(text)} THEN concat('''', ${text}) ELSE ${text} END`
