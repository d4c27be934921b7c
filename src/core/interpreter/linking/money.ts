import type { NamedColumn, NamedTable } from '../../catalog/named-catalog.ts'
import { isKeyWord } from '../../catalog/key-column.ts'
import type { Candidate, Formula } from './mention.ts'

/** Kinds of money words, which column names seldom contain. */
export type MoneyWord = 'revenue' | 'spent' | 'value'

const moneyWords: Readonly<Record<string, MoneyWord>> = {
  revenue: 'revenue',
  revenues: 'revenue',
  sales: 'revenue',
  turnover: 'revenue',
  income: 'revenue',
  spent: 'spent',
  spend: 'spent',
  spends: 'spent',
  spending: 'spent',
  paid: 'spent',
  expenditure: 'spent',
  value: 'value',
  worth: 'value',
}

export const moneyWordOf = (word: string): MoneyWord | null =>
  Object.hasOwn(moneyWords, word) ? (moneyWords[word] ?? null) : null

const isNumber = (column: NamedColumn): boolean =>
  column.kind === 'number' && !column.ways.some((way) => isKeyWord(way.at(-1)))
const says = (column: NamedColumn, ...words: readonly string[]): boolean =>
  column.ways.some((way) => words.every((word) => way.includes(word)))
const find = (table: NamedTable, ...options: readonly (readonly string[])[]): NamedColumn | null => {
  for (const words of options) {
    const column = table.columns.find((c) => isNumber(c) && says(c, ...words))
    if (column !== undefined) return column
  }
  return null
}

/** The formulas by which a table may hold a money amount: computed per line, or one stored total. */
export function moneyOf(table: NamedTable, word: MoneyWord): readonly Candidate[] {
  if (!isDealing(table)) return []
  const line = lineFormula(table)
  const total = totalOf(table)
  const candidates: Candidate[] = []
  const preferLine = word === 'revenue'
  if (line !== null) candidates.push({ kind: 'formula', formula: line, score: preferLine ? 0.9 : 0.72 })
  if (total !== null)
    candidates.push({
      kind: 'formula',
      formula: { table, factors: [total], discount: null },
      score: preferLine ? 0.78 : 0.9,
    })
  return candidates
}

/** Whether a table holds events rather than entities: it refers to several tables or has dates. */
const isDealing = (table: NamedTable): boolean =>
  table.columns.filter((c) => c.ways.some((way) => isKeyWord(way.at(-1)))).length >= 2 ||
  table.columns.some((c) => c.kind === 'date' || c.kind === 'timestamp')

/** Price × quantity, or a stored line price, less a discount stored as a fraction; null when the table has neither. */
function lineFormula(table: NamedTable): Formula | null {
  const extended = find(table, ['extended', 'price'], ['line', 'total'], ['line', 'amount'])
  const price = extended ?? find(table, ['unit', 'price'], ['sale', 'price'], ['selling', 'price'], ['price'])
  const found = find(table, ['quantity'], ['unit', 'sold'])
  const quantity = found !== null && isStock(found) ? null : found
  if (price === null || says(price, 'cost') || (extended === null && quantity === null)) return null
  const discount = table.columns.find((c) => isNumber(c) && says(c, 'discount')) ?? null
  const factors = extended === null && quantity !== null ? [price, quantity] : [price]
  return { table, factors, discount: discount !== null && isFraction(discount) ? discount : null }
}

const isStock = (column: NamedColumn): boolean =>
  ['stock', 'available', 'inventory', 'hand', 'reorder'].some((word) => says(column, word))

/** Whether a discount is stored as 0.05 rather than 5: by its samples, else by its type. */
function isFraction(column: NamedColumn): boolean {
  if (column.column.samples.length > 0) return column.column.samples.every((v) => Math.abs(Number(v)) <= 1)
  return /\(\s*\d+\s*,\s*[1-9]/.test(column.column.type) || /float|double|real/i.test(column.column.type)
}

const totalOf = (table: NamedTable): NamedColumn | null =>
  find(
    table,
    ['total', 'price'],
    ['total', 'amount'],
    ['grand', 'total'],
    ['order', 'total'],
    ['total', 'spent'],
    ['total', 'sales'],
    ['total', 'cost'],
    ['amount', 'paid'],
    ['payment', 'amount'],
    ['amount'],
    ['total'],
  )

const amountWords = 'amount total price value fee cost fare revenue paid payment charge expense spent sum'.split(' ')
/** Parts of an amount, which are not what its row is worth. */
const sideWords =
  'shipping freight tax vat discount tip commission rate percent percentage ratio minimum maximum'.split(' ')

/** Whether a column holds money, or another amount that is spoken of as money is. */
export const isMoney = (column: NamedColumn): boolean =>
  isNumber(column) && amountWords.some((word) => says(column, word))

/** The columns of a table that say what one of its rows is worth. */
export const moneyColumnsOf = ({ columns }: NamedTable): readonly NamedColumn[] =>
  columns.filter((c) => isMoney(c) && !sideWords.some((word) => says(c, word)))

/** Things that are money themselves, so that "total payments" adds them up where "total orders" counts. */
const moneyThings = new Set(
  'payment refund expense donation fee charge deposit withdrawal fine premium rent bill transfer reimbursement salary sale'.split(
    ' ',
  ),
)

export const isMoneyThing = ({ ways }: NamedTable): boolean => ways.some((way) => moneyThings.has(way.at(-1) ?? ''))
