import { isKeyWord, isOwnKey, isSaid, keyColumnOf } from './key-column.ts'
import { separate } from './split-name.ts'
import { rootOf, singular } from './word-forms.ts'
import type { NamedCatalog, NamedColumn, NamedTable } from './named-catalog.ts'

/** A foreign key: columns of `from` (many rows) that refer to a row of `to` (one row). */
export interface JoinEdge {
  readonly from: NamedTable
  readonly to: NamedTable
  readonly columns: readonly string[]
  readonly targetColumns: readonly string[]
  /** Declared in the warehouse, or inferred from names, types and sampled values. */
  readonly declared: boolean
  /** 1 for a certain join, more for a less certain one. */
  readonly cost: number
}

const nameWords = new Set(['name'])
/** Column names too general to infer a join from. */
const generalWords = new Set(
  'name description status type date comment title note remark address phone email age gender sex amount price total quantity year month day ' +
    'detail other detail result value rank count rating'.split(' '),
)

/** All joins between tables of one schema: declared keys and, for columns without one, keys inferred from names and values. */
export function findJoinEdges(named: NamedCatalog): readonly JoinEdge[] {
  const bySchema = Map.groupBy(named.tables, (t) => `${t.table.database}\u0000${t.table.schema}`)
  const byName = new Map(named.tables.map((t) => [nameKey(t.table), t]))
  const edges: JoinEdge[] = []
  for (const tables of bySchema.values()) {
    const owners = makeOwners(tables)
    const found: JoinEdge[] = [...pairsOf(tables)]
    for (const table of tables) {
      const declared = declaredEdges(table, byName)
      const covered = new Set(declared.flatMap((edge) => edge.columns))
      const open = table.columns.filter((c) => !covered.has(c.column.name))
      for (const edge of [declared, open.flatMap((c) => owners.of(c))].flat()) found.push(edge)
    }
    for (const edge of [found, linksOf(tables, found)].flat()) edges.push(edge)
  }
  return edges
}

const nameKey = (name: { readonly database: string; readonly schema: string; readonly name: string }): string =>
  `${name.database}\u0000${name.schema}\u0000${name.name}`

function declaredEdges(table: NamedTable, byName: ReadonlyMap<string, NamedTable>): readonly JoinEdge[] {
  return table.table.foreignKeys.flatMap((key) => {
    const to = byName.get(nameKey(key.target))
    if (to === undefined) return []
    return [{ from: table, to, columns: key.columns, targetColumns: key.targetColumns, declared: true, cost: 1 }]
  })
}

/** The index key of a word, short enough to find its abbreviations. */
const startOf = (word: string | undefined): string => (word ?? '').slice(0, 3)

interface Owner {
  readonly table: NamedTable
  readonly key: NamedColumn
}

/** Finds the tables a column may refer to. */
function makeOwners(tables: readonly NamedTable[]) {
  const keyed = tables.flatMap((table): readonly Owner[] => {
    const key = keyColumnOf(table)
    return key === null ? [] : [{ table, key }]
  })
  const byLastWord = new Map<string, Owner[]>()
  for (const owner of keyed) {
    for (const last of new Set(owner.table.ways.map((way) => startOf(way.at(-1))))) {
      const known = byLastWord.get(last)
      if (known === undefined) byLastWord.set(last, [owner])
      else known.push(owner)
    }
  }
  const twins = Map.groupBy(
    tables.flatMap((t) =>
      t.columns.filter(
        (c) => c.kind === 'text' && c.unique && (c.ways[0] ?? []).some((word) => !generalWords.has(word)),
      ),
    ),
    (c) => c.ways[0]?.join(' ') ?? '',
  )
  const known = new Map<string, readonly Candidate[]>()
  const candidatesOf = (column: NamedColumn): readonly Candidate[] => {
    const key = [column.column.name, column.kind, ...column.ways.map((way) => way.join(' '))].join('\u0000')
    const found = known.get(key) ?? findCandidates(column, byLastWord)
    known.set(key, found)
    return found
  }
  const of = (column: NamedColumn): readonly JoinEdge[] => {
    const named = isOwnKey(column) ? [] : ownersByName(column, candidatesOf(column))
    if (named.length > 0) return named
    const same = (twins.get(column.ways[0]?.join(' ') ?? '') ?? []).filter((other) => isTwin(column, other))
    if (same.length > 0) return same.map((other) => edge(column, other.table, other, 1.6))
    return ownersByValues(column, keyed)
  }
  return { of }
}

/** A table that a column name may refer to, with the cost of the join. */
interface Candidate {
  readonly owner: Owner
  readonly cost: number
}

/** The tables a column name may refer to, each at its lowest cost. Depends on the name only, so it is cached by name. */
function findCandidates(column: NamedColumn, byLastWord: ReadonlyMap<string, readonly Owner[]>): readonly Candidate[] {
  const found = new Map<Owner, Candidate>()
  for (const way of column.ways) {
    for (const { base, extraCost } of basesOf(way, column)) {
      for (const owner of byLastWord.get(startOf(base.at(-1))) ?? []) {
        const match = matchCost(base, owner.table)
        if (match === null) continue
        const cost = match + extraCost
        if ((found.get(owner)?.cost ?? Number.POSITIVE_INFINITY) > cost) found.set(owner, { owner, cost })
      }
    }
  }
  return [...found.values()]
}

function ownersByName(column: NamedColumn, candidates: readonly Candidate[]): readonly JoinEdge[] {
  const fitting = candidates.filter(({ owner }) => owner.table !== column.table && fits(column, owner.key))
  const edges = fitting.map(({ owner, cost }) => edge(column, owner.table, owner.key, cost))
  const cheapest = edges.reduce((least, { cost }) => Math.min(least, cost), Number.POSITIVE_INFINITY)
  return edges.filter((e) => e.cost <= cheapest + 0.05)
}

/** The entity words of a column name: `customer_id` → customer; `Channel` → channel; `state_name` → state. */
function basesOf(
  way: readonly string[],
  column: NamedColumn,
): readonly { readonly base: readonly string[]; readonly extraCost: number }[] {
  const last = way.at(-1)
  if (isKeyWord(last)) return way.length > 1 ? [{ base: way.slice(0, -1), extraCost: 0 }] : []
  if (last !== undefined && nameWords.has(last) && way.length > 1) return [{ base: way.slice(0, -1), extraCost: 0.4 }]
  const isMany =
    separate(column.column.name).at(-1) !== last && singular(separate(column.column.name).at(-1) ?? '') === last
  return !isMany && (column.kind === 'number' || column.kind === 'text') ? [{ base: way, extraCost: 0.2 }] : []
}

/** 1 when the words are the table's name, more when only their ends agree (`billing address`, `channel` of `sales channel`); null otherwise. */
function matchCost(base: readonly string[], table: NamedTable): number | null {
  if (isSaid(table, base)) return 1
  const text = base.join(' ')
  if (table.ways.some((way) => text.endsWith(` ${way.join(' ')}`))) return 1.15
  return table.ways.some((way) => way.join(' ').endsWith(` ${text}`)) ? 1.3 : null
}

/** Whether a column may refer to a key: the types agree and, when sampled, at least half of the values occur. */
function fits(column: NamedColumn, key: NamedColumn): boolean {
  if (column.kind !== key.kind) return false
  if (!key.column.samplesComplete || column.column.samples.length === 0 || key.column.samples.length === 0) {
    return column.kind === 'number' || key.unique || isKeyWord(key.ways[0]?.at(-1))
  }
  return shareIn(column, key) >= 0.5
}

/** The share of one column's sampled values that occur in the other. */
function shareIn(column: NamedColumn, key: NamedColumn): number {
  const values = new Set(key.column.samples.map((v) => v.trim()))
  const own = column.column.samples
  return own.length === 0 ? 0 : own.filter((v) => values.has(v.trim())).length / own.length
}

function isTwin(column: NamedColumn, other: NamedColumn): boolean {
  if (other.table === column.table || column.kind !== other.kind) return false
  if (!other.unique || (column.unique && other.column.samples.length < column.column.samples.length)) return false
  return shareIn(column, other) >= 0.5
}

/** When names do not match: a key-like column whose sampled values all occur in exactly one key. */
function ownersByValues(column: NamedColumn, keyed: readonly Owner[]): readonly JoinEdge[] {
  if (!isKeyWord(column.ways[0]?.at(-1)) || column.column.samples.length < 3) return []
  if (isOwnKey(column) || column.ways[0]?.length === 1) return []
  const holders = keyed.filter(
    ({ table, key }) =>
      table !== column.table &&
      key.kind === column.kind &&
      key.column.samplesComplete &&
      shareIn(column, key) === 1 &&
      !isCounted(key),
  )
  const [only] = holders
  return only !== undefined && holders.length === 1 ? [edge(column, only.table, only.key, 1.8)] : []
}

/** One-to-one tables: same row count, a shared name word, and first key columns with the same sampled values. */
function pairsOf(tables: readonly NamedTable[]): readonly JoinEdge[] {
  const firsts = tables.flatMap((table) => {
    const [first] = table.columns
    return first !== undefined && first.kind === 'number' && isKeyWord(first.ways[0]?.at(-1)) ? [first] : []
  })
  const asMany = Map.groupBy(firsts, (column) => column.table.table.rowCount)
  return firsts.flatMap((column) =>
    (asMany.get(column.table.table.rowCount) ?? [])
      .filter((other) => isPair(column, other))
      .map((other) => edge(column, other.table, other, 1.7)),
  )
}

const fewestRowsOfPair = 20

function isPair(column: NamedColumn, other: NamedColumn): boolean {
  if (column.table === other.table || !(isBareKey(column) || isBareKey(other))) return false
  const words = column.table.ways[0] ?? []
  const rows = column.table.table.rowCount
  const alike =
    rows !== null && rows === other.table.table.rowCount && (other.table.ways[0] ?? []).some((w) => words.includes(w))
  const isSampled = column.column.samples.length > 0 && other.column.samples.length > 0
  return alike && (isSampled ? shareIn(column, other) === 1 : rows >= fewestRowsOfPair)
}

const isBareKey = (column: NamedColumn): boolean => column.ways.some((way) => way.length === 1 && isKeyWord(way[0]))

/** A table of keys only links rows of the schema's only entity table when its column names do not match it (`employee_id`, `manager_id`). */
function linksOf(tables: readonly NamedTable[], known: readonly JoinEdge[]): readonly JoinEdge[] {
  const entities = tables.flatMap((table) =>
    table.columns.filter((c) => c.kind === 'number' && isBareKey(c)).slice(0, 1),
  )
  const [only] = entities
  if (only === undefined || entities.length > 1) return []
  const joined = new Map(
    [...Map.groupBy(known, (e) => e.from)].map(([table, edges]) => [table, new Set(edges.flatMap((e) => e.columns))]),
  )
  return tables
    .filter(
      (table) =>
        table !== only.table &&
        table.columns.length >= 2 &&
        table.columns.every((c) => c.kind === 'number' && isKeyWord(c.ways[0]?.at(-1))),
    )
    .flatMap((table) => table.columns)
    .filter((column) => joined.get(column.table)?.has(column.column.name) !== true)
    .map((column) => edge(column, only.table, only, isCalledAfterOwn(column) ? 2.3 : 1.9))
}

/** Whether a link column is named after its own table (`friend_id` of `Friend`): it is the far end of the link. */
const isCalledAfterOwn = (column: NamedColumn): boolean => {
  const own = new Set(column.table.ways.flat().map(rootOf))
  return column.ways.some((way) => way.some((word) => own.has(rootOf(word))))
}

/** Whether a key counts up from one: then equal values elsewhere prove nothing. */
function isCounted(key: NamedColumn): boolean {
  const numbers = key.column.samples.map(Number)
  return Math.min(...numbers) <= 1 && Math.max(...numbers) <= numbers.length * 2
}

function edge(column: NamedColumn, to: NamedTable, key: NamedColumn, cost: number): JoinEdge {
  return {
    from: column.table,
    to,
    columns: [column.column.name],
    targetColumns: [key.column.name],
    declared: false,
    cost: 1 + (cost - 1) / 2,
  }
}
