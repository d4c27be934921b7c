import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { type DuckDBConnection, DuckDBTypeId } from '@duckdb/node-api'
import { quoteName, quoteText } from '../engine/sql-quoting.ts'
import { isJson } from '../engine/snowflake-type.ts'
import { columnsOf } from '../engine/validated-queries.ts'
import { readCsvLayout, type CsvLayout } from './csv-layout.ts'
import type { ListedTable } from './folder-listing.ts'
import { mendCsv, mendedDelimiter } from './mend-csv.ts'
import { readHead, readText } from './text-file.ts'

/** The temporary table that holds a file's cells until their types are known. */
export const stage = 'temp.main.floe_stage'

/** A file's cells in the stage, and what is known about them. */
export interface Staged {
  readonly columns: readonly StagedColumn[]
  /** What stands between the cells of the file; null where it has none. */
  readonly delimiter: string | null
  /** How the file was read, sentences. */
  readonly notices: readonly string[]
}

export interface StagedColumn {
  /** Its name in the stage. */
  readonly cell: string
  /** Its name as the file spells it. */
  readonly name: string
  /** `text` is to be typed, `quoted` is text that the file set apart from numbers, `typed` stays as it is. */
  readonly kind: 'text' | 'quoted' | 'typed'
}

/** DuckDB reads `*`, `?` and `[` in a path as patterns. */
export const exactPath = (path: string): string => quoteText(path.replaceAll(/[*?[]/g, '[$&]'))

/** Longer lines are no rows. */
const maxLineBytes = 16 * 1024 ** 2

/**
 * Loads a CSV file into `table`. It is read by the engine as it is where it is regular, else through a regular copy at `scratch`.
 * Throws where it is empty, no text, or a quote stays open.
 */
export async function stageCsv(
  connection: DuckDBConnection,
  path: string,
  table: string,
  scratch: string,
): Promise<Staged> {
  const layout = await readCsvLayout(path)
  if (layout === null) throw new Error('the file is empty.')
  const { names, delimiter, header, beginsAt } = layout
  const load = (file: string, width: number, options: string): Promise<unknown> => {
    const types = Array.from({ length: width }, (_, index) => `c${index}: 'VARCHAR'`)
    return connection.run(
      `CREATE OR REPLACE TEMP TABLE ${table} AS SELECT * FROM read_csv(${exactPath(file)}, auto_detect = false,
       columns = {${types.join(', ')}}, quote = '"', escape = '"', strict_mode = true, null_padding = false,
       ignore_errors = false, max_line_size = ${maxLineBytes}, ${options})`,
    )
  }
  const columns = names.map((name, index): StagedColumn => ({ cell: `c${index}`, name, kind: 'text' }))
  let found = layout
  if (layout.isRegular) {
    try {
      await load(path, names.length, `header = ${header}, skip = ${beginsAt - 1}, delim = ${quoteText(delimiter)}`)
      return { columns, delimiter, notices: layout.notices }
    } catch (error) {
      if (/utf-?8/i.test(String(error))) found = asWindows1252(layout)
    }
  }
  const { hasBeyond, notices } = await mendCsv(path, found, found.encoding, scratch)
  await load(scratch, names.length + 1, `header = false, delim = '${mendedDelimiter}'`)
  if (!hasBeyond) await connection.run(`ALTER TABLE ${table} DROP COLUMN c${names.length}`)
  const beyond: StagedColumn = { cell: `c${names.length}`, name: `column_${names.length + 1}`, kind: 'text' }
  return { columns: hasBeyond ? [...columns, beyond] : columns, delimiter, notices: [...found.notices, ...notices] }
}

/** The beginning of the file was UTF-8, the rest is not. */
const asWindows1252 = (layout: CsvLayout): CsvLayout => ({
  ...layout,
  encoding: 'windows-1252',
  notices: ['It is read as Windows-1252, since it is not UTF-8.', ...layout.notices],
})

/** Types that JSON writes as text; what the text means is found out as in any other file. */
const writtenAsText: ReadonlySet<DuckDBTypeId> = new Set([
  DuckDBTypeId.VARCHAR,
  DuckDBTypeId.UUID,
  DuckDBTypeId.DATE,
  DuckDBTypeId.TIME,
  DuckDBTypeId.TIMESTAMP,
  DuckDBTypeId.TIMESTAMP_S,
  DuckDBTypeId.TIMESTAMP_MS,
  DuckDBTypeId.TIMESTAMP_NS,
  DuckDBTypeId.TIMESTAMP_TZ,
])

/**
 * Loads a JSON file into the stage. Numbers that the engine would read as doubles are read again as text; where one has more digits than a
 * double, the file is read through a copy at `scratch` in which numbers are marked text.
 */
export async function stageJson(
  connection: DuckDBConnection,
  path: string,
  hasExactDecimals: (raw: string) => Promise<boolean>,
  scratch: string,
): Promise<Staged> {
  const format = /\.json(\.gz)?$/i.test(path) ? 'auto' : 'newline_delimited'
  const isMarked = await hasExactDecimals(`read_json_objects(${exactPath(path)}, format = '${format}')`)
  const nested = isMarked ? await quoteJsonNumbers(path, scratch) : 0
  const file = isMarked ? scratch : path
  const read = (more: string): string => `read_json(${exactPath(file)}, format = '${format}', ${more})`
  const detected = read('sample_size = -1')
  const found = columnsOf(await connection.prepare(`SELECT * FROM ${detected}`))
  // Keys that differ only in case were numbered, and cannot be asked for by those names.
  const isNumbered = found.some(({ name }) => /_\d+$/.test(name))
  const described = found.map(({ name, type }, index) => {
    const isDouble = type.typeId === DuckDBTypeId.DOUBLE && !isNumbered
    const isText =
      !isJson(type) && writtenAsText.has(type.typeId) && !(isNumbered && type.typeId !== DuckDBTypeId.VARCHAR)
    const declared = isDouble || isJson(type) ? 'JSON' : isText ? 'VARCHAR' : String(type)
    const kind: StagedColumn['kind'] = isDouble ? 'text' : isText ? 'quoted' : 'typed'
    const value = isDouble ? `nullif(${quoteName(name)}::VARCHAR, 'null')` : quoteName(name)
    return { cell: `c${index}`, name, kind, value, declares: `${quoteText(name)}: ${quoteText(declared)}` }
  })
  const source = isNumbered ? detected : read(`columns = {${described.map(({ declares }) => declares).join(', ')}}`)
  const values = described.map(({ value, cell }) => `${value} AS ${cell}`)
  await connection.run(`CREATE OR REPLACE TEMP TABLE ${stage} AS SELECT ${values.join(', ')} FROM ${source}`)
  const columns = described.map(({ cell, name, kind }): StagedColumn => ({ cell, name, kind }))
  return {
    columns: isMarked ? await unmark(connection, columns) : columns,
    delimiter: null,
    notices:
      nested === 0
        ? []
        : [`${nested.toLocaleString('en')} numbers inside objects have more than 15 digits and are kept as text.`],
  }
}

/** Takes the marks off numbers. A column in which every value had one is to be typed as numbers. */
async function unmark(
  connection: DuckDBConnection,
  columns: readonly StagedColumn[],
): Promise<readonly StagedColumn[]> {
  const unmarked: StagedColumn[] = []
  for (const column of columns) {
    if (column.kind !== 'quoted') {
      unmarked.push(column)
      continue
    }
    const { cell } = column
    const isMarked = `starts_with(${cell}, ${quoteText(numberMark)})`
    const reader = await connection.runAndReadAll(`SELECT bool_and(${isMarked}), bool_or(${isMarked}) FROM ${stage}`)
    const [all, any] = reader.getRows()[0] ?? []
    if (any === true) await connection.run(`UPDATE ${stage} SET ${cell} = ltrim(${cell}, ${quoteText(numberMark)})`)
    unmarked.push(all === true ? { ...column, kind: 'text' } : column)
  }
  return unmarked
}

/** Loads the files of a partitioned folder one after the other into one stage, columns by name, with the values of the folders' names. */
export async function stageParts(
  connection: DuckDBConnection,
  { parts, partitionKeys }: ListedTable,
  read: (path: string) => Promise<Staged>,
): Promise<Staged> {
  const all = 'temp.main.floe_parts'
  const columns: { readonly name: string; readonly cell: string; kind: 'text' | 'quoted' | 'typed' }[] = []
  const notices = new Set<string>()
  let delimiter: string | null = null
  for (const [index, { path, label, values }] of parts.entries()) {
    const staged = await read(path)
    delimiter = staged.delimiter
    for (const notice of staged.notices) notices.add(`${label}: ${notice}`)
    const keys = partitionKeys.map((name, at) => ({ name, kind: 'text' as const, value: values[at] ?? null }))
    const own = [
      ...staged.columns.map(({ name, kind, cell }) => ({
        name,
        kind,
        sql: kind === 'typed' ? `${cell}::JSON::VARCHAR` : cell,
      })),
      ...keys.map(({ name, kind, value }) => ({ name, kind, sql: value === null ? 'NULL' : quoteText(value) })),
    ]
    if (index === 0) await connection.run(`CREATE OR REPLACE TEMP TABLE ${all} (c0 VARCHAR)`)
    const placed: { readonly cell: string; readonly sql: string }[] = []
    for (const { name, kind, sql } of own) {
      let place = columns.find((column) => column.name.toLowerCase() === name.toLowerCase())
      if (place === undefined) {
        place = { name, kind: kind === 'quoted' ? 'quoted' : 'text', cell: `c${columns.length}` }
        if (columns.length > 0) await connection.run(`ALTER TABLE ${all} ADD COLUMN ${place.cell} VARCHAR`)
        columns.push(place)
      }
      if (!placed.some(({ cell }) => cell === place.cell)) placed.push({ cell: place.cell, sql })
    }
    const cells = placed.map(({ cell }) => cell).join(', ')
    await connection.run(
      `INSERT INTO ${all} (${cells}) SELECT ${placed.map(({ sql }) => sql).join(', ')} FROM ${stage}`,
    )
  }
  await connection.run(`DROP TABLE ${stage}`)
  await connection.run(`ALTER TABLE ${all} RENAME TO floe_stage`)
  return { columns, delimiter, notices: [...notices].slice(0, 10) }
}

/** Stands before the text of a number in a copy, so that numbers are told from text. */
const numberMark = '\u0002'

/** The most digits that every double keeps. */
const safeDigits = 15

/**
 * Copies a JSON file with its numbers as text: those of an object's own keys with a mark before them, deeper ones only where they have more
 * digits than a double. Gives how many of the deeper ones there were.
 */
async function quoteJsonNumbers(path: string, target: string): Promise<number> {
  const { encoding, text } = await readHead(path)
  /** A list of objects is one level deeper than a line with one. */
  const ownDepth = text
    .replace(/^\uFEFF/, '')
    .trimStart()
    .startsWith('[')
    ? 2
    : 1
  let depth = 0
  let deeper = 0
  const quote = (token: string): string => {
    if (token === '{' || token === '[') depth += 1
    else if (token === '}' || token === ']') depth -= 1
    else if (token.startsWith('"')) return token
    else if (depth === ownDepth) return `"\\u0002${token}"`
    else if (/\./.test(token) && token.replaceAll(/[^0-9]/g, '').length > safeDigits && !/e/i.test(token)) {
      deeper += 1
      return `"${token}"`
    }
    return token
  }
  async function* pieces(): AsyncGenerator<string> {
    let rest = ''
    for await (const piece of readText(path, encoding)) {
      const text = rest + piece
      // No token crosses the end of a line.
      const end = text.lastIndexOf('\n') + 1
      rest = text.slice(end)
      yield text.slice(0, end).replaceAll(tokens, quote)
    }
    yield rest.replaceAll(tokens, quote)
  }
  await pipeline(pieces(), createWriteStream(target))
  return deeper
}

const tokens = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|[{}[\]]/g
