import { constantDay } from '../explain/say-period.ts'
import { bare, literal, tagged, type Tagged } from '../explain/tagged.ts'

/** A half-open range of days; null where it is open. */
export interface DayRange {
  readonly from: string | null
  readonly before: string | null
}

/** The days that a comparison of a column with constant days leaves; null for any other condition. */
export function daysOf(found: Tagged | null): DayRange | null {
  if (found === null) return null
  const { tag, node } = found
  if (tag === 'and') {
    const [left, right] = [daysOf(tagged(bare(node['left']))), daysOf(tagged(bare(node['right'])))]
    return left === null || right === null
      ? null
      : { from: later(left.from, right.from), before: earlier(left.before, right.before) }
  }
  if (tag === 'between' && node['not'] !== true) {
    const [from, to] = [constantDay(node['low']), constantDay(node['high'])]
    return from === null || to === null ? null : { from, before: nextDay(to) }
  }
  const year = tag === 'eq' && tagged(bare(node['left']))?.tag === 'year' ? literal(node['right']) : null
  if (year !== null && /^\d{4}$/.test(year.value))
    return { from: `${year.value}-01-01`, before: `${Number(year.value) + 1}-01-01` }
  const day = tagged(bare(node['left']))?.tag === 'column' ? constantDay(node['right']) : null
  if (day === null) return null
  if (tag === 'gte') return { from: day, before: null }
  if (tag === 'gt') return { from: nextDay(day), before: null }
  if (tag === 'lt') return { from: null, before: day }
  if (tag === 'lte') return { from: null, before: nextDay(day) }
  return tag === 'eq' ? { from: day, before: nextDay(day) } : null
}

const nextDay = (day: string): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)
const later = (a: string | null, b: string | null): string | null => (a === null || (b !== null && b > a) ? b : a)
const earlier = (a: string | null, b: string | null): string | null => (a === null || (b !== null && b < a) ? b : a)
