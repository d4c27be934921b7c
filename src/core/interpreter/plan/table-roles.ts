import { isKeyWord, isSaid, keyColumnOf } from '../../catalog/key-column.ts'
import type { JoinGraph } from '../../catalog/join-graph.ts'
import type { NamedColumn, NamedTable } from '../../catalog/named-catalog.ts'
import type { Candidate, ValueCandidate } from '../linking/mention.ts'
import { moneyOf } from '../linking/money.ts'
import type { Synonyms } from '../../catalog/synonyms.ts'
import { rootOf } from '../../catalog/word-forms.ts'
import { unitFit, unitOf } from '../../language/units.ts'
import type { Quality } from '../../language/phrase.ts'

const says = (column: NamedColumn, ...words: readonly string[]): boolean =>
  column.ways.some((way) => words.every((word) => way.includes(word)))
const isExactly = (column: NamedColumn, ...words: readonly string[]): boolean =>
  column.ways.some((way) => way.join(' ') === words.join(' '))

/** The columns that identify a row to people: its name or title, or first and last name. Empty when there is none. */
export function labelsOf(table: NamedTable): readonly NamedColumn[] {
  const texts = table.columns.filter((c) => c.kind === 'text')
  const first = texts.find((c) => isExactly(c, 'first', 'name'))
  const last = texts.find((c) => isExactly(c, 'last', 'name') || isExactly(c, 'surname'))
  const named =
    texts.find((c) => isExactly(c, 'name') || isExactly(c, 'title') || isExactly(c, 'full', 'name')) ??
    texts.find((c) =>
      c.ways.some((way) => ['name', 'title'].includes(way.at(-1) ?? '') && isSaid(table, way.slice(0, -1))),
    ) ??
    texts.find((c) => c.ways.some((way) => isSaid(table, way)))
  if (named !== undefined) return [named]
  if (first !== undefined && last !== undefined) return [first, last]
  const other =
    texts.find((c) => c.ways.some((way) => way.at(-1) === 'name' || way.at(-1) === 'title')) ??
    texts.find((c) => c.unique && !c.ways.some((way) => isKeyWord(way.at(-1))))
  return other === undefined ? [] : [other]
}

/** The columns that show a row when none were asked for: its label, else its first columns. */
export function shownOf(table: NamedTable): readonly NamedColumn[] {
  const labels = labelsOf(table)
  if (labels.length > 0) return labels
  return table.columns.slice(0, mostShown)
}
const mostShown = 12

export const isKeyLike = (column: NamedColumn): boolean =>
  column.ways.some((way) => isKeyWord(way.at(-1)) && way.at(-1) !== 'number') || keyColumnOf(column.table) === column

/** Whether a numeric column holds years. */
export const isYear = (column: NamedColumn): boolean => {
  if (column.kind !== 'number' || isKeyLike(column)) return false
  // A number called a date holds years where all its samples do.
  if (!says(column, 'year') && !(says(column, 'date') && column.column.samples.length > 0)) return false
  return column.column.samples.every((v) => /^[12]\d{3}(?:\.0+)?$/.test(v))
}

/** Whether a text column holds ISO dates, which sort and compare like dates. */
const isDateText = (column: NamedColumn): boolean =>
  column.kind === 'text' &&
  column.column.samples.length > 0 &&
  column.column.samples.every((v) => /^\d{4}-\d{2}-\d{2}/.test(v))

export const isDated = (column: NamedColumn): boolean =>
  column.kind === 'date' || column.kind === 'timestamp' || isDateText(column)

export const isTruth = (column: NamedColumn): boolean => column.kind === 'boolean' || truthsOf(column) !== null

/** The spellings of yes and no in a text column that holds nothing else, or null. */
export function truthsOf(column: NamedColumn): { readonly yes: string; readonly no: string } | null {
  if (column.kind !== 'text' || !column.column.samplesComplete || column.column.samples.length > 2) return null
  for (const [yes, no] of truths) {
    const found = column.column.samples.find((v) => v.trim().toLowerCase() === yes)
    const other = column.column.samples.find((v) => v.trim().toLowerCase() === no)
    if (found !== undefined || other !== undefined) return { yes: found ?? yes, no: other ?? no }
  }
  return null
}
const truths = [
  ['yes', 'no'],
  ['y', 'n'],
  ['true', 'false'],
  ['t', 'f'],
] as const

/** Words of columns whose values can be added up. */
const additive =
  'amount total quantity number count sale revenue spent population cost expense earning unit share ticket vote goal attendance payment hour mile point medal follower passenger stock download'.split(
    ' ',
  )
export const isAdditive = (column: NamedColumn): boolean =>
  column.kind === 'number' &&
  !isKeyLike(column) &&
  additive.some((word) => says(column, word) || says(column, `${word}s`)) &&
  !says(column, 'rate') &&
  !says(column, 'price', 'unit')

/** Whether amounts of many rows add up to one: prices times quantities do, the days between two dates do not. */
export function addsUp(target: Exclude<Candidate, ValueCandidate>): boolean {
  if (target.kind === 'formula') return target.formula.duration === undefined
  return target.kind === 'column' && isAdditive(target.column)
}

/** Whether a numeric column holds rates (0.05) rather than amounts: by its samples, its name, or beside a discount that is one. */
export function isRate(column: NamedColumn): boolean {
  if (column.kind !== 'number' || isKeyLike(column) || says(column, 'amount')) return false
  const { samples } = column.column
  if (['rate', 'percent', 'percentage', 'pct', 'ratio'].some((word) => says(column, word))) return true
  if (!['discount', 'tax', 'commission', 'vat', 'margin'].some((word) => says(column, word))) return false
  if (samples.length > 0) return samples.every((v) => Math.abs(Number(v)) <= 1)
  const [money] = moneyOf(column.table, 'revenue')
  const discount = money?.kind === 'formula' ? money.formula.discount : null
  return discount !== null && discount.column.type === column.column.type
}

/** Preference among several date columns when the question names none. */
const eventWords: readonly (readonly string[])[] = [
  ['order'],
  ['transaction'],
  ['sale'],
  ['purchase'],
  ['invoice'],
  ['payment'],
  ['booking'],
  ['visit'],
  ['event'],
  ['create'],
  ['date'],
  ['start'],
]
const lateWords = [
  'due',
  'commit',
  'receipt',
  'deliver',
  'ship',
  'end',
  'update',
  'modify',
  'expire',
  'required',
  'settlement',
  'birth',
  'to',
  'effective',
]

/** The date columns of a table, the most likely one first. `hints` are words of the question. */
export function datesOf(table: NamedTable, hints: readonly string[], synonyms: Synonyms): readonly NamedColumn[] {
  const roots = new Set(hints.flatMap((hint) => [hint, ...synonyms.of(rootOf(hint)), ...synonyms.of(hint)]).map(rootOf))
  const own = new Set(table.ways.flat().map(rootOf))
  const rank = (column: NamedColumn): number => {
    const words = column.ways.flat()
    if (words.some((word) => word !== 'date' && word !== 'time' && roots.has(rootOf(word)))) return -1
    const late = lateWords.some((word) => words.some((w) => rootOf(w) === rootOf(word))) ? 100 : 0
    // The date named after the table, as VISIT_DATE of VISITS, is when its rows happened.
    if (words.includes('date') && words.some((word) => own.has(rootOf(word)))) return late
    const event = eventWords.findIndex((list) => list.every((word) => words.some((w) => rootOf(w) === rootOf(word))))
    return late + 1 + (event < 0 ? 50 : event)
  }
  const dates = table.columns.filter(isDated)
  const years = dates.length > 0 ? [] : table.columns.filter(isYear)
  return [...dates, ...years]
    .map((column) => ({ column, rank: rank(column) }))
    .sort((a, b) => a.rank - b.rank)
    .map((r) => r.column)
}

/** Words of columns that hold a quality, best first; `reverse` columns have the opposite order (a later birth is a lower age). */
const qualityWords: Readonly<
  Record<Quality, { readonly words: readonly string[]; readonly reverse: readonly string[] }>
> = {
  age: {
    words: ['age'],
    reverse: [
      'birth',
      'birthday',
      'birthdate',
      'born',
      'founded',
      'established',
      'opened',
      'open year',
      'built',
      'year',
      'date',
    ],
  },
  height: { words: ['height', 'altitude', 'elevation'], reverse: [] },
  length: { words: ['length', 'duration', 'runtime', 'distance', 'height', 'minutes', 'hours'], reverse: [] },
  weight: { words: ['weight', 'mass'], reverse: [] },
  price: { words: ['price', 'cost', 'fare', 'fee', 'rate', 'amount', 'value', 'charge', 'total'], reverse: [] },
  wealth: {
    words: ['net worth', 'worth', 'wealth', 'money', 'balance', 'earning', 'salary', 'income', 'budget', 'gdp'],
    reverse: [],
  },
  speed: { words: ['speed', 'velocity', 'horsepower', 'pace'], reverse: ['time', 'duration'] },
  size: {
    words: [
      'size',
      'area',
      'population',
      'capacity',
      'total price',
      'total amount',
      'total',
      'amount',
      'value',
      'number',
      'volume',
      'revenue',
      'employee',
      'price',
      'weight',
      'length',
    ],
    reverse: [],
  },
  time: { words: ['date', 'time', 'year', 'created'], reverse: [] },
  rating: {
    words: ['rating', 'score', 'star', 'grade', 'gpa', 'point'],
    reverse: ['rank', 'ranking', 'position', 'finish'],
  },
  popularity: { words: ['popularity'], reverse: [] },
  amount: { words: [], reverse: [] },
  pay: { words: ['salary', 'pay', 'wage', 'earning', 'income', 'compensation'], reverse: [] },
}

export interface QualityColumn {
  readonly column: NamedColumn
  readonly reversed: boolean
}

/** The column of a table that holds a quality, or null. */
export function qualityColumnOf(
  table: NamedTable,
  quality: Quality,
  hints: readonly string[],
  synonyms: Synonyms,
): QualityColumn | null {
  if (quality === 'time') {
    const [date] = datesOf(table, hints, synonyms)
    return date === undefined ? null : { column: date, reversed: false }
  }
  if (quality === 'amount') return mainNumberOf(table)
  const { words, reverse } = qualityWords[quality]
  const units = hints.flatMap((hint) => unitOf(hint) ?? [])
  for (const [list, reversed] of [
    [words, false],
    [reverse, true],
  ] as const) {
    for (const word of list) {
      const parts = word.split(' ')
      const columns = table.columns.filter(
        (c) => (c.kind === 'number' || isDated(c)) && !isKeyLike(c) && says(c, ...parts),
      )
      const column = columns.find((c) => unitFit(c.ways.flat(), units) > 0) ?? columns[0]
      if (column !== undefined) return { column, reversed }
    }
  }
  return null
}

/** The only numeric column of a table, else its age or its money amount. */
function mainNumberOf(table: NamedTable): QualityColumn | null {
  const numbers = table.columns.filter((c) => c.kind === 'number' && !isKeyLike(c) && !isYear(c))
  const money = ['age', 'total price', 'total amount', 'total', 'amount', 'price']
  const said = money.flatMap((word) => numbers.find((c) => says(c, ...word.split(' '))) ?? [])
  const column = numbers.length === 1 ? numbers[0] : said[0]
  return column === undefined ? null : { column, reversed: false }
}

/** Whether a column is a foreign key. */
export const isForeign = (column: NamedColumn, graph: JoinGraph): boolean =>
  graph.stepsFrom(column.table).some((step) => step.up && step.edge.columns.includes(column.column.name))
