import type { Catalog, CatalogTable } from '../catalog/catalog.ts'
import type { Connections } from '../ports/connections.ts'

/** Comments and keys of a database, by the names of its tables and columns in any case. */
export interface SchemaDescription {
  readonly tables: readonly {
    readonly name: string
    readonly comment: string | null
    readonly columns: readonly { readonly name: string; readonly comment: string | null }[]
    readonly primaryKey: readonly string[]
    readonly foreignKeys: readonly { readonly column: string; readonly table: string; readonly target: string }[]
  }[]
}

interface Description {
  readonly schema: SchemaDescription | null
  readonly withSamples: boolean
}

/** The same connections with descriptions added to their catalogs, and values hidden from writers where that is asked for: none sampled, none probed. */
export function describeConnections(connections: Connections, description: Description): Connections {
  if (description.schema === null && description.withSamples) return connections
  // Search indexes are cached by catalog object, so each catalog is described once.
  const described = new WeakMap<Catalog, Catalog>()
  const describe = (catalog: Catalog): Catalog => {
    const known = described.get(catalog) ?? describeCatalog(catalog, description)
    described.set(catalog, known)
    return known
  }
  return {
    ...connections,
    async open(caller, ref, signal) {
      const opened = await connections.open(caller, ref, signal)
      return {
        ...opened,
        policy: description.withSamples ? opened.policy : { ...opened.policy, samplesToModel: false, probing: 'off' },
        catalog: async (...given) => describe(await opened.catalog(...given)),
      }
    },
  }
}

function describeCatalog(catalog: Catalog, { schema, withSamples }: Description): Catalog {
  const described = catalog.tables.map((table) => (schema === null ? table : describeTable(table, catalog, schema)))
  if (withSamples) return { ...catalog, tables: described }
  const hidden = described.map((table) => ({
    ...table,
    columns: table.columns.map((column) => ({ ...column, samples: [], samplesComplete: false })),
  }))
  return { ...catalog, tables: hidden }
}

function describeTable(table: CatalogTable, catalog: Catalog, { tables }: SchemaDescription): CatalogTable {
  const described = tables.find(({ name }) => isCalled(table, name))
  if (described === undefined) return table
  const stored = (name: string, of: CatalogTable = table): string =>
    of.columns.find((column) => isCalled(column, name))?.name ?? name
  const foreignKeys = described.foreignKeys.flatMap(({ column, table: name, target }) => {
    const to = catalog.tables.find((other) => other.schema === table.schema && isCalled(other, name))
    if (to === undefined) return []
    const { database, schema } = to
    return [
      {
        columns: [stored(column)],
        target: { database, schema, name: to.name },
        targetColumns: [stored(target, to)],
      },
    ]
  })
  return {
    ...table,
    comment: table.comment ?? described.comment,
    columns: table.columns.map((column) => ({
      ...column,
      comment: column.comment ?? described.columns.find(({ name }) => isCalled(column, name))?.comment ?? null,
    })),
    primaryKey: table.primaryKey.length > 0 ? table.primaryKey : described.primaryKey.map((name) => stored(name)),
    foreignKeys: [...table.foreignKeys, ...foreignKeys],
  }
}

const isCalled = (stored: { readonly name: string }, name: string): boolean =>
  stored.name.toLowerCase() === name.toLowerCase()
