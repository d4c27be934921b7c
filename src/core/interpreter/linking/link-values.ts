import type { NamedColumn, NamedTable } from '../../catalog/named-catalog.ts'
import { rootOf, singular } from '../../catalog/word-forms.ts'
import { stateWords } from '../../language/state-words.ts'
import type { ValueCandidate } from './mention.ts'
import { normalWords } from './schema-index.ts'
import type { SchemaIndex, StoredValue, Values } from './schema-index.ts'
import type { ValueAliases } from '../../language/value-aliases.ts'

/** Links words to sampled values, best first. */
export type ValueLinker = (
  text: string,
  index: SchemaIndex,
  scope: ReadonlySet<NamedTable>,
  options: { readonly quoted: boolean },
) => readonly ValueCandidate[]

const mostCandidates = 12

/** Makes the linker for values. `aliases` gives other spellings (German for Germany). */
export function makeValueLinker(aliases: ValueAliases): ValueLinker {
  return (text, index, scope, { quoted }) => {
    const words = normalWords(text)
    if (words === '' || (!quoted && words.length < 2)) return []
    const found: ValueCandidate[] = []
    const add: Add = (values, score, match = 'whole') => {
      for (const { column, value } of values) {
        if (!found.some((f) => f.column === column && f.match === 'whole')) {
          found.push({ kind: 'value', column, value, match, score })
        }
      }
    }
    const tables = [...scope].map((table) => index.valuesOf(table))
    add(lookUp(tables, 'whole', words), 1)
    addVariants(words, tables, aliases, add, quoted)
    if (found.length === 0 && !quoted) add(stateLetters(words, scope), letterScore, 'letter')
    return found.sort((a, b) => b.score - a.score).slice(0, mostCandidates)
  }
}

type Add = (values: readonly StoredValue[], score: number, match?: ValueCandidate['match']) => void

const lookUp = (tables: readonly Values[], which: keyof Values, words: string): readonly StoredValue[] =>
  tables.flatMap((values) => values[which].get(words) ?? [])

function addVariants(words: string, tables: readonly Values[], aliases: ValueAliases, add: Add, quoted: boolean): void {
  const one = inSingular(words)
  if (one !== words && !quoted) add(lookUp(tables, 'whole', one), 0.94)
  for (const other of new Set([...aliases(words), ...aliases(one)])) {
    add(
      lookUp(tables, 'whole', other).filter((v) => other.length > 2 || isCodeColumn(v.column, other)),
      0.9,
    )
  }
  if (quoted || words.includes(' ') || words.length < 3) return
  const parts = lookUp(tables, 'parts', words)
  add(onlyOnes(parts.length > 0 ? parts : lookUp(tables, 'parts', one)), 0.8, 'part')
}

const letterScore = 0.8

/** "failed" for F: of the columns that hold states as single letters, those where one letter alone fits and no name holds the word. */
function stateLetters(word: string, scope: ReadonlySet<NamedTable>): readonly StoredValue[] {
  if (!stateWords.has(word)) return []
  const root = rootOf(word)
  const isNamed = (ways: NamedTable['ways']): boolean => ways.flat().some((one) => rootOf(one) === root)
  const tables = [...scope]
  if (tables.some((table) => isNamed(table.ways) || table.columns.some((column) => isNamed(column.ways)))) return []
  return tables
    .flatMap(({ columns }) => columns)
    .flatMap((column) => {
      const value = column.column.samples.find((one) => one.toLowerCase() === word.charAt(0))
      return value !== undefined && holdsLetters(column) ? [{ column, value }] : []
    })
}

/** Whether a column holds states as single letters, all of which are known. */
const holdsLetters = ({ kind, ways, column: { samples, samplesComplete } }: NamedColumn): boolean =>
  kind === 'text' &&
  samplesComplete &&
  samples.length > 1 &&
  samples.every((value) => /^\p{L}$/u.test(value)) &&
  new Set(samples.map((value) => value.toLowerCase())).size === samples.length &&
  ways.flat().some((word) => stateColumns.has(word))

const stateColumns = new Set(['status', 'state', 'stage', 'flag', 'outcome', 'result', 'phase'])

const inSingular = (words: string): string => {
  const parts = words.split(' ')
  return [...parts.slice(0, -1), singular(parts.at(-1) ?? '')].join(' ')
}

/** Keeps partial matches that are unique within their column. */
function onlyOnes(values: readonly StoredValue[]): readonly StoredValue[] {
  const byColumn = Map.groupBy(values, (v) => v.column)
  return [...byColumn.values()].filter((list) => list.length === 1).flat()
}

/** Whether a column may hold codes: one- and two-letter aliases for a country, a state or a sex only count there. */
function isCodeColumn(column: NamedColumn, code: string): boolean {
  const words = new Set(column.ways.flat())
  if (code.length === 1)
    return words.has('sex') || words.has('gender') || column.column.samples.every((v) => v.length <= 1)
  return ['state', 'province', 'country', 'nation', 'region', 'code', 'location'].some((word) => words.has(word))
}
