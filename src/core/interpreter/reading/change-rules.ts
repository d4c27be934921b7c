import { readPeriod } from '../../language/periods.ts'
import type { Period } from '../../language/periods.ts'
import { dayOf } from '../../language/calendar.ts'
import type { ItemOf } from './draft.ts'
import { isThing, nounAt, phraseAt, wordsOf } from './reader.ts'
import type { Reader, Rule } from './reader.ts'

/** "growth of revenue", "running total of orders": the measure that follows is set against time. */
export const readChange: Rule = (reader, at) => {
  const phrase = phraseAt(reader, at)
  if (phrase?.is !== 'change') return 0
  if (reader.draft.change !== null) reader.unspent.push(wordsOf(reader, at))
  reader.draft.change = { way: phrase.way, periods: [], words: wordsOf(reader, at) }
  const next = nounAt(reader, at + 1)
  const isOpen = reader.functions.length === 0 && reader.draft.asks.length === 0
  if (next !== null && isOpen && next.mention.metric === undefined)
    reader.functions.push({ fn: isThing(next.mention) ? 'count' : 'sum', distinct: false, words: wordsOf(reader, at) })
  return 1
}

/** The first and the last period of "from 1996 to 1997"; null for any other period. */
export function endsOf(reader: Reader, item: ItemOf<'period'>): readonly [Period, Period] | null {
  const tokens = reader.tokens.slice(item.from, item.to)
  const middle = tokens.findIndex(({ lower }, at) => at > 0 && ['to', 'and', 'until', '-', '–'].includes(lower))
  if (middle < 1 || !tokens.some(({ kind }) => kind === 'number')) return null
  const start = ['from', 'between'].includes(tokens[0]?.lower ?? '') ? 1 : 0
  // Only dates with a number are read, so that the day of asking does not matter.
  const today = dayOf(1970)
  const [first, last] = [
    readPeriod(tokens.slice(start, middle), 0, today),
    readPeriod(tokens.slice(middle + 1), 0, today),
  ]
  return first === null || last === null ? null : [first.period, last.period]
}
