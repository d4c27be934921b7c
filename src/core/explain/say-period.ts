import { isNode, listIn, nodeIn, type Tree, type TreeNode } from '../guard/trees/tree.ts'
import type { ColumnKindOfType } from '../catalog/catalog.ts'
import { bare, literal, nameIn, tagged } from './tagged.ts'
import type { NameFacts, Speech } from './words.ts'

/** The day that a constant expression evaluates to, `YYYY-MM-DD`: a date literal, or whole units added to one. */
export function constantDay(tree: Tree): string | null {
  const found = tagged(bare(tree))
  if (found === null) return null
  if (found.tag === 'literal') return dayIn(literal(tree)?.value)
  if (found.tag === 'cast') return isTextLiteral(found.node['this']) ? constantDay(found.node['this']) : null
  if (found.tag === 'add' || found.tag === 'sub') return shiftedDay(found.tag, found.node)
  if (found.tag === 'add_months')
    return movedDay(constantDay(found.node['this']), 'month', numberIn(found.node['expression']))
  if (found.tag !== 'function') return null
  const name = nameIn(found.node, 'name')?.toUpperCase()
  const args = listIn(found.node, 'args')
  if (name === 'TO_DATE' && args.length === 1) return isTextLiteral(args[0]) ? constantDay(args[0]) : null
  return name === 'DATEADD' ? addedDay(args) : null
}

const isTextLiteral = (tree: Tree): boolean => ['string', 'date'].includes(literal(tree)?.type ?? '')

const dayIn = (text: string | undefined): string | null =>
  text !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) ? text : null

function addedDay([unit, amount, from]: readonly Tree[]): string | null {
  const found = tagged(unit)
  const word = (
    literal(unit)?.value ?? (found === null ? null : nameIn(found.node, found.tag === 'column' ? 'name' : 'this'))
  )?.toLowerCase()
  return movedDay(constantDay(from), word, numberIn(amount))
}

/** The value of a whole number, which may be negative. */
function numberIn(tree: Tree): number | null {
  const found = tagged(bare(tree))
  if (found?.tag === 'neg') {
    const positive = numberIn(found.node['this'])
    return positive === null ? null : -positive
  }
  const value = literal(tree)
  return value?.type === 'number' && Number.isSafeInteger(Number(value.value)) ? Number(value.value) : null
}

/** `DATE '…' + INTERVAL '1 year'`, one unit only. */
function shiftedDay(sign: 'add' | 'sub', node: TreeNode): string | null {
  const interval = tagged(node['right'])
  if (interval?.tag !== 'interval') return null
  const text = literal(interval.node['this'])?.value ?? ''
  const unit = nodeIn(interval.node, 'unit')
  const found = /^(\d+)\s*([a-z]*?)s?$/i.exec(text.trim())
  const word = found?.[2] || (unit === null ? undefined : nameIn(unit, 'unit')?.toLowerCase())
  const count = Number(found?.[1])
  return found === null
    ? null
    : movedDay(constantDay(node['left']), word?.toLowerCase(), sign === 'add' ? count : -count)
}

function movedDay(day: string | null, word: string | undefined, count: number | null): string | null {
  if (day === null || count === null) return null
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  // Days after the 28th are left to the warehouse, whose rules for month ends may differ.
  if (word === 'day') return iso(Date.UTC(year, month - 1, date + count))
  if (date > 28) return null
  if (word === 'month') return iso(Date.UTC(year, month - 1 + count, date))
  return word === 'year' ? iso(Date.UTC(year + count, month - 1, date)) : null
}

const iso = (time: number): string => new Date(time).toISOString().slice(0, 10)

const months = 'January February March April May June July August September October November December'.split(' ')

function firstOfMonth(year: number, month: number): string {
  return iso(Date.UTC(year, month - 1, 1))
}

/** A half-open range of days in words: `in 1996`, `in March 1995`, `in the third quarter of 1997`, else its two ends. */
export function sayPeriod(from: string, before: string): string {
  const [year = 0, month = 1, day = 1] = from.split('-').map(Number)
  if (day === 1) {
    if (month === 1 && before === firstOfMonth(year, month + 12)) return `in ${year}`
    if (before === firstOfMonth(year, month + 1)) return `in ${months[month - 1]} ${year}`
    if (month % 3 === 1 && before === firstOfMonth(year, month + 3))
      return `in the ${['first', 'second', 'third', 'fourth'][(month - 1) / 3]} quarter of ${year}`
  }
  const next = iso(Date.UTC(year, month - 1, day + 1))
  return before === next ? `on ${from}` : `from ${from} until before ${before}`
}

/** Whether a text column is compared with a day given as text, which compares letters instead of dates. */
export function isComparedAsText(subject: Tree, day: Tree, facts: NameFacts): boolean {
  return literal(day)?.type === 'string' && facts.kindOf(subject) === 'text'
}

/**
 * The moment that a day stands for as an upper bound or in an equality. A date equals its day; a timestamp only equals its midnight,
 * so the rest of the day is left out. For an unknown type the text covers both.
 */
export function sayMoment(day: string, kind: ColumnKindOfType | null): string {
  if (kind === 'date') return day
  return kind === 'timestamp' ? `${day} 00:00` : `${day} (00:00 if it has a time of day)`
}

/** One side of a range over one column, as found in a condition. */
export interface Bound {
  /** The column as SQL, equal for both bounds of a range. */
  readonly key: string
  readonly side: 'from' | 'before'
  readonly day: string
}

/** The bound that `>=` or `<` with a day sets on a column; null for a text column, which is compared letter by letter. */
export function boundOf(tree: Tree, speech: Pick<Speech, 'print' | 'facts'>): Bound | null {
  const found = tagged(tree)
  if (found === null || !['gte', 'lt'].includes(found.tag)) return null
  const day = constantDay(found.node['right'])
  const left = tagged(bare(found.node['left']))
  if (day === null || left?.tag !== 'column' || !isNode(found.node['left'])) return null
  if (isComparedAsText(found.node['left'], found.node['right'], speech.facts)) return null
  return { key: speech.print(found.node['left']), side: found.tag === 'gte' ? 'from' : 'before', day }
}
