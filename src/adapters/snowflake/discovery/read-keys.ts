import type { ForeignKey } from '../../../core/catalog/catalog.ts'
import { showCap, showKeys, type SchemaPlace } from './account-statements.ts'
import { isOneStatements, type AskAccount } from './ask-account.ts'
import { eachRow, type RowReader } from './result-rows.ts'

/** The keys that the tables of a schema declare; Snowflake does not enforce them, so they are hints. */
export interface SchemaKeys {
  readonly primaryKeys: ReadonlyMap<string, readonly string[]>
  readonly foreignKeys: ReadonlyMap<string, readonly ForeignKey[]>
  /** True where a list of keys was cut off or could not be read. */
  readonly isPartial: boolean
}

/** One column of one key. */
interface KeyPart {
  readonly table: string
  readonly key: string
  readonly sequence: number
  readonly row: RowReader
}

/** Reads primary, unique and imported keys. A unique key stands in where a table declares no primary one. */
export async function readKeys(ask: AskAccount, place: SchemaPlace): Promise<SchemaKeys> {
  const primary = await keyParts(ask, place, 'PRIMARY', ['table_name', 'constraint_name'])
  const unique = await keyParts(ask, place, 'UNIQUE', ['table_name', 'constraint_name'])
  const imported = await keyParts(ask, place, 'IMPORTED', ['fk_table_name', 'fk_name'])
  const primaryKeys = new Map<string, readonly string[]>()
  for (const parts of [...keysOf(unique.parts).toReversed(), ...keysOf(primary.parts)])
    primaryKeys.set(
      parts[0]?.table ?? '',
      parts.map(({ row }) => row('column_name') ?? ''),
    )
  const foreignKeys = new Map<string, ForeignKey[]>()
  for (const parts of keysOf(imported.parts)) addForeignKey(foreignKeys, parts)
  return { primaryKeys, foreignKeys, isPartial: [primary, unique, imported].some(({ isPartial }) => isPartial) }
}

async function keyParts(
  ask: AskAccount,
  place: SchemaPlace,
  kind: 'PRIMARY' | 'IMPORTED' | 'UNIQUE',
  [tableColumn, keyColumn]: readonly [string, string],
): Promise<{ readonly parts: readonly KeyPart[]; readonly isPartial: boolean }> {
  const parts: KeyPart[] = []
  try {
    const result = await ask(showKeys(kind, place))
    await eachRow(result, (row) => {
      parts.push({
        table: row(tableColumn) ?? '',
        key: row(keyColumn) ?? '',
        sequence: Number(row('key_sequence') ?? 0),
        row,
      })
    })
    return { parts, isPartial: result.rows.length >= showCap }
  } catch (error) {
    if (!isOneStatements(error)) throw error
    return { parts, isPartial: true }
  }
}

/** The parts of each key, in the key's order; keys in the order of their names, so that the first is always the same one. */
function keysOf(parts: readonly KeyPart[]): readonly (readonly KeyPart[])[] {
  const byKey = Map.groupBy(parts, ({ table, key }) => JSON.stringify([table, key]))
  return [...byKey]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, key]) => key.toSorted((a, b) => a.sequence - b.sequence))
}

function addForeignKey(found: Map<string, ForeignKey[]>, parts: readonly KeyPart[]): void {
  const [first] = parts
  const target = first?.row('pk_table_name') ?? ''
  if (first === undefined || target === '') return
  const keys = found.get(first.table) ?? []
  keys.push({
    columns: parts.map(({ row }) => row('fk_column_name') ?? ''),
    target: {
      database: first.row('pk_database_name') ?? '',
      schema: first.row('pk_schema_name') ?? '',
      name: target,
    },
    targetColumns: parts.map(({ row }) => row('pk_column_name') ?? ''),
  })
  found.set(first.table, keys)
}
