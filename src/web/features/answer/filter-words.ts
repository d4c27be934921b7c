import type { Column } from '../../../contract/result.ts'
import type { ResultFilter } from '../../../contract/result-view.ts'
import { shownCell } from '../../../contract/words/cells.ts'
import { columnTitle } from '../../../contract/words/columns.ts'
import type { Formats } from '../../../contract/words/formats.ts'
import { gridWords } from '../../words/grid.ts'
import { say } from '../../words/language.ts'

const words = gridWords.chips
const [mostListed, mostLetters] = [3, 60]

/** The last moment of a day, as a bound of a range. */
const endOfDay = ' 23:59:59.999999999'

/** A text of the data inside a sentence: cut to a readable length, and its direction kept from what stands around it. */
const isolated = (text: string): string =>
  `\u2068${text.length > mostLetters ? `${text.slice(0, mostLetters)}…` : text}\u2069`

/** What a filter keeps, in a few words. */
export function filterInWords(filter: ResultFilter, columns: readonly Column[], formats: Formats): string {
  const named = columns[filter.column]
  if (named === undefined) return ''
  const column = isolated(columnTitle(named.name))
  const shown = (value: string | null): string => isolated(shownCell(value, named, formats))
  if (filter.kind === 'contains') return say(words.contains, { column, text: isolated(filter.text) })
  if (filter.kind === 'range') {
    const from = filter.from === null ? null : shown(filter.from)
    const to = filter.to === null ? null : shown(filter.to.replace(endOfDay, ''))
    if (from !== null && to !== null) return say(words.between, { column, from, to })
    return to === null ? say(words.from, { column, from: from ?? '' }) : say(words.to, { column, to })
  }
  const listed = new Intl.ListFormat(formats.locale, { type: 'unit', style: 'short' }).format(
    filter.values.slice(0, mostListed).map(shown),
  )
  const more = filter.values.length - mostListed
  const values = more > 0 ? say(words.more, { values: listed, count: more }) : listed
  return say(filter.isExcluded ? words.without : words.only, { column, values })
}

/**
 * A number as a person writes it, with the marks of their format or plain, as digits with a point; null for text that is no number.
 */
export function readNumber(text: string, { locale }: Pick<Formats, 'locale'>): string | null {
  const parts = new Intl.NumberFormat(locale).formatToParts(-11_111.5)
  const markOf = (type: Intl.NumberFormatPartTypes, usual: string): string =>
    parts.find((part) => part.type === type)?.value ?? usual
  const bare = text
    .trim()
    .replaceAll('−', '-')
    .replaceAll(/[\s'’]/g, '')
  const plain = bare.replaceAll(markOf('group', ','), '').replace(markOf('decimal', '.'), '.')
  return /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(plain)
    ? plain.replace(/^\+/, '').replace(/^(-?)\./, '$10.')
    : null
}

/** The range that two fields of days ask for in a column of days or moments: the last day counts whole. */
export const dayRange = (column: number, kind: 'date' | 'timestamp', from: string, to: string): ResultFilter => ({
  kind: 'range',
  column,
  from: from === '' ? null : from,
  to: to === '' ? null : kind === 'timestamp' ? `${to}${endOfDay}` : to,
})

/** The day that a field of a day shows for a bound. */
export const dayOf = (bound: string | null): string => /^\d{4}-\d\d-\d\d/.exec(bound ?? '')?.[0] ?? ''
