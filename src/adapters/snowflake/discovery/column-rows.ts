import type { CatalogColumn } from '../../../core/catalog/catalog.ts'
import type { SmallResult } from '../snowflake-link.ts'
import { eachRow, readCount, readText, type RowReader } from './result-rows.ts'

/** Columns by table, with an entry for every table asked for. */
export type ColumnsByTable = ReadonlyMap<string, readonly CatalogColumn[]>

/** Turns results into columns of the tables asked for; rows of other tables are passed over. */
interface ColumnRows {
  ofInformationSchema(result: SmallResult, tables: readonly string[]): Promise<ColumnsByTable>
  ofShow(result: SmallResult, tables: readonly string[]): Promise<ColumnsByTable>
}

const noSamples: readonly string[] = []

/** Makes the reader. It interns type names: a catalog has a million columns and a few dozen types. */
export function makeColumnRows(): ColumnRows {
  const types = new Map<string, string>()
  const column = (row: RowReader, type: string, nullable: boolean): CatalogColumn => ({
    name: row('column_name') ?? '',
    type: types.get(type) ?? (types.set(type, type), type),
    nullable,
    comment: readText(row('comment')),
    samples: noSamples,
    samplesComplete: false,
  })
  return {
    ofInformationSchema: (result, tables) =>
      byTable(result, tables, (row) => column(row, informationType(row), row('is_nullable') !== 'NO')),
    ofShow: (result, tables) =>
      byTable(result, tables, (row) => {
        const { type, nullable } = shownType(row('data_type'))
        return column(row, type, nullable)
      }),
  }
}

async function byTable(
  result: SmallResult,
  tables: readonly string[],
  columnOf: (row: RowReader) => CatalogColumn,
): Promise<ColumnsByTable> {
  const found = new Map<string, CatalogColumn[]>(tables.map((table) => [table, []]))
  await eachRow(result, (row) => found.get(row('table_name') ?? '')?.push(columnOf(row)))
  return found
}

/** Maximum lengths, before and since Snowflake raised the limit; a column of such a length was declared without one. */
const longest = new Set([16_777_216, 134_217_728])
const longestBinary = new Set([8_388_608, 67_108_864])

/** The parts of a declared type. */
interface TypeParts {
  readonly name: string
  readonly length: number | null
  readonly precision: number | null
  readonly scale: number | null
}

/** A column's type as it would be declared, from a row of `INFORMATION_SCHEMA.COLUMNS`. */
const informationType = (row: RowReader): string =>
  declared({
    name: row('data_type') ?? 'VARIANT',
    length: readCount(row('character_maximum_length')),
    precision: readCount(row('numeric_precision')),
    scale: readCount(row('numeric_scale')) ?? readCount(row('datetime_precision')),
  })

/** A column's type and whether it may be null, from the JSON that `SHOW COLUMNS` gives. */
function shownType(json: string | null): { readonly type: string; readonly nullable: boolean } {
  const told = parsed(json)
  const count = (name: string): number | null => (typeof told[name] === 'number' ? told[name] : null)
  const name = typeof told['type'] === 'string' ? told['type'] : 'VARIANT'
  const vector = name === 'VECTOR' ? vectorType(told) : null
  return {
    type: vector ?? declared({ name, length: count('length'), precision: count('precision'), scale: count('scale') }),
    nullable: told['nullable'] !== false,
  }
}

function declared({ name, length, precision, scale }: TypeParts): string {
  switch (name) {
    case 'FIXED':
    case 'NUMBER':
      return precision === null ? 'NUMBER' : `NUMBER(${precision},${scale ?? 0})`
    case 'TEXT':
      return length === null || longest.has(length) ? 'VARCHAR' : `VARCHAR(${length})`
    case 'BINARY':
      return length === null || longestBinary.has(length) ? 'BINARY' : `BINARY(${length})`
    case 'REAL':
      return 'FLOAT'
    case 'TIME':
    case 'TIMESTAMP_NTZ':
    case 'TIMESTAMP_LTZ':
    case 'TIMESTAMP_TZ':
      return scale === null ? name : `${name}(${scale})`
    default:
      return name
  }
}

function vectorType(told: Readonly<Record<string, unknown>>): string | null {
  const { dimension, vectorElementType: element } = told
  const elementName = typeof element === 'object' && element !== null && 'type' in element ? element.type : null
  if (typeof dimension !== 'number' || typeof elementName !== 'string') return null
  return `VECTOR(${elementName === 'FIXED' ? 'INT' : 'FLOAT'}, ${dimension})`
}

/** The members of a JSON object; none for anything else, so that one unreadable column does not fail its table. */
function parsed(json: string | null): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(json ?? '{}')
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
