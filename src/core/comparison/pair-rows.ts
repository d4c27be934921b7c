import type { ResultChanges } from '../../contract/comparison.ts'
import type { Cell } from '../../contract/result.ts'
import type { PeriodUnit } from '../../contract/words/columns.ts'
import { comparedText, type PairedColumn, type Row } from './pair-columns.ts'

/** How rows of both results find one another. Columns are named by their place among the paired ones. */
export interface Pairing {
  readonly kind: ResultChanges['pairing']
  readonly key: readonly number[]
  readonly period: { readonly at: number; readonly unit: PeriodUnit; readonly by: 'calendar' | 'order' } | null
}

/** A row of each result, with its cells in the order of the paired columns; null where the result does not have it. */
export type RowPair =
  { readonly before: Row; readonly after: Row | null } | { readonly before: null; readonly after: Row }

interface Rows {
  readonly before: readonly Row[]
  readonly after: readonly Row[]
}

/** Pairs the rows of two results: those of the earlier one in its order, then those that only the later one has. */
export function pairRows(
  columns: readonly PairedColumn[],
  rows: Rows,
): { readonly pairing: Pairing; readonly pairs: readonly RowPair[] } {
  const [onlyBefore, onlyAfter] = [rows.before[0], rows.after[0]]
  const found = columns.length === 0 ? null : choosePairing(columns, rows)
  if (found !== null) return { pairing: found.pairing, pairs: pairByText(rows, found.textOf) }
  const isOne = rows.before.length === 1 && rows.after.length === 1 && columns.length > 0
  if (isOne && onlyBefore !== undefined && onlyAfter !== undefined)
    return { pairing: { kind: 'only-row', key: [], period: null }, pairs: [{ before: onlyBefore, after: onlyAfter }] }
  const whole = textBy(columns.map(({ kind }, at) => ({ at, read: (cell) => comparedText(cell, kind) })))
  return {
    pairing: { kind: 'whole-rows', key: [], period: null },
    pairs: pairByText(rows, { before: whole, after: whole }),
  }
}

type TextOf = (row: Row) => string

interface Sides {
  readonly before: TextOf
  readonly after: TextOf
}

/** Rows with the same text are the same row, as often as both have it. */
function pairByText({ before, after }: Rows, textOf: Sides): readonly RowPair[] {
  const waiting = new Map<string, Row[]>()
  for (const row of after) {
    const text = textOf.after(row)
    const same = waiting.get(text)
    if (same === undefined) waiting.set(text, [row])
    else same.push(row)
  }
  const matched = new Set<Row>()
  const found = before.map((row): RowPair => {
    const match = waiting.get(textOf.before(row))?.shift() ?? null
    if (match !== null) matched.add(match)
    return { before: row, after: match }
  })
  return [...found, ...after.filter((row) => !matched.has(row)).map((row) => ({ before: null, after: row }))]
}

interface Part {
  readonly at: number
  readonly read: (cell: Cell) => string
}

const textBy =
  (parts: readonly Part[]): TextOf =>
  (row) =>
    parts.length === 1
      ? parts.map(({ at, read }) => read(row[at] ?? null)).join('')
      : JSON.stringify(parts.map(({ at, read }) => read(row[at] ?? null)))

/** Labels that may tell rows apart; more make nothing clearer. */
const mostLabels = 12

/**
 * The fewest labels by which every row of each result is another: a single one, of several the one whose values both results have most, else
 * the first ones together. Null where none do.
 */
function choosePairing(
  columns: readonly PairedColumn[],
  rows: Rows,
): { readonly pairing: Pairing; readonly textOf: Sides } | null {
  const labels = columns.flatMap(({ mayBeKey }, at) => (mayBeKey ? [at] : [])).slice(0, mostLabels)
  const partOf = (at: number): Part => ({ at, read: (cell) => comparedText(cell, columns[at]?.kind ?? 'text') })
  const judged = (key: readonly number[]) => {
    const text = textBy(key.map(partOf))
    const overlap = overlapOf(rows, { before: text, after: text })
    return overlap === null ? [] : [{ key, text, overlap }]
  }
  const single = labels.flatMap((at) => judged([at])).toSorted((a, b) => b.overlap - a.overlap)[0]
  const sets = labels.slice(1).map((_, more) => labels.slice(0, more + 2))
  const chosen = single ?? sets.map((key) => judged(key)).find((found) => found.length > 0)?.[0]
  if (chosen === undefined) return null
  const { key, text, overlap } = chosen
  const inPeriod = overlap === 0 ? pairPeriods(columns, rows, { key, partOf, isOnly: labels.length === 1 }) : null
  return inPeriod ?? { pairing: { kind: 'key', key, period: null }, textOf: { before: text, after: text } }
}

/** How many rows both have by these texts; null where a text names several rows of one result. */
function overlapOf({ before, after }: Rows, textOf: Sides): number | null {
  const old = new Set(before.map(textOf.before))
  const now = new Set(after.map(textOf.after))
  if (old.size < before.length || now.size < after.length) return null
  let overlap = 0
  for (const text of now) if (old.has(text)) overlap += 1
  return overlap
}

interface KeyParts {
  readonly key: readonly number[]
  readonly partOf: (at: number) => Part
  /** Whether it is the only label of the results. */
  readonly isOnly: boolean
}

/**
 * Pairs results of two periods, as the months of one year and of the next: by the place in the calendar where most rows of the shorter one find
 * theirs, else by their order. Null where the key has not exactly one column of periods, or both results share one of its values.
 */
function pairPeriods(columns: readonly PairedColumn[], rows: Rows, { key, partOf, isOnly }: KeyParts) {
  const [at, ...more] = key.filter((each) => {
    const { bucket = null, kind = 'text' } = columns[each] ?? {}
    return bucket !== null || (isOnly && ['date', 'timestamp', 'text'].includes(kind))
  })
  if (at === undefined || more.length > 0 || rows.before.length === 0 || rows.after.length === 0) return null
  const [before, after] = [readMoments(rows.before, at), readMoments(rows.after, at)]
  if (before === null || after === null || [...before.keys()].some((text) => after.has(text))) return null
  const unit = columns[at]?.bucket ?? unitOfMoments([...before.values(), ...after.values()])
  const ways = [
    ...calendarPlaces[unit].map((place) => ({ by: 'calendar' as const, before: place, after: place })),
    { by: 'order' as const, before: placeAfter(before, unit), after: placeAfter(after, unit) },
  ]
  const least = Math.min(rows.before.length, rows.after.length) / 2
  for (const { by, ...place } of ways) {
    const textBySide = (side: 'before' | 'after', moments: Moments): TextOf =>
      textBy(key.map((each) => (each === at ? { at, read: readPlace(moments, place[side]) } : partOf(each))))
    const textOf = { before: textBySide('before', before), after: textBySide('after', after) }
    const overlap = overlapOf(rows, textOf)
    if (overlap !== null && overlap >= least)
      return { pairing: { kind: 'key' as const, key, period: { at, unit, by } }, textOf }
  }
  return null
}

/** The days that the texts of a column stand for, in milliseconds. */
type Moments = ReadonlyMap<string, number>
type Place = (ms: number) => string | number

const readPlace =
  (moments: Moments, place: Place) =>
  (cell: Cell): string => {
    const ms = moments.get(String(cell))
    return ms === undefined ? 'null' : String(place(ms))
  }

/** Null where a value is no day of the calendar. */
function readMoments(rows: readonly Row[], at: number): Moments | null {
  const moments = new Map<string, number>()
  for (const row of rows) {
    const cell = row[at] ?? null
    if (cell === null) continue
    const parts = /^(\d{4})(?:-(\d\d))?(?:-(\d\d))?(?:[T ]00:00(?::00(?:\.0+)?)?)?$/.exec(String(cell))
    if (parts === null) return null
    const [, year = '', month = '01', day = '01'] = parts
    moments.set(String(cell), Date.UTC(Number(year), Number(month) - 1, Number(day)))
  }
  return moments.size === 0 ? null : moments
}

const yearOf = (ms: number): number => new Date(ms).getUTCFullYear()
const monthOf = (ms: number): number => new Date(ms).getUTCMonth()
const dayOf = (ms: number): number => new Date(ms).getUTCDate()

/** The part of the calendar that days begin, where no name says it. */
function unitOfMoments(moments: readonly number[]): PeriodUnit {
  if (!moments.every((ms) => dayOf(ms) === 1)) return 'day'
  return moments.every((ms) => monthOf(ms) === 0) ? 'year' : 'month'
}

/** The places in the calendar by which periods of each unit may be told, the most telling first. */
const calendarPlaces: Readonly<Record<PeriodUnit, readonly Place[]>> = {
  year: [],
  quarter: [monthOf],
  month: [monthOf],
  week: [],
  day: [(ms) => `${monthOf(ms)}-${dayOf(ms)}`, dayOf],
}

const dayMs = 86_400_000

/** How many periods a day comes after the first of its result. */
function placeAfter(moments: Moments, unit: PeriodUnit): Place {
  const countOf: Readonly<Record<PeriodUnit, (ms: number) => number>> = {
    year: yearOf,
    quarter: (ms) => yearOf(ms) * 4 + Math.floor(monthOf(ms) / 3),
    month: (ms) => yearOf(ms) * 12 + monthOf(ms),
    week: (ms) => ms / (7 * dayMs),
    day: (ms) => ms / dayMs,
  }
  const first = [...moments.values()].reduce((least, ms) => Math.min(least, ms), Number.POSITIVE_INFINITY)
  return (ms) => Math.floor(countOf[unit](ms) - countOf[unit](first))
}
