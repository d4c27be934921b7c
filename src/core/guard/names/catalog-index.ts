import type { TableName } from '../../../contract/turn-event.ts'
import { nearestNames } from './nearest-names.ts'

/** A table's names, as stored. */
export interface NamedTable extends TableName {
  readonly columns: readonly string[]
}

/** Where unqualified names are looked up. */
export interface NameDefaults {
  readonly database: string | null
  readonly schema: string | null
}

/** An index of a catalog for looking names up by Snowflake's rules. */
export interface CatalogIndex {
  readonly defaults: NameDefaults
  readonly databases: ReadonlySet<string>
  /** The table that folded parts name (1 to 3 of them), or null. */
  find(parts: readonly string[]): NamedTable | null
  /** Tables that match except for upper and lower case or a missing qualifier. */
  meant(parts: readonly string[]): readonly NamedTable[]
  /** Tables with a similar name, best first. */
  nearest(parts: readonly string[], limit: number): readonly NamedTable[]
  /** The columns of a table. The set is built once for each table. */
  columnsOf(table: NamedTable): ReadonlySet<string>
}

const keyOf = (parts: readonly string[]): string => JSON.stringify(parts)

export function makeCatalogIndex(tables: readonly NamedTable[], defaults: NameDefaults): CatalogIndex {
  const exact = new Map(tables.map((table) => [keyOf([table.database, table.schema, table.name]), table]))
  const byName = new Map<string, NamedTable[]>()
  for (const table of tables) {
    const name = table.name.toUpperCase()
    const same = byName.get(name)
    if (same === undefined) byName.set(name, [table])
    else same.push(table)
  }
  const columns = new Map<NamedTable, ReadonlySet<string>>()
  return {
    defaults,
    databases: new Set([
      ...tables.map((table) => table.database),
      ...(defaults.database === null ? [] : [defaults.database]),
    ]),
    find(parts) {
      const full = qualify(parts, defaults)
      return full === null ? null : (exact.get(keyOf(full)) ?? null)
    },
    meant(parts) {
      const same = byName.get((parts.at(-1) ?? '').toUpperCase()) ?? []
      return same.filter((table) => isMeant(table, parts))
    },
    nearest(parts, limit) {
      const wanted = (parts.at(-1) ?? '').toUpperCase()
      const near = nearestNames(wanted, byName.keys(), limit)
      return near.flatMap((name) => byName.get(name) ?? []).slice(0, limit)
    },
    columnsOf(table) {
      const known = columns.get(table) ?? new Set(table.columns)
      columns.set(table, known)
      return known
    },
  }
}

/** All three parts of a name; `db..name` means its schema PUBLIC. Null where a default is missing. */
function qualify(parts: readonly string[], defaults: NameDefaults): readonly string[] | null {
  const [name, schema = defaults.schema, database = defaults.database] = parts.toReversed()
  if (name === undefined || schema === null || database === null) return null
  return [database, schema === '' ? 'PUBLIC' : schema, name]
}

/** Whether the written qualifiers match except for upper and lower case. */
function isMeant(table: NamedTable, parts: readonly string[]): boolean {
  const [, schema, database] = parts.toReversed()
  const agrees = (written: string | undefined, stored: string) =>
    written === undefined || written === '' || written.toUpperCase() === stored.toUpperCase()
  return agrees(schema, table.schema) && agrees(database, table.database)
}
