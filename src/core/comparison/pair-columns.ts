import type { ComparisonNote } from '../../contract/comparison.ts'
import type { Cell, Column } from '../../contract/result.ts'
import { separated, unitOf, type PeriodUnit } from '../../contract/words/columns.ts'
import { readDecimal } from '../answer/result-view.ts'
import { readColumnRoles, type ColumnRole } from '../chart/column-roles.ts'
import { addsUp } from '../chart/measure-kind.ts'
import { bucketOf } from '../chart/unfinished-periods.ts'
import type { QueryOutline } from '../explain/query-outline.ts'

export type Row = readonly Cell[]

/** A result as it is compared. */
export interface ComparedResult {
  readonly columns: readonly Column[]
  /** Its first rows. */
  readonly rows: readonly Row[]
  /** Rows that were delivered. */
  readonly rowCount: number
  /** Whether the warehouse had more than were delivered. */
  readonly truncated: boolean
  /** What the query's syntax tree says of it; without it names and rows alone decide. */
  readonly outline: QueryOutline | null
  /** Whether values too long to be delivered were cut. */
  readonly isShortened: boolean
  /** The day on which it was made, `YYYY-MM-DD`; null where that does not matter. */
  readonly today: string | null
  /** Values of a column that were found to be unfinished periods when the answer was made. */
  readonly unfinished: { readonly position: number; readonly cells: readonly Cell[] } | null
}

/** A column of both results. */
export interface PairedColumn {
  /** As the later result has it. */
  readonly column: Column
  readonly nameBefore: string | null
  /** Its place in each result. */
  readonly own: { readonly before: number; readonly after: number }
  /** How its values are compared. */
  readonly kind: Column['kind']
  readonly isMeasure: boolean
  readonly mayBeKey: boolean
  readonly unit: string | null
  /** Whether a difference in percent says something: not of percentages, ratios and changes. */
  readonly hasPercent: boolean
  readonly addsUp: boolean
  /** The part of the calendar that its values stand for; null for any other value. */
  readonly bucket: PeriodUnit | null
}

export interface PairedColumns {
  readonly paired: readonly PairedColumn[]
  readonly added: readonly string[]
  readonly removed: readonly string[]
  readonly notes: readonly ComparisonNote[]
}

interface Pair {
  readonly before: number
  readonly after: number
}

interface Side extends ComparedResult {
  readonly roles: readonly ColumnRole[]
}

/**
 * The columns that both results have: by name, equal names by their order, and what is left at the same place where the types match, as
 * `TOTAL_1997` and `TOTAL_1998`.
 */
export function pairColumns(before: ComparedResult, after: ComparedResult): PairedColumns {
  const old = { ...before, roles: readColumnRoles(before.columns, before.rows, before.outline) }
  const now = { ...after, roles: readColumnRoles(after.columns, after.rows, after.outline) }
  const pairs = pairPositions(old, now)
  const described = pairs.map((pair) => describePair(pair, old, now))
  const left = (side: Side, own: 'before' | 'after'): readonly string[] =>
    side.columns.flatMap(({ name }, at) => (pairs.some((pair) => pair[own] === at) ? [] : [name]))
  return {
    paired: described.map(({ paired }) => paired),
    added: left(now, 'after'),
    removed: left(old, 'before'),
    notes: described.flatMap(({ notes }) => notes),
  }
}

/** In the order of the later result. */
function pairPositions(before: Side, after: Side): readonly Pair[] {
  const found = new Map<number, number>()
  const taken = new Set<number>()
  const rules: readonly ((old: number, now: number) => boolean)[] = [
    (old, now) => before.columns[old]?.name === after.columns[now]?.name,
    (old, now) => before.columns[old]?.name.toLowerCase() === after.columns[now]?.name.toLowerCase(),
    (old, now) =>
      old === now &&
      before.columns[old]?.kind === after.columns[now]?.kind &&
      (before.roles[old] === 'measure') === (after.roles[now] === 'measure'),
  ]
  for (const matches of rules)
    for (const now of after.columns.keys()) {
      if (found.has(now)) continue
      const old = before.columns.findIndex((_, at) => !taken.has(at) && matches(at, now))
      if (old < 0) continue
      found.set(now, old)
      taken.add(old)
    }
  return [...found].map(([now, old]) => ({ before: old, after: now })).toSorted((a, b) => a.after - b.after)
}

const keyRoles: readonly (ColumnRole | undefined)[] = ['category', 'time', 'period', 'identifier']
/** Of shares, ratios and changes a change in percent would be a percent of a percent. */
const ratioWords =
  /(?:^|_)(?:percent|percentage|pct|perc|share|ratio|rate|margin|growth|change|difference|diff)s?(?:_|$)/

function describePair(
  pair: Pair,
  before: Side,
  after: Side,
): { paired: PairedColumn; notes: readonly ComparisonNote[] } {
  const [old, now] = [before.columns[pair.before] ?? noColumn, after.columns[pair.after] ?? noColumn]
  const kind = kindOfBoth(old.kind, now.kind)
  const roles = [before.roles[pair.before], after.roles[pair.after]]
  const units = [unitAt(before, pair.before), unitAt(after, pair.after)] as const
  const hasOtherUnit = kind === 'number' && units[0] !== units[1]
  const isMeasure = kind === 'number' && !hasOtherUnit && roles.every((role) => role === 'measure')
  const hasPercent = units[1] !== '%' && ![old, now].some(({ name }) => ratioWords.test(separated(name)))
  const isSum = addsUp(old, pair.before, before.outline) && addsUp(now, pair.after, after.outline)
  const paired = {
    column: now,
    nameBefore: old.name === now.name ? null : old.name,
    own: pair,
    kind: kind ?? 'text',
    isMeasure,
    mayBeKey: kind !== null && roles.every((role) => keyRoles.includes(role)),
    unit: hasOtherUnit ? null : units[1],
    hasPercent,
    addsUp: isMeasure && hasPercent && isSum,
    bucket: bucketOf(now, pair.after, after.outline),
  }
  const column = now.name
  if (hasOtherUnit) return { paired, notes: [{ kind: 'other-unit', column, before: units[0], after: units[1] }] }
  return { paired, notes: kind === null ? [{ kind: 'other-type', column, before: old.type, after: now.type }] : [] }
}

const noColumn: Column = { name: '', type: 'VARCHAR', kind: 'text', scale: null }

/** As what the values of both can be compared; null where their kinds have nothing in common. */
function kindOfBoth(before: Column['kind'], after: Column['kind']): Column['kind'] | null {
  if (before === after) return after
  const areMoments = [before, after].every((kind) => kind === 'date' || kind === 'timestamp')
  return areMoments ? 'timestamp' : null
}

function unitAt({ columns, rows }: Side, position: number): string | null {
  const column = columns[position]
  return column === undefined
    ? null
    : unitOf(
        column,
        rows.map((row) => row[position]),
      )
}

/** A number as it is written in one way alone. */
const plainNumber = /^(?:0|-?[1-9]\d{0,60}|-?(?:0|[1-9]\d{0,60})\.\d{0,60}[1-9])$/

/** A value as it is compared: `1.50` and `1.5` are the same number, midnight and no time the same moment. */
export function comparedText(cell: Cell, kind: Column['kind']): string {
  if (cell === null) return 'null'
  const text = String(cell)
  if (kind === 'timestamp') return `=${text.replace(/[T ]00:00:00(?:\.0+)?$/, '')}`
  if (kind !== 'number') return `=${text}`
  const short = text.includes('.') ? text.replace(/\.?0+$/, '') : text
  if (plainNumber.test(short)) return `#${short}`
  const decimal = readDecimal(cell)
  return decimal === null ? `=${text}` : `#${decimal.toFixed().replace(/^-0$/, '0')}`
}
