import type { OffsetMap } from '../trees/offset-map.ts'
import { isNode, nodeIn } from '../trees/tree.ts'
import type { Tree } from '../trees/tree.ts'
import { fold } from '../trees/tree-facts.ts'
import type { TableRef } from '../trees/tree-facts.ts'
import type { CatalogIndex, NamedTable } from './catalog-index.ts'
import { tableFault } from './name-faults.ts'
import { mostFaults } from './resolution.ts'
import type { NameFault, Resolution } from './resolution.ts'
import { resolveExpression } from './resolve-expression.ts'
import { resolveQuery } from './resolve-query.ts'

/** The result of resolving a statement's names. */
export interface NameFacts {
  readonly tables: readonly NamedTable[]
  /** Names that are not in the catalog; none without one. */
  readonly faults: readonly NameFault[]
  readonly unboundedRows: string | null
}

/**
 * Resolves every table and column of sqlparser's tree by Snowflake's rules; without an index names are taken as written. `named` lists all tables
 * of the tree, including those in clauses whose columns are not resolved (AT, DEFINE).
 */
export function resolveNames(
  statement: Tree,
  named: readonly TableRef[],
  index: CatalogIndex | null,
  offsets: OffsetMap,
): NameFacts {
  const read = new Set<string>()
  const resolution: Resolution = {
    index,
    offsets,
    tables: [],
    faults: [],
    unboundedRows: null,
    resolveQuery: (query, ctes, outer) => resolveQuery(resolution, query, ctes, outer),
    resolveExpression: (tree, ctes, scope) => resolveExpression(resolution, tree, ctes, scope),
    resolveTable(ref) {
      read.add(placeOf(ref))
      return resolveTable(resolution, ref)
    },
  }
  const query = isNode(statement) ? nodeIn(statement, 'Query') : null
  if (query !== null) resolution.resolveQuery(query, new Map(), null)
  for (const ref of named) if (!read.has(placeOf(ref))) resolveTable(resolution, ref)
  return resolution
}

const placeOf = ({ parts, span }: TableRef): string => `${parts.map(fold).join('.')}@${span?.start}-${span?.end}`

function resolveTable(resolution: Resolution, ref: TableRef): NamedTable | null {
  const names = ref.parts.map(fold)
  const { index, tables } = resolution
  const table = findTable(names, index)
  if (table === dual) return dual
  if (table !== null) tables.push(table)
  else if (index !== null && resolution.faults.length <= mostFaults) resolution.faults.push(tableFault(ref, index))
  return table
}

function findTable(names: readonly string[], index: CatalogIndex | null): NamedTable | null {
  if (names.length === 1 && names[0] === 'DUAL') return dual
  return index === null ? asWritten(names) : (index.find(names) ?? metadataView(names, index))
}

/** A view of INFORMATION_SCHEMA, which every database has and no catalog lists. It shows what the role itself may see. */
function metadataView(names: readonly string[], index: CatalogIndex): NamedTable | null {
  const [name = '', schema, database = index.defaults.database] = names.toReversed()
  const isView = schema === 'INFORMATION_SCHEMA' && database !== null && index.databases.has(database)
  return isView ? { database, schema, name, columns: [] } : null
}

function asWritten(names: readonly string[]): NamedTable {
  const [name = '', schema = '', database = ''] = names.toReversed()
  return { database, schema, name, columns: [] }
}

/** Snowflake's own table of one row. */
const dual: NamedTable = { database: '', schema: '', name: 'DUAL', columns: ['DUMMY'] }
