import { shownOfSome, shown } from './aliases.ts'
import { floating, type OutputColumn } from './emitted.ts'
import { nameOf, ownName } from './identifiers.ts'
import { bodyIf, cannotRun, fields, listOf, type Node, optional } from './syntax.ts'
import type { EmittedQuery, Translator } from './translator.ts'

/** `WITH …` in DuckDB's dialect and the scope behind it. RECURSIVE is set where a query reads itself, written or not. */
export function withClause(node: Node, t: Translator): { readonly text: string; readonly inner: Translator } {
  if (optional(node) === null) return { text: '', inner: t }
  const parts = fields(node, 'WITH', ['recursive', 'cte_tables'])
  const ctes = new Map(t.scope.ctes)
  const texts: string[] = []
  let recursive = false
  for (const table of listOf(parts['cte_tables'])) {
    const { alias, query: body } = fields(table, 'a common table expression', ['alias', 'query'])
    const { name, columns } = fields(alias, 'a common table expression', ['name', 'columns', 'explicit'])
    const cteName = nameOf(name)
    const names = listOf(columns).map((column) => nameOf(fields(column, 'a column', ['name'])['name']))
    const inside = t.inside({ ctes: new Map(ctes) })
    const anchor = anchorOf(body, cteName)
    if (anchor !== null) {
      recursive = true
      const first = renamed(inside.query({ body: anchor }), names)
      ctes.set(cteName, loosened(first))
    }
    const q = renamed(t.inside({ ctes: new Map(ctes), anchor }).query(body), names)
    if (anchor !== null)
      refuseGrowth(body, t, new Map([...ctes, [cteName, renamed(inside.query({ body: anchor }), names)]]))
    ctes.set(cteName, anchor === null ? q : loosened(q))
    texts.push(`${ownName(cteName)}${names.length > 0 ? `(${names.map(ownName).join(', ')})` : ''} AS (${q.text})`)
  }
  refuseShadowing(recursive, listOf(parts['cte_tables']))
  return { text: `WITH ${recursive ? 'RECURSIVE ' : ''}${texts.join(', ')} `, inner: t.inside({ ctes }) }
}

/** The first branch of a recursive query, whose name its second branch reads; null where it is not recursive. */
function anchorOf(body: Node, name: string): Node {
  const operation = bodyIf((body as { readonly body?: Node }).body, 'SetOperation')
  if (operation === undefined || !reads(body, name)) return null
  return fields(operation, 'a set operation', operationParts)['left'] ?? null
}

/** The first branch fixes how many digits a column has; DuckDB would round the rows of the second. Floating point holds any. */
function refuseGrowth(body: Node, t: Translator, ctes: ReadonlyMap<string, EmittedQuery>): void {
  const first = fields(
    bodyIf((body as { readonly body?: Node }).body, 'SetOperation'),
    'a set operation',
    operationParts,
  )
  const [left, right] = [first['left'], first['right']].map((side) => t.inside({ ctes }).query({ body: side }).columns)
  left?.forEach((column, i) => {
    const other = right?.[i]
    if (column.kind !== 'number' || column.scale === floating) return
    if (other?.kind === 'number' && other.scale !== column.scale)
      throw cannotRun('a recursive query whose numbers change their digits after the point')
  })
}

const operationParts = ['left', 'op', 'set_quantifier', 'right']

/** Whether a query reads a relation by that bare name anywhere. */
function reads(node: Node, name: string): boolean {
  if (Array.isArray(node)) return node.some((item) => reads(item, name))
  if (typeof node !== 'object' || node === null) return false
  const table = bodyIf(node, 'Table') as { readonly name?: Node } | undefined
  const path = listOf(table?.name)
  const identifier = path.length === 1 ? bodyIf(path[0], 'Identifier') : undefined
  if (identifier !== undefined && nameOf(identifier) === name) return true
  return Object.values(node).some((value) => reads(value, name))
}

/** In a recursive WITH, DuckDB takes a query that reads a table of its own name for recursive too. */
function refuseShadowing(recursive: boolean, tables: readonly Node[]): void {
  if (!recursive) return
  for (const table of tables) {
    const { alias, query: body } = table as { readonly alias: { readonly name: Node }; readonly query: Node }
    const name = nameOf(alias.name)
    if (reads(body, name) && anchorOf(body, name) === null)
      throw cannotRun(`${name} named like the table it reads, in a recursive WITH`)
  }
}

function renamed(q: EmittedQuery, names: readonly string[]): EmittedQuery {
  if (names.length === 0) return q
  const alias = { name: null, columns: names }
  const columns = q.columns === null ? null : shown(q.columns, alias)
  return { ...q, columns, known: columns ?? shownOfSome(q.known, alias) }
}

/** In a recursive query the first branch does not fix what a column holds, VARIANT apart. */
const loosened = (q: EmittedQuery): EmittedQuery => {
  const loose = (column: OutputColumn): OutputColumn => ({
    ...column,
    kind: column.kind === 'json' ? 'json' : 'unknown',
    scale: null,
  })
  return { ...q, columns: q.columns?.map(loose) ?? null, known: q.known.map(loose) }
}
