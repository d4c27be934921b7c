import { setImmediate } from 'node:timers/promises'
import type { CatalogColumn, CatalogTable, ForeignKey } from '../../../core/catalog/catalog.ts'
import type { CatalogScope, CatalogStore } from '../../../core/ports/catalog-store.ts'
import { type KnownAccount, type KnownSchema, type KnownTable, nothingKnown, schemaKey } from './account-state.ts'

/** The known state of one scope, in memory and in the store. */
interface StoredAccount {
  /** Reads the store once; later calls resolve at once. */
  load(): Promise<void>
  account(): KnownAccount
  isComplete(): boolean
  /** Replaces the state in memory; `save` stores it. */
  take(account: KnownAccount): void
  /** Records whether the last finished reading left nothing out. */
  setComplete(isComplete: boolean): void
  /** Stores what is known. One save at a time. */
  save(): Promise<void>
}

/** Makes the state of one scope. When another process stored a newer version meanwhile, ours replaces it: both describe the same account. */
export function makeStoredAccount(scope: CatalogScope, store: CatalogStore, now: () => number): StoredAccount {
  let known = nothingKnown
  let version: number | null = null
  let isComplete = false
  let loading: Promise<void> | null = null
  let saving: Promise<void> = Promise.resolve()

  const read = async (): Promise<void> => {
    const stored = await store.read(scope)
    if (stored === null) return
    version = stored.version
    const account = await readAccount(stored.json)
    if (account === null) return
    known = account
    isComplete = stored.isComplete
  }

  const write = async (): Promise<void> => {
    const readAt = new Date(known.comparedAt ?? now()).toISOString()
    const catalog = { json: await writeAccount(known), isComplete, readAt }
    const expected = (version ?? 0) + 1
    version = await store.write(scope, catalog, version)
    if (version > expected) version = await store.write(scope, catalog, version)
  }

  return {
    load() {
      loading ??= read().catch((error: unknown) => {
        loading = null
        throw error
      })
      return loading
    },
    account: () => known,
    isComplete: () => isComplete,
    take(account) {
      known = account
    },
    setComplete(yes) {
      isComplete = yes
    },
    save() {
      const next = saving.then(write)
      saving = next.catch(() => undefined)
      return next
    },
  }
}

/** The version of the line format below. */
const format = 1
/** Tables in one line: parsing a line must not block the event loop noticeably. */
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

/** Serialises an account as lines of JSON, yielding to the event loop between slices. */
async function writeAccount({ schemas, ...head }: KnownAccount): Promise<string> {
  const lines = [JSON.stringify({ format, ...head } satisfies FirstLine)]
  for (const schema of schemas) lines.push(await schemaLines(schema))
  return lines.join('\n')
}

/** Parses what `writeAccount` made. Null for a damaged text or another format version: the account is then read anew. */
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
