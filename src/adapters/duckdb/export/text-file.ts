import { appendFile, stat, truncate } from 'node:fs/promises'
import { type DuckDBConnection, type DuckDBType, DuckDBTypeId } from '@duckdb/node-api'
import type { CsvSeparator, FileForm } from '../../../contract/result-file.ts'
import { formulaPattern, harmlessCell, plainNumberPattern } from '../../../contract/words/spreadsheet.ts'
import { encodeNested, encodeRow, infinityText, instantText } from '../engine/encode-row.ts'
import { quoteName, quoteText } from '../engine/open-engine.ts'
import { presentColumns } from '../engine/run-query.ts'
import { isJson, snowflakeType } from '../engine/snowflake-type.ts'
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
  const done = await connection.runAndReadAll(copyStatement(query, form, file))
  const rowCount = Number(done.getRows()[0]?.[0])
  // The engine ends the last line also where there is none.
  if (rowCount === 0 && (form.format === 'ndjson' || hasOwnHead(query, form)))
    await truncate(file, (await stat(file)).size - 1)
  const end = JSON.stringify({ rowCount, truncated: rowCount === maxRows })
  if (form.format === 'json') await appendFile(file, `${end.slice(1)}\n`)
  if (form.format === 'ndjson') await appendFile(file, `${end}\n`)
  return rowCount
}

/** The statement that writes a validated query's rows into a file. */
function copyStatement(query: ValidatedQuery, form: FileForm, file: string): string {
  const { sql, columns } = query
  const inner = columns.map((_, index) => `c${index}`)
  const cells = form.format === 'json' || form.format === 'ndjson' ? jsonRow(inner, columns) : fields(columns, form)
  const rows = `SELECT ${cells} FROM (\n${sql}\n) AS q(${inner.join(', ')})`
  return `COPY (${rows}) TO ${quoteText(file)} (${optionsOf(query, form)})`
}

/** A row as a JSON array, in one column. */
const jsonRow = (names: readonly string[], columns: readonly EngineColumn[]): string =>
  encodeRow(
    names,
    columns.map(({ type }) => type),
    '',
  )

function fields(columns: readonly EngineColumn[], form: FileForm): string {
  const names = form.format === 'csv' ? columns.map(({ name }) => harmlessCell(name)) : distinct(columns)
  return columns
    .map(({ type }, index) => {
      const cell = form.format === 'csv' ? csvCell(`c${index}`, type, form) : parquetCell(`c${index}`, type)
      return `${cell} AS ${quoteName(names[index] ?? '')}`
    })
    .join(', ')
}

const separators: Readonly<Record<CsvSeparator, string>> = { comma: ',', semicolon: ';', tab: '\t' }

/** JSON holds no control characters: behind this mark the engine writes texts as they are. */
const raw = "FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\u0001'"

function optionsOf(query: ValidatedQuery, form: FileForm): string {
  const columns = JSON.stringify(presentColumns(query))
  if (form.format === 'json')
    return `${raw}, PREFIX ${quoteText(`{"columns":${columns},"rows":[\n`)}, NEW_LINE ',\n', SUFFIX '\n],'`
  if (form.format === 'ndjson')
    return `${raw}, PREFIX ${quoteText(`{"columns":${columns}}\n`)}, NEW_LINE '\n', SUFFIX '\n'`
  if (form.format !== 'csv') return 'FORMAT parquet'
  const separator = separators[form.separator ?? 'comma']
  const head = hasOwnHead(query, form)
    ? `HEADER false, PREFIX ${quoteText(ownHead(query, form, separator))}, NEW_LINE '\n', SUFFIX '\n'`
    : 'HEADER true'
  return `FORMAT csv, ${head}, DELIMITER ${quoteText(separator)}, QUOTE '"', ESCAPE '"', NULLSTR ''`
}

/** The engine writes nothing before a line of its own, and numbers names that repeat in one. */
const hasOwnHead = ({ columns }: ValidatedQuery, { format, byteOrderMark }: FileForm): boolean =>
  format === 'csv' &&
  (byteOrderMark === true || new Set(columns.map(({ name }) => name.toUpperCase())).size < columns.length)

/** The first line of CSV, behind the mark where one is wanted. */
function ownHead({ columns }: ValidatedQuery, { byteOrderMark }: FileForm, separator: string): string {
  const names = columns.map(({ name }) => harmlessCell(name))
  const fields = names.map((name) => (/["\r\n,;\t]|^$|^\s|\s$/.test(name) ? `"${name.replaceAll('"', '""')}"` : name))
  return `${byteOrderMark === true ? '\uFEFF' : ''}${fields.join(separator)}\n`
}

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
  [DuckDBTypeId.HUGEINT]: 'DECIMAL(38, 0)',
  [DuckDBTypeId.UBIGINT]: 'DECIMAL(38, 0)',
  [DuckDBTypeId.UHUGEINT]: 'VARCHAR',
  [DuckDBTypeId.BIGNUM]: 'VARCHAR',
  [DuckDBTypeId.TIME_NS]: 'VARCHAR',
}

function parquetCell(column: string, type: DuckDBType): string {
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
  if (type.typeId === DuckDBTypeId.DECIMAL) return marked(column)
  const { kind } = snowflakeType(type)
  return kind === 'text' || kind === 'nested' ? harmlessText(textCell(column, type)) : textCell(column, type)
}

/** SQL for a value as text, or the column itself where its own type says no less. */
export function textCell(column: string, type: DuckDBType): string {
  const { kind } = snowflakeType(type)
  if (type.typeId === DuckDBTypeId.BLOB) return `hex(${column})`
  if (type.typeId === DuckDBTypeId.TIMESTAMP_TZ) return instantText(column)
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
