import { aliasOf, aliasText, type Alias, type EmittedRelation, shown } from './aliases.ts'
import { declaredColumns } from './declared-columns.ts'
import { nameOf, quoted } from './identifiers.ts'
import { pivot, unpivot } from './pivot.ts'
import { bodyIf, cannotRun, fields, integerLiteral, listOf, type Node, optional, tagged, textOf } from './syntax.ts'
import { tableFunction } from './table-functions.ts'
import type { OutputColumn } from './output-column.ts'
import type { EmittedQuery, Relation, Translator } from './translator.ts'
import { valuesQuery } from './values.ts'

type Joins = (
  node: Node,
  t: Translator,
  before: readonly Relation[],
) => { readonly text: string; readonly relations: readonly Relation[] }

const known = (name: string | null, columns: readonly OutputColumn[], complete: boolean): Relation => ({
  name,
  known: columns,
  complete,
  positional: false,
  rowNumber: null,
})

/** A table, subquery, table function, … `lateral` sees the entries before it, `outer` does not. */
export function relation(node: Node, lateral: Translator, outer: Translator, joins: Joins): EmittedRelation {
  const [tag, body] = tagged(node)
  switch (tag) {
    case 'Table':
      return table(body, lateral)
    case 'Derived':
      return derived(body, lateral, outer)
    case 'Function':
    case 'TableFunction':
      return tableFunction(tag, body, lateral)
    case 'NestedJoin': {
      const { table_with_joins: inner, alias } = fields(body, 'a join', ['table_with_joins', 'alias'])
      if (optional(alias) !== null) throw cannotRun('an alias on a join')
      const made = joins(inner, outer, [])
      return { text: `(${made.text})`, relations: made.relations, lateral: false }
    }
    case 'Pivot':
    case 'Unpivot': {
      const { table: source } = body as { readonly table: Node }
      const made = relation(source, lateral, outer, joins)
      return tag === 'Pivot' ? pivot(body, made, outer) : unpivot(body, made)
    }
    default:
      throw cannotRun(`${tag} in FROM`)
  }
}

function table(node: Node, t: Translator): EmittedRelation {
  const parts = fields(node, 'a table', ['name', 'alias', 'sample'])
  const path = listOf(parts['name']).map((part) => {
    const identifier = bodyIf(part, 'Identifier')
    if (identifier === undefined) throw cannotRun('this table name')
    return nameOf(identifier)
  })
  const alias = aliasOf(parts['alias'])
  const name = path.at(-1) ?? ''
  const cte = path.length === 1 ? t.scope.ctes.get(name) : undefined
  const { database } = t.declared
  const full = path.length === 2 && database !== null ? [database, ...path] : path
  const text = `${full.map(quoted).join('.')}${aliasText(alias)}${sampleText(parts['sample'])}`
  const columns = cte === undefined ? declaredColumns(path, t.declared) : cte.columns
  const named = columns === null ? (cte?.known ?? []) : shown(columns, alias)
  return { text, relations: [known(alias.name ?? name, named, columns !== null)], lateral: false }
}

/** `SAMPLE (10)` is a percentage of rows, `SAMPLE (10 ROWS)` a number of them. */
function sampleText(node: Node): string {
  if (optional(node) === null) return ''
  const sample = fields(bodyIf(node, 'AfterTableAlias') ?? bodyIf(node, 'BeforeTableAlias'), 'SAMPLE', [
    'modifier',
    'name',
    'quantity',
  ])
  const method = optional(sample['name'])
  if (method !== null && !['Bernoulli', 'Row'].includes(textOf(method, 'SAMPLE')))
    throw cannotRun(`SAMPLE ${textOf(method, '')}`)
  const { value, unit } = fields(sample['quantity'], 'SAMPLE', ['parenthesized', 'value', 'unit'])
  const amount = integerLiteral(value)
  if (amount === null) throw cannotRun('SAMPLE of a computed size')
  return optional(unit) === 'Rows' ? ` TABLESAMPLE reservoir(${amount} ROWS)` : ` TABLESAMPLE bernoulli(${amount}%)`
}

function derived(node: Node, lateral: Translator, outer: Translator): EmittedRelation {
  const parts = fields(node, 'a subquery', ['lateral', 'subquery', 'alias', 'sample'])
  const alias = aliasOf(parts['alias'])
  const isLateral = parts['lateral'] === true
  const rows = bodyIf((parts['subquery'] as { readonly body?: Node }).body, 'Values')
  const positional = rows !== undefined
  const q = queryIn(parts['subquery'], rows, alias, isLateral ? lateral : outer)
  const columns = shown(q.known, q.columns === null ? { ...alias, columns: [] } : alias)
  const text = `${isLateral ? 'LATERAL ' : ''}(${q.text})${aliasText(alias)}${sampleText(parts['sample'])}`
  return { text, relations: [{ ...known(alias.name, columns, q.columns !== null), positional }], lateral: false }
}

function queryIn(subquery: Node, rows: Node, alias: Alias, t: Translator): EmittedQuery {
  if (rows === undefined) return t.query(subquery)
  fields(subquery, 'VALUES', ['body'])
  return valuesQuery(rows, t, alias.columns)
}
