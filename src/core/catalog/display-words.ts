import { columnWords } from '../../contract/words/columns.ts'
import { knownWords } from './known-words.ts'
import type { NamedColumn, NamedTable } from './named-catalog.ts'
import { expansionOf } from './short-forms.ts'
import { separate } from './split-name.ts'
import { singular } from './word-forms.ts'

/** Words that an English plural can be made of. */
const english = new Set(knownWords)
/** Abbreviations of two letters that mean the same in every name; others (`RT`, `ST`) are shown as they are written. */
const certain = /^(?:cd|dt|id|nm|no|nr|qt)$/
const currencies = /^(?:aud|brl|cad|chf|cny|czk|dkk|eur|gbp|huf|inr|jpy|krw|mxn|nok|nzd|pln|sek|usd|zar)$/

/**
 * A column as people read it: `L_SHIPMODE` → "ship mode", `VACATION_DAYS` → "vacation days", `SALARY_USD` → "salary". Names that cannot be
 * split with certainty keep their own words: `STADT` → "stadt".
 */
export function displayColumn({ column, ways }: NamedColumn): string {
  const written = column.spelling ?? column.name
  const way = ways[0] ?? []
  const separate = columnWords(written)
  const told = isCertain(way, written) ? withPlurals(way, written).join(' ') : null
  const words = (told ?? separate ?? ways.at(-1)?.join(' ') ?? written).split(' ')
  // The last word of FUEL_L or BETRAG_EUR is a unit.
  const isUnit = words.length > 1 && (/^\p{Ll}$/u.test(words.at(-1) ?? '') || currencies.test(words.at(-1) ?? ''))
  const bare = isUnit ? words.slice(0, words.at(-2) === 'in' && words.length > 2 ? -2 : -1) : words
  return bare.join(' ')
}

/** Whether each word of a name is a known one or stands by itself in it, with no short form that may mean something else. */
function isCertain(way: readonly string[], written: string): boolean {
  const parts = separate(written)
  const isGuess = parts.some((part) => part.length === 2 && expansionOf(part) !== null && !certain.test(part))
  const own = new Set(parts.flatMap((part) => (part.length > 2 ? [part, singular(part)] : [])))
  return !isGuess && way.length > 0 && way.every((word) => english.has(word) || own.has(word))
}

/** The words with the plurals that the name itself has. */
function withPlurals(way: readonly string[], written: string): readonly string[] {
  const text = written.toLowerCase()
  return way.map((word) => {
    const many = plural(word)
    const at = many === word ? -1 : text.indexOf(many)
    return at >= 0 && !/\p{L}/u.test(text[at + many.length] ?? '') ? many : word
  })
}

/** One row of a table in words, as "line item". */
export function displayTable({ table, ways }: NamedTable): string {
  const written = table.spelling ?? table.name
  const way = ways[0] ?? []
  return isCertain(way, written) ? way.join(' ') : (columnWords(written) ?? written.toLowerCase())
}

/** The rows of a table in words, as "line items". A plural that is none of English is left as it is: "kunden". */
export function displayRows(table: NamedTable): string {
  const words = displayTable(table)
  const last = words.split(' ').at(-1) ?? ''
  const isForeign = !english.has(last) && (/[^ -~]/.test(last) || (last.endsWith('en') && !englishInEn.test(last)))
  return isForeign ? words : plural(words)
}

const englishInEn =
  /^(?:token|screen|citizen|kitchen|garden|specimen|queen|pen|hen|men|women|children|siren|oxygen|open)$/

/** Words that have no plural of their own, or are one already. */
const plurals = /(?:^| )(?:sales|news|series|species|earnings|goods|savings|people|logistics|statistics|economics)$/
/** Words for what cannot be counted, and words that name no thing at all: what is counted then is records. */
const uncounted =
  /(?:^| )(?:data|weather|inventory|traffic|staff|equipment|information|feedback|usage|energy|electricity|revenue|payroll|history|research|software|hardware|metadata|all|total|daily|hourly|weekly|monthly|quarterly|yearly|annual|null|new|old|raw|final|current|latest|\p{L}|[\p{L}]*\d+)$/u

/** The plural of some words, or the records of what has none. */
export function plural(words: string): string {
  if (plurals.test(words)) return words
  if (uncounted.test(words)) return `${words} records`
  if (/(?:s|x|ch|sh)$/.test(words)) return `${words}es`
  if (/[^aeiou]y$/.test(words)) return `${words.slice(0, -1)}ies`
  return words.endsWith('person') ? `${words.slice(0, -6)}people` : `${words}s`
}
