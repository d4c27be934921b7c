import type { NamedTable } from '../../catalog/named-catalog.ts'
import { isReserved, quoteName } from '../../catalog/sql-quoting.ts'

/** The fully qualified name of a table. */
export const qualifiedName = ({ table }: NamedTable): string =>
  [table.database, table.schema, table.name]
    .filter((part) => part !== '')
    .map(quoteName)
    .join('.')

/** Aliases for the tables of a query, from the first letters of their words. */
export function shortNames(
  tables: readonly NamedTable[],
  around: ReadonlySet<string>,
): ReadonlyMap<NamedTable, string> {
  const taken = new Set(around)
  const names = new Map<NamedTable, string>()
  for (const table of tables) {
    const initials = (table.ways[0] ?? ['t'])
      .map((word) =>
        word
          .normalize('NFD')
          .replace(/[^a-z]/g, '')
          .slice(0, 1),
      )
      .join('')
      .toUpperCase()
    const start = initials === '' || isReserved(initials) ? 'T' : initials
    let name = start
    for (let i = 2; taken.has(name); i += 1) name = `${start}${i}`
    taken.add(name)
    names.set(table, name)
  }
  return names
}
