import { tableOf } from '../linking/mention.ts'
import type { Mention } from '../linking/mention.ts'
import type { AskedValue } from './draft.ts'
import type { ItemOf } from './item.ts'
import { itemAt, saysAt } from './reader.ts'
import type { Reader } from './reader.ts'

export interface ReadValues {
  readonly values: readonly AskedValue[]
  /** How many items they took. */
  readonly length: number
  readonly joint: 'and' | 'or'
}

/** One value or several joined by commas, "and" or "or" from an item on; null when there is none. */
export function readValues(reader: Reader, at: number): ReadValues | null {
  const first = valueAt(reader, at)
  if (first === null) return null
  const values = [asAsked(first)]
  let joint: 'and' | 'or' = 'or'
  let end = at + 1
  for (;;) {
    let next = end
    while (saysAt(reader, next, 'comma', 'and', 'or')) next += 1
    const value = next > end ? valueAt(reader, next) : null
    if (value === null || !areAlike(first, value)) break
    if (saysAt(reader, next - 1, 'and')) joint = 'and'
    values.push(asAsked(value))
    end = next + 1
  }
  return { values, length: end - at, joint }
}

function valueAt(reader: Reader, at: number): ItemOf<'value'> | null {
  const item = itemAt(reader, at)
  return item?.type === 'value' ? item : null
}

const asAsked = ({ text, mention, quoted }: ItemOf<'value'>): AskedValue => ({ text, mention, quoted })

/** Values of one list come from one column, as far as is known. */
function areAlike(a: ItemOf<'value'>, b: ItemOf<'value'>): boolean {
  if (a.mention === null || b.mention === null) return true
  const columns = columnsOf(a.mention)
  return [...columnsOf(b.mention)].some((column) => columns.has(column))
}

const columnsOf = (mention: Mention) =>
  new Set(mention.candidates.flatMap((c) => (c.kind === 'value' ? [c.column] : [])))

/** Whether a noun may be the column that holds a value, or the thing whose column holds it. */
export function mayHold(noun: Mention, value: Mention | null): boolean {
  if (value === null) return true
  const columns = columnsOf(value)
  return noun.candidates.some((c) => {
    if (c.kind === 'column') return columns.has(c.column)
    return c.kind === 'table' && [...columns].some((column) => column.table === tableOf(c))
  })
}
