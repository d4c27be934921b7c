import type { OutputColumn } from './emitted.ts'
import { nameOf, ownName } from './identifiers.ts'
import { fields, listOf, type Node, optional } from './syntax.ts'
import type { Relation } from './translator.ts'

/** One entry of a FROM clause in DuckDB's dialect. */
export interface EmittedRelation {
  readonly text: string
  readonly relations: readonly Relation[]
  /** Reads the entries before it, so a JOIN needs LATERAL. */
  readonly lateral: boolean
}

/** An alias with its column names. */
export interface Alias {
  readonly name: string | null
  readonly columns: readonly string[]
}

export function aliasOf(node: Node): Alias {
  if (optional(node) === null) return { name: null, columns: [] }
  const { name, columns } = fields(node, 'an alias', ['name', 'columns', 'explicit'])
  return {
    name: nameOf(name),
    columns: listOf(columns).map((column) => nameOf(fields(column, 'an alias', ['name'])['name'])),
  }
}

export const aliasText = (alias: Alias): string =>
  alias.name === null
    ? ''
    : ` AS ${ownName(alias.name)}${alias.columns.length > 0 ? `(${alias.columns.map(ownName).join(', ')})` : ''}`

/** The columns of a query as an aliased relation shows them. */
export const shown = (columns: readonly OutputColumn[], alias: Alias): readonly OutputColumn[] =>
  columns.map((column, i) => {
    const name = alias.columns[i]
    return name === undefined ? column : { name, kind: column.kind, scale: column.scale }
  })

/** The same where only some columns are known: what the alias names is, from the first column on. */
export const shownOfSome = (columns: readonly OutputColumn[], alias: Alias): readonly OutputColumn[] =>
  alias.columns.length === 0 ? columns : alias.columns.map((name) => ({ name, kind: 'unknown', scale: null }))
