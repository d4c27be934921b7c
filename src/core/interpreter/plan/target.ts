import { isKeyWord, isSaid, keyColumnOf } from '../../catalog/key-column.ts'
import type { JoinEdge } from '../../catalog/infer-keys.ts'
import type { JoinGraph } from '../../catalog/join-graph.ts'
import type { NamedColumn, NamedTable } from '../../catalog/named-catalog.ts'
import { singular } from '../../catalog/word-forms.ts'
import { tableOf } from '../linking/mention.ts'
import type { Candidate, ValueCandidate } from '../linking/mention.ts'
import type { Draft, Noun, NounRole } from '../reading/draft.ts'
import { isForeign, isKeyLike, isYear, labelsOf } from './table-roles.ts'

/** What a noun resolves to. */
export type Target = Exclude<Candidate, ValueCandidate> & {
  /** The key that names the table in a role ("supplier nation", "head"); left out where the table is named itself. */
  readonly via?: JoinEdge
}

/** The cost of the worst match, in joins. */
export const matchWeight = 4

/** Whether a noun only qualifies another one. */
export const isQualifier = (noun: Noun, draft: Draft): boolean =>
  noun.role === 'loose' && draft.nouns.some((n) => n.anchor === noun)

/** What a noun may resolve to. A bare foreign key resolves to the table it refers to. */
export function targetsOf(noun: Noun, graph: JoinGraph): readonly Target[] {
  const isMetric = noun.mention.metric !== undefined
  const { isPinned = false } = noun.mention
  return noun.mention.candidates.flatMap((candidate): readonly Target[] => {
    if (candidate.kind === 'value') return []
    if (isPinned) return [candidate]
    if (candidate.kind === 'table') return [{ ...candidate, ...roleOf(noun, candidate.table, graph) }]
    if (isMetric || candidate.kind !== 'column' || !pointsAway.has(noun.role)) return [candidate]
    if (!isForeign(candidate.column, graph))
      return [
        repeatsTable(noun, candidate, graph) ? { ...candidate, score: candidate.score - repeatedShare } : candidate,
      ]
    const { column, score } = candidate
    if (!isOpaque(column, noun)) return keysPointedAt(column, graph, score) ?? [candidate]
    const parents = graph
      .stepsFrom(column.table)
      .filter((step) => step.up && step.edge.columns.includes(column.column.name))
    return parents.map((step) => ({ kind: 'table', table: step.edge.to, score: score * 0.98, via: step.edge }))
  })
}
/** By how much the match of a column is worse that only repeats a table. */
const repeatedShare = 0.25

/** Whether a column only repeats the rows of a table that its own rows refer to: ROUTES.AIRLINE beside AIRLINES. */
function repeatsTable(
  { mention }: Noun,
  { column, score }: Extract<Candidate, { kind: 'column' }>,
  graph: JoinGraph,
): boolean {
  if (column.kind !== 'text') return false
  const steps = graph.stepsFrom(column.table).filter((step) => step.up)
  return mention.candidates.some(
    (c) => c.kind === 'table' && c.score >= score && steps.some(({ edge }) => edge.to === c.table),
  )
}

/** "supplier nation": of several keys that refer to the table, the one whose name fits the words best. */
function roleOf(noun: Noun, table: NamedTable, graph: JoinGraph): { readonly via?: JoinEdge } {
  if (!/\s/.test(noun.mention.text.trim())) return {}
  const said = new Set(noun.mention.text.toLowerCase().split(/\s+/).map(singular))
  const isRole = (owner: NamedTable): boolean =>
    owner.ways.flat().some((word) => said.has(word) && !table.ways.flat().includes(word))
  const keys = noun.mention.candidates.flatMap((candidate) => {
    if (candidate.kind !== 'column' || !isRole(candidate.column.table)) return []
    const { column, score } = candidate
    const step = graph
      .stepsFrom(column.table)
      .find(({ up, edge }) => up && edge.to === table && edge.columns.includes(column.column.name))
    return step === undefined ? [] : [{ via: step.edge, score }]
  })
  const [best, rival] = keys.toSorted((a, b) => b.score - a.score)
  return best === undefined || (rival !== undefined && rival.score > best.score - 0.1) ? {} : { via: best.via }
}

/** "customer ids" are the key of customers, whichever table refers to it; null when the column has another name ("bill-to id"). */
function keysPointedAt(column: NamedColumn, graph: JoinGraph, score: number): readonly Target[] | null {
  if (column.kind !== 'number') return null
  const found = graph.stepsFrom(column.table).flatMap(({ up, edge }): readonly Target[] => {
    if (!up || !edge.columns.includes(column.column.name)) return []
    const key = edge.to.columns.find((c) => edge.targetColumns.includes(c.column.name))
    const isSame = key?.ways.some((way) => column.ways.some((w) => w.join(' ') === way.join(' ')))
    return key !== undefined && isSame === true ? [{ kind: 'column', column: key, score }] : []
  })
  return found.length === 0 ? null : found
}

const pointsAway = new Set<NounRole>(['ask', 'group', 'counted', 'entity', 'loose'])

/** "name" of something is its label column and "id" its key, whatever these columns are called. */
export function labelTargets(noun: Noun, named: Target | null, near: NamedTable, graph: JoinGraph): readonly Target[] {
  const { text, isPinned = false } = noun.mention
  if (isPinned) return []
  if (/^(?:other |further )?(?:details?|descriptions?)$/i.test(text)) return detailsOf(near, text)
  if (noun.role === 'counted' && /^(?:kinds?|types?|sorts?)$/i.test(text) && named?.kind === 'table')
    return kindsOf(named.table)
  const owner = named?.kind === 'table' ? named.table : null
  const key = /^(?:ids?|identifiers?)$/i.test(text) ? keyColumnOf(owner ?? near) : null
  if (key !== null && (owner !== null || isKeyLike(key)))
    return [{ kind: 'column', column: key, score: owner === null ? 0.97 : 1 }]
  const isName = /^(?:names?|titles?)$/i.test(text)
  if (isName && named?.kind === 'column' && named.column.kind === 'text') return [{ ...named, score: 1.2 }]
  return isName ? nameColumns(near, graph).map((column) => ({ kind: 'column', column, score: 0.95 })) : []
}

/** The names of rows; where their table holds none, those of the one named thing that each row refers to: a candidate's are the person's. */
function nameColumns(table: NamedTable, graph: JoinGraph): readonly NamedColumn[] {
  const own = labelsOf(table)
  if (own.some(isCalledName)) return own
  const referred = graph
    .stepsFrom(table)
    .filter(({ up }) => up)
    .map(({ edge }) => labelsOf(edge.to).filter(isCalledName))
    .filter((labels) => labels.length > 0)
  const [only, another] = referred
  return only !== undefined && another === undefined ? only : own
}

const isCalledName = ({ ways, table }: NamedColumn): boolean =>
  ways.some((way) => ['name', 'title', 'surname'].includes(way.at(-1) ?? '') || isSaid(table, way))

/** "details" of something are its own, before those of another table. */
function detailsOf({ columns }: NamedTable, text: string): readonly Target[] {
  const word = singular(text.toLowerCase().split(' ').at(-1) ?? '')
  return columns.flatMap((column): readonly Target[] =>
    column.kind === 'text' && column.ways.some((way) => way.includes(word))
      ? [{ kind: 'column', column, score: 1 }]
      : [],
  )
}

/** "kinds of parts" are parts where no column tells their kind. */
const kindsOf = (table: NamedTable): readonly Target[] =>
  table.columns.some(({ ways }) => ways.flat().some((word) => kindWords.has(word)))
    ? []
    : [{ kind: 'table', table, score: 1 }]
const kindWords = new Set(['kind', 'type', 'sort', 'category', 'class', 'genre'])

/** The sampled columns that hold the values compared with a noun. */
export function valuesHeld(noun: Noun, draft: Draft): ReadonlySet<NamedColumn> {
  const columns = new Set<NamedColumn>()
  for (const { subject, operand } of draft.filters) {
    if (subject !== noun || operand.kind !== 'values') continue
    for (const value of operand.values)
      for (const c of value.mention?.candidates ?? []) if (c.kind === 'value') columns.add(c.column)
  }
  return columns
}

/** The cost of resolving a noun to a target: poor match, unlikely role, values the target does not hold. */
export function costOf(noun: Noun, target: Target, held: ReadonlySet<NamedColumn>): number {
  const best = noun.mention.candidates[0]?.score ?? 1
  const misfit = held.size > 0 && !holds(target, held) ? 2 : 0
  return matchWeight * (1 - target.score + (best - target.score)) + roleCost(noun.role, target) + misfit
}

function holds(target: Target, held: ReadonlySet<NamedColumn>): boolean {
  if (target.kind === 'column') return held.has(target.column)
  return [...held].some((column) => column.table === tableOf(target))
}

type RoleCosts = Readonly<Record<NounRole, number>>

const tableCosts: RoleCosts = {
  ask: 0.1,
  counted: 0,
  entity: 0,
  measure: 0.8,
  group: 0.05,
  numeric: 1.2,
  textual: 0.3,
  order: 0.5,
  loose: 0,
}
const formulaCosts: RoleCosts = {
  ask: 0.1,
  counted: 1.5,
  entity: 2,
  measure: 0,
  group: 2.5,
  numeric: 0.2,
  textual: 2.5,
  order: 0,
  loose: 1,
}

/** The cost of a table, column or amount in a role. */
function roleCost(role: NounRole, target: Target): number {
  if (target.kind === 'table') return tableCosts[role]
  return target.kind === 'formula' ? formulaCosts[role] : columnCost(role, target.column)
}

const fractionalType = /float|double|real|,\s*[1-9]/i

function columnCost(role: NounRole, column: NamedColumn): number {
  const isNumber = column.kind === 'number'
  const isDate = column.kind === 'date' || column.kind === 'timestamp'
  switch (role) {
    case 'ask':
      return 0
    case 'group':
      return isNumber && fractionalType.test(column.column.type) ? 0.4 : 0
    case 'counted':
      return 0.4
    case 'entity':
      return 0.3
    case 'loose':
      return 0.15
    case 'measure':
      return isNumber ? keyCost(column, 1.2) : isDate ? 0.3 : 1
    case 'order':
      return isNumber || isDate ? keyCost(column, 0.4) : 0.8
    case 'numeric':
      return isNumber ? keyCost(column, 0.3) : column.kind === 'text' ? 0.9 : 0.1
    case 'textual':
      return column.kind === 'text' ? 0 : 0.6
  }
}

const keyCost = (column: NamedColumn, cost: number): number =>
  isKeyLike(column) ? cost : isYear(column) ? cost / 4 : 0

/** Whether a foreign key is unreadable by itself: numeric, and the question does not ask for a code. */
function isOpaque(column: NamedColumn, noun: Noun): boolean {
  const saysKey = noun.mention.text.split(' ').some((word) => isKeyWord(singular(word.toLowerCase())))
  return column.kind === 'number' && !saysKey
}
