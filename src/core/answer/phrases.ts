import { Big } from 'big.js'
import type { Sentence, SentenceValue } from '../../contract/result.ts'
import { separated, unitOf } from '../../contract/words/columns.ts'
import { bucketOf } from '../chart/unfinished-periods.ts'
import { cellAt, readDecimal, wordsAt, type ResultView } from './result-view.ts'

type Said = string | SentenceValue | Sentence

/** Words with values between them: say`${name} has ${value}`. Neighbouring words become one part. */
export function say(words: TemplateStringsArray, ...values: readonly Said[]): Sentence {
  return joined(words.flatMap((text, at): readonly Said[] => [text, values[at] ?? '']))
}

/** One sentence of several pieces. */
export function joined(pieces: readonly Said[]): Sentence {
  const sentence: Sentence = []
  for (const part of pieces.flatMap(partsOf)) {
    const last = sentence.at(-1)
    if ('text' in part && last !== undefined && 'text' in last)
      sentence[sentence.length - 1] = { text: last.text + part.text }
    else if (!('text' in part) || part.text !== '') sentence.push(part)
  }
  return sentence
}

function partsOf(piece: Said): Sentence {
  if (typeof piece === 'string') return [{ text: piece }]
  return Array.isArray(piece) ? piece : [piece]
}

/** `a`, `a and b`, `a, b and c`. */
export const listedParts = (items: readonly Said[], separator = ', ', last = ' and '): Sentence =>
  joined(items.flatMap((item, at) => (at === 0 ? [item] : [at === items.length - 1 ? last : separator, item])))

/** The same with its first letter in upper case, where it begins with words. */
export function capitalisedSentence([first, ...rest]: Sentence): Sentence {
  if (first === undefined || !('text' in first)) return first === undefined ? [] : [first, ...rest]
  return [{ text: first.text.slice(0, 1).toUpperCase() + first.text.slice(1) }, ...rest]
}

const small = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten']

/** A count: as a word up to ten, beyond as a number that its reader writes. */
export function countOf(count: number): Said {
  return small[count] ?? numberOfRows(count)
}

/** A count in digits. */
export const numberOfRows = (value: number): SentenceValue => ({ value, form: 'number', role: 'count', column: null })

/** `1 row`, `1,204 rows`. */
export const rowsOf = (count: number): Sentence => say`${numberOfRows(count)} ${count === 1 ? 'row' : 'rows'}`

const longestText = 80

/** The value of a cell; a missing label is named ("no manager"). */
export function valueAt(view: ResultView, row: number, position: number): Said {
  const column = view.columns[position]
  const cell = cellAt(view, row, position)
  if (cell === null || column === undefined) return `no ${wordsAt(view, position)}`
  if (cell === '') return `an empty ${wordsAt(view, position)}`
  const role = view.roles[position]
  const named = { value: cell, form: 'name', role: 'label', column: column.name } as const
  if (typeof cell === 'boolean') return { ...named, value: cell ? 'true' : 'false' }
  if (role === 'measure') return measureValue(view, position, cell)
  if (column.kind === 'date' || column.kind === 'timestamp') return momentValue(view, position, cell)
  if (role === 'time') return { ...named, role: 'time' }
  if (role === 'period' && /(?:^|_)(?:month|month_number)$|^month\(/.test(separated(column.name)))
    return { ...named, form: 'month-name', role: 'time' }
  return typeof cell === 'string' ? { ...named, value: plainText(cell) } : named
}

function measureValue(view: ResultView, position: number, cell: string | number): SentenceValue {
  const exact = readDecimal(cell)
  const column = view.columns[position]?.name ?? null
  return exact === null
    ? { value: plainText(String(cell)), form: 'name', role: 'measure', column }
    : numberValue(view, position, exact, 'measure')
}

/** A number of a measure, or several added up, with the unit of its column. Its digits are chosen last. */
export function numberValue(view: ResultView, position: number, value: Big, role: 'measure' | 'total'): SentenceValue {
  const column = view.columns[position]
  const unit =
    column === undefined
      ? null
      : unitOf(
          column,
          view.rows.map((row) => row[position]),
        )
  return {
    value: value.toFixed(),
    form: 'number',
    role,
    column: column?.name ?? null,
    ...(unit === null ? {} : { unit }),
  }
}

function momentValue(view: ResultView, position: number, cell: string | number): Said {
  const column = view.columns[position]
  const unit = column === undefined ? null : bucketOf(column, position, view.outline)
  const form = unit === null || unit === 'week' || unit === 'day' ? 'moment' : unit
  const value = { value: cell, form, role: 'time', column: column?.name ?? null } as const
  return unit === 'week' ? say`the week of ${value}` : value
}

/** A value that stands beside a word: "in July 1997". */
export const momentOf = (day: string): SentenceValue => ({ value: day, form: 'moment', role: 'time', column: null })

/** One line, without characters that would reorder or break the sentence around it. */
export function plainText(text: string): string {
  const line = text
    .slice(0, longestText * 4)
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\s]+/gu, ' ')
    .trim()
  if (line.length <= longestText) return line
  // Does not leave half of a surrogate pair.
  const cut = line.slice(0, longestText - 1).replace(/[\ud800-\udbff]$/, '')
  return `${cut}…`
}

const moneyWords =
  /(?:^|_)(?:price|prices|amount|amounts|revenue|cost|costs|sales|spent|spend|balance|acctbal|paid|payment|payments|salary|tax|fee|fees|profit|budget|charge|money|\w*price|total_\w*(?:amount|paid|spent))(?:_|$)/

const mostDigits = 20

/**
 * Chooses the digits of every number: whole numbers have none, money two, others as many as tell something. Different values of a column
 * never read alike, and nothing that is not zero reads as zero.
 */
export function withDigits(sentence: Sentence, view: ResultView): Sentence {
  const chosen = new Map<string, readonly [number, number]>()
  const isNumber = (part: Sentence[number]): part is SentenceValue =>
    !('text' in part) && part.form === 'number' && part.role !== 'count'
  for (const { name, scale } of view.columns) {
    const said = sentence.filter(isNumber).filter((part) => part.column === name)
    if (said.length > 0)
      chosen.set(
        name,
        digitsFor(
          said.map(({ value }) => new Big(String(value))),
          {
            scale,
            isMoney: moneyWords.test(separated(name)) || said.some(({ unit }) => /^[A-Z]{3}$/.test(unit ?? '')),
          },
        ),
      )
  }
  return sentence.map((part) => {
    const digits = isNumber(part) ? chosen.get(part.column ?? '') : undefined
    return digits === undefined || 'text' in part ? part : { ...part, digits: [digits[0], digits[1]] }
  })
}

function digitsFor(
  values: readonly Big[],
  { scale, isMoney }: { readonly scale: number | null; readonly isMoney: boolean },
): readonly [number, number] {
  const isWhole = values.every((value) => value.eq(value.round(0, Big.roundDown)))
  const least = isMoney && (scale ?? 0) >= 2 ? 2 : 0
  if (isWhole) return [least, least]
  const largest = values.reduce((most, value) => (value.abs().gt(most) ? value.abs() : most), new Big(0))
  // Three digits that count for numbers below one: 0.0499.
  let most = largest.gte(1) ? 2 : Math.max(2, 2 - largest.e)
  const different = new Set(values.map((value) => value.toFixed())).size
  const tells = (digits: number): boolean =>
    new Set(values.map((value) => value.toFixed(digits))).size === different &&
    values.every((value) => value.eq(0) || !value.round(digits, Big.roundHalfUp).eq(0))
  while (most < mostDigits && !tells(most)) most += 1
  const padded = largest.gte(1) && (scale ?? 0) >= 2 ? 2 : least
  return [Math.min(padded, most), most]
}
