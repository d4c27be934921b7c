import type { Cell, Column } from '../../../contract/result.ts'
import { shownCell } from '../../../contract/words/cells.ts'
import { columnTitle, columnWords, placeInCalendar } from '../../../contract/words/columns.ts'
import { chartWords as words } from '../../words/answer.ts'
import { say } from '../../words/language.ts'
import type { ChartRequest } from './chart-request.ts'

// oxlint-disable-next-line no-control-regex -- the characters that a label must not hold
const unseen = /[\u0000-\u001F\u007F-\u009F\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF]+/g
/** A longer label is never readable, and measuring it takes long. */
const longestLabel = 300

/** A text as a chart can draw it: in one line, without characters that are not seen or turn the reading direction of their neighbours. */
export const drawnText = (text: string): string => text.slice(0, longestLabel).replaceAll(unseen, ' ').trim()

/** The name of a column as a chart can draw it. */
export const drawnTitle = (column: Column | undefined): string => drawnText(columnTitle(column?.name ?? ''))

/** The same where braces would mark a style of the drawing library: a character without width keeps them text. */
export const tipText = (text: string): string => drawnText(text).replaceAll('{', '{\u200B')

/** A value that names something: a missing one by its column, a month by its name. */
export function namedCell(cell: Cell, column: Column | undefined, { formats }: Pick<ChartRequest, 'formats'>): string {
  if (column === undefined) return ''
  if (cell === null) {
    const named = columnWords(column.name) ?? words.value
    return say(words.without, { column: named.replace(/(?<=\w) (?:id|key|no|name)$/, '') })
  }
  const month = /(?:^|_)month(?:_number)?$/i.test(column.name) ? formats.monthName(Number(cell)) : null
  return drawnText(month ?? shownCell(cell, column, formats))
}

/** The place of a cell in its year or week, and of a year or a number of a period; null for anything else. */
export function calendarPlace(cell: Cell, column: Column | undefined): number | null {
  if (column?.kind !== 'number') return cell === null ? null : placeInCalendar(String(cell))
  const isPeriod = /(?:^|_)(?:month|quarter|qtr|week|weekday|dow|day|hour|year|yr)(?:_number)?$/i.test(column.name)
  return cell !== null && isPeriod ? Number(cell) : null
}

/** A text keeps its two ends, which tell it apart better than its beginning. */
const shortened = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, Math.ceil(most / 2))}…${text.slice(1 - Math.floor(most / 2))}`

/** Labels of at most so many characters in each of at most two lines, such that those that differ still do. */
export function fitLabels(labels: readonly string[], most: number): readonly string[] {
  const fitted = labels.map((label) => inTwoLines(label, most))
  const groups = new Map<string, number[]>()
  for (const [at, text] of fitted.entries()) groups.set(text, [...(groups.get(text) ?? []), at])
  for (const places of groups.values()) {
    const texts = [...new Set(places.map((at) => labels[at] ?? ''))]
    if (texts.length < 2) continue
    const apart = new Map(keepDifferences(texts, most).map((short, at) => [texts[at], short]))
    for (const at of places) fitted[at] = apart.get(labels[at]) ?? ''
  }
  return fitted
}

/** Texts that would be shortened alike, by the part in which they differ. */
function keepDifferences(texts: readonly string[], most: number): readonly string[] {
  const shortest = Math.min(...texts.map((text) => text.length))
  const isShared = (at: number, from: 'start' | 'end'): boolean =>
    new Set(texts.map((text) => (from === 'start' ? text[at] : text[text.length - 1 - at]))).size === 1
  let head = 0
  while (head < shortest && isShared(head, 'start')) head += 1
  let tail = 0
  while (tail < shortest - head && isShared(tail, 'end')) tail += 1
  const short = texts.map((text) => {
    const part = text.slice(head, text.length - tail)
    const room = Math.max(0, most - part.length - 2)
    const before = text.slice(0, Math.min(head, Math.ceil(room / 2)))
    const behind = tail === 0 ? '' : text.slice(text.length - Math.min(tail, Math.floor(room / 2)))
    const start = before.length < head ? `${before}…` : before
    const end = behind.length < tail ? `…${behind}` : behind
    return `${start}${shortened(part, Math.max(4, most - start.length - end.length))}${end}`
  })
  // Differences in several places may still be cut away: then numbers tell the labels apart.
  return new Set(short).size === short.length
    ? short
    : texts.map((text, at) => `${shortened(text, most - 4)} (${at + 1})`)
}

/** A label in at most two lines: the values of two columns one below the other, several words broken between them. */
export function inTwoLines(label: string, most: number): string {
  if (label.length <= most) return label
  const [value = '', beside] = label.split(' · ')
  if (beside !== undefined) return `${shortened(value, most)}\n${shortened(beside, most)}`
  const space = label.lastIndexOf(' ', most)
  return space <= 0 ? shortened(label, most) : `${label.slice(0, space)}\n${shortened(label.slice(space + 1), most)}`
}
