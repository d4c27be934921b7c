/** A table reference as written; parts that were left out are empty. */
export interface TouchedTable {
  readonly database: string
  readonly schema: string
  readonly name: string
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/**
 * The table references in a statement that DuckDB serialised, one entry an occurrence. A bare name that some CTE also has is
 * left out: right for estimates and messages, not for judging.
 */
export function touchedTables(serialized: string): readonly TouchedTable[] {
  const found: TouchedTable[] = []
  const ctes = new Set<string>()
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) {
      for (const item of node) visit(item)
      return
    }
    if (typeof node !== 'object' || node === null) return
    const fields = node as Readonly<Record<string, unknown>>
    if (fields['type'] === 'BASE_TABLE') {
      found.push({
        database: text(fields['catalog_name']),
        schema: text(fields['schema_name']),
        name: text(fields['table_name']),
      })
    }
    for (const name of cteNames(fields['cte_map'])) ctes.add(name)
    for (const value of Object.values(fields)) visit(value)
  }
  visit(JSON.parse(serialized))
  return found.filter((table) => table.schema !== '' || !ctes.has(table.name.toUpperCase()))
}

function cteNames(cteMap: unknown): readonly string[] {
  const entries = (cteMap as { readonly map?: unknown } | null | undefined)?.map
  if (!Array.isArray(entries)) return []
  return entries.map((entry: { readonly key?: unknown }) => text(entry.key).toUpperCase())
}
