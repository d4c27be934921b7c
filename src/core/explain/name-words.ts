import { columnWords } from '../../contract/words/columns.ts'
import { plural } from '../catalog/display-words.ts'
import type { Tree, TreeNode } from '../guard/trees/tree.ts'
import { shownName } from './tagged.ts'
import type { TypedColumn, TypedTable } from './typed-tables.ts'
import { onOneLine, type NameWords } from './words.ts'

/** The names of a query, as its tree has them. */
export interface Names {
  /** Column names with the qualifiers they occur with. */
  readonly holders: Map<string, Set<string>>
  /** Table names with the aliases they occur under. */
  readonly aliases: Map<string, Set<string>>
  /** Aliases (or names) with the typed tables behind them; null for a table whose columns are not known. */
  readonly sources: Map<string, (TypedTable | null)[]>
  /** Expressions by the alias that a SELECT gives them. */
  readonly derived: Map<string, Tree[]>
  makesNulls: boolean
}

interface Holder {
  readonly alias: string
  readonly table: TypedTable
  readonly column: TypedColumn
}

/** Words that say only together with their table what they are: the region name. */
const vague = /^(?:name|title|label|description|code|number|id|key|type|status|comment|note)$/
/** Words that would read as a part of the sentence around them: "where is remote is true", "the year of rated at". */
const verbal =
  /(?: |^)(?:at|on|by|in|of|to|for|with|from|am)$|^\w+ed$|^(?:is|has|have|was|were|are|can|should|does|did|do|had|will|with|without|in|on|at|by|not|no|any)(?: |$)/

export function makeNameWords(names: Names): NameWords {
  const isWorded = [...names.sources.values()].flat().some((table) => table?.words !== undefined)
  let scope: readonly string[] = []
  const everywhere = (): readonly string[] => [...names.sources.keys()]

  const holdersAmong = (aliases: readonly string[], name: string): readonly Holder[] =>
    aliases.flatMap((alias) => {
      const tables = new Set(names.sources.get(alias))
      const [table] = tables
      // An alias that stands for different tables in different parts of the query says nothing here.
      if (tables.size !== 1 || table === undefined || table === null) return []
      return table.columns.filter((one) => stored(one.name) === name).map((column) => ({ alias, table, column }))
    })

  /** The stored column that a node means for certain. */
  const holderOf = (node: TreeNode): Holder | null => {
    const name = shownName(node, 'name')
    const qualifier = shownName(node, 'table')
    if (name === null || (qualifier === null && names.derived.has(name))) return null
    const near = holdersAmong(qualifier === null ? scope : [qualifier], name)
    const found = near.length > 0 || qualifier !== null ? near : holdersAmong(everywhere(), name)
    const tables = new Set(found.map(({ table }) => table))
    return tables.size === 1 ? (found[0] ?? null) : null
  }

  const isStoredWord = (words: string): boolean =>
    [...names.sources.values()].flat().some((table) => table?.columns.some((one) => one.words === words))

  const alias = (name: string): string | null => {
    const words = isWorded && !name.startsWith('"') ? columnWords(name) : null
    return words === null || isStoredWord(words) || verbal.test(words) ? null : words
  }

  const bareColumn = (node: TreeNode): string | null => {
    const holder = holderOf(node)
    const words = holder?.column.words
    if (holder === null || words === undefined || words === '') return null
    return holder.table.columns.filter((one) => one.words === words).length === 1 ? onOneLine(words) : null
  }

  /** The column with its table, where it is vague alone or another table of the same SELECT has a column of the same words. */
  const inTable = ({ alias: own, table }: Holder, words: string): string => {
    const near = scope.length === 0 ? everywhere() : scope
    const others = near.filter((other) => other !== own && holdsWords(other, words))
    const one = table.words?.one ?? table.name
    if (others.some((other) => (names.sources.get(other) ?? []).includes(table))) return `${words} of the ${one} ${own}`
    if (words.includes(one)) return words
    return vague.test(words) ? `${one} ${words}` : others.length === 0 ? words : `${words} of the ${one}`
  }

  const holdsWords = (alias: string, words: string): boolean =>
    (names.sources.get(alias) ?? []).some((table) => table?.columns.some((column) => column.words === words) === true)

  const isDerived = (node: TreeNode): string | null => {
    const name = shownName(node, 'name')
    if (name === null || !names.derived.has(name) || holdersAmong(everywhere(), name).length > 0) return null
    return alias(name)
  }

  return {
    alias,
    bareColumn,
    column: (node) => {
      const holder = holderOf(node)
      const words = bareColumn(node)
      if (holder === null || words === null) {
        const given = isDerived(node)
        return given === null ? null : `the ${given}`
      }
      return verbal.test(words) ? `"${words}"` : `the ${inTable(holder, words)}`
    },
    label: (node) => {
      const [holder, words] = [holderOf(node), bareColumn(node)]
      if (holder === null || words === null) return null
      // Of a single table everything is its own, but whose name it is must be said.
      return scope.length === 1 && words !== 'name' ? words : inTable(holder, words)
    },
    values: (node) => {
      const words = bareColumn(node)
      const many = words === null || verbal.test(words) ? '' : plural(words)
      return many === '' || many.endsWith(' records') ? null : many
    },
    columns: (name) => {
      const [table, ...others] = new Set(names.sources.get(name))
      return others.length > 0 ? [] : (table?.columns ?? []).flatMap((column) => stored(column.name) ?? [])
    },
    rows: (name) => {
      const tables = new Set(names.sources.get(name))
      const [table] = tables
      return tables.size === 1 ? (table?.words?.rows ?? null) : null
    },
    within: (aliases, say) => {
      const outer = scope
      scope = aliases
      try {
        return say()
      } finally {
        scope = outer
      }
    },
  }
}

/** A stored name as the tree would show it. */
export const stored = (name: string): string | null => shownName({ n: { name, quoted: true } }, 'n')
