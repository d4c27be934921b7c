import { setImmediate } from 'node:timers/promises'
import type { CatalogColumn, CatalogTable, ForeignKey } from '../../../core/catalog/catalog.ts'
import { nothingKnown, schemaKey, type KnownAccount, type KnownSchema, type KnownTable } from './account-state.ts'

/** Counts up when the lines below change their meaning. */
const format = 1
/** Tables in one line: few enough that parsing it holds nobody up. */
const tablesPerLine = 100

interface FirstLine extends Omit<KnownAccount, 'schemas'> {
  readonly format: number
}

type SchemaLine = Omit<KnownSchema, 'tables'> & { readonly tables: readonly TableCells[] }

type TableCells = readonly [
  name: string,
  kind: CatalogTable['kind'],
  comment: string | null,
  rowCount: number | null,
  bytes: number | null,
  createdOn: string | null,
  changedAt: string | null,
  columns: readonly ColumnCells[] | null,
  primaryKey: readonly string[],
  foreignKeys: readonly ForeignKey[],
]

type ColumnCells = readonly [name: string, type: string, nullable: 0 | 1, comment: string | null]

/** A known account as lines of JSON, made a slice at a time. */
export async function writeAccount({ schemas, ...head }: KnownAccount): Promise<string> {
  const lines = [JSON.stringify({ format, ...head } satisfies FirstLine)]
  for (const schema of schemas) lines.push(await schemaLines(schema))
  return lines.join('\n')
}

/** Reads what `writeAccount` made. Null where the text is damaged or of another format: the account is read anew. */
export async function readAccount(text: string): Promise<KnownAccount | null> {
  try {
    return await readLines(text)
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

async function schemaLines(schema: KnownSchema): Promise<string> {
  const { tables, ...head } = schema
  const lines: string[] = []
  for (let start = 0; start === 0 || start < tables.length; start += tablesPerLine) {
    const part = tables.slice(start, start + tablesPerLine).map(tableCells)
    lines.push(JSON.stringify({ ...head, tables: part } satisfies SchemaLine))
    await setImmediate()
  }
  return lines.join('\n')
}

async function readLines(text: string): Promise<KnownAccount | null> {
  const [first = '{}', ...lines] = text.split('\n')
  const head = JSON.parse(first) as Partial<FirstLine>
  if (head.format !== format) return null
  const schemas = new Map<string, KnownSchema & { readonly tables: KnownTable[] }>()
  const types = new Map<string, string>()
  for (const line of lines) {
    const { tables, ...place } = JSON.parse(line) as SchemaLine
    const schema = schemas.get(schemaKey(place)) ?? { ...place, tables: [] }
    schemas.set(schemaKey(place), schema)
    for (const cells of tables) schema.tables.push(knownTable(schema, cells, types))
    await setImmediate()
  }
  const { semanticViews, gaps, comparedAt } = { ...nothingKnown, ...head }
  return { schemas: [...schemas.values()], semanticViews, gaps, comparedAt }
}

const tableCells = ({ table, hasColumns, createdOn, changedAt }: KnownTable): TableCells => [
  table.name,
  table.kind,
  table.comment,
  table.rowCount,
  table.bytes ?? null,
  createdOn,
  changedAt,
  hasColumns ? table.columns.map(columnCells) : null,
  table.primaryKey,
  table.foreignKeys,
]

const columnCells = ({ name, type, nullable, comment }: CatalogColumn): ColumnCells => [
  name,
  type,
  nullable ? 1 : 0,
  comment,
]

const noSamples: readonly string[] = []

function knownTable({ database, schema }: KnownSchema, cells: TableCells, types: Map<string, string>): KnownTable {
  const [name, kind, comment, rowCount, bytes, createdOn, changedAt, columns, primaryKey, foreignKeys] = cells
  const once = (type: string): string => types.get(type) ?? (types.set(type, type), type)
  const table: CatalogTable = {
    database,
    schema,
    name,
    kind,
    comment,
    columns: (columns ?? []).map(([columnName, type, nullable, columnComment]) => ({
      name: columnName,
      type: once(type),
      nullable: nullable === 1,
      comment: columnComment,
      samples: noSamples,
      samplesComplete: false,
    })),
    primaryKey,
    foreignKeys,
    rowCount,
    bytes,
  }
  return { table, hasColumns: columns !== null, createdOn, changedAt }
}
