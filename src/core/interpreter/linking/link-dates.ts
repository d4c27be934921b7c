import { tableAfter } from '../../catalog/join-graph.ts'
import type { NamedColumn, NamedTable } from '../../catalog/named-catalog.ts'
import type { Synonyms } from '../../catalog/synonyms.ts'
import { rootOf } from '../../catalog/word-forms.ts'
import { isDated } from '../plan/table-roles.ts'
import type { Candidate, DurationUnit } from './mention.ts'
import type { SchemaIndex } from './schema-index.ts'

/** Two dates of the rows of a table; one of them may lie in a table that it refers to. */
export interface DatePair {
  readonly table: NamedTable
  readonly from: NamedColumn
  readonly to: NamedColumn
}

/** Links words to the dates of rows: "they were placed", "the ship date", "delivery". */
export interface DateLinker {
  /** The pairs that two spans of words name, one for each table that holds one; empty when the words leave two pairs of a table open. */
  pairs(from: readonly string[], to: readonly string[]): readonly DatePair[]
  /** Whether words name nothing but a date: "shipped" does, "jobs shipped" and "were" do not. */
  namesDate(words: readonly string[]): boolean
  /** The promised and the actual date of each table that has one of either; `done` are the words that tell what was done. */
  promises(done: readonly string[]): readonly DatePair[]
}

/** The time between two dates as what a noun may be linked to. */
export const durationOf = ({ table, from, to }: DatePair, duration: DurationUnit): Candidate => ({
  kind: 'formula',
  formula: { table, factors: [from, to], discount: null, duration },
  score: 1,
})

/** Makes the linker over the tables of one question. */
export function makeDateLinker(index: SchemaIndex, scope: ReadonlySet<NamedTable>, synonyms: Synonyms): DateLinker {
  const related = (word: string): ReadonlySet<string> =>
    new Set([word, ...synonyms.of(word), ...synonyms.of(rootOf(word)), ...eventsLike(stemOf(word))].map(stemOf))
  const scoreOf = (words: readonly string[], column: NamedColumn): number => {
    const own = new Set(
      column.ways
        .flat()
        .filter((word) => !generic.has(word))
        .map(stemOf),
    )
    const rows = new Set(column.table.ways.flat().map(stemOf))
    const asked = words.filter((word) => !passing.has(word))
    const isOwn = (word: string): boolean => [...related(word)].some((root) => own.has(root))
    const said = asked.filter(isOwn)
    if (said.length === 0 || !asked.every((word) => isOwn(word) || rows.has(stemOf(word)))) return 0
    const exact = said.filter((word) => own.has(stemOf(word))).length
    return (exact / said.length + Math.min(1, said.length / own.size)) / 2
  }
  const datesFor = (words: readonly string[]): readonly (readonly [NamedColumn, number])[] =>
    [...scope].flatMap((table) => {
      const scored = table.columns.filter(isDated).map((column) => [column, scoreOf(words, column)] as const)
      const best = Math.max(...scored.map(([, score]) => score))
      return best <= 0 ? [] : scored.filter(([, score]) => score === best)
    })
  const joins = (a: NamedTable, b: NamedTable): boolean =>
    index.graph.stepsFrom(a).some((step) => step.up && tableAfter(step) === b)
  return {
    namesDate: (words) => {
      const [first = ''] = words
      const isOwn = (column: NamedColumn): boolean =>
        words.every((word) => passing.has(word) || scoreOf([word], column) > 0)
      return !passing.has(first) && [...scope].some((table) => table.columns.some((c) => isDated(c) && isOwn(c)))
    },
    pairs: (from, to) => {
      const [first, last] = [datesFor(from), datesFor(to)]
      const found = first.flatMap(([a, scoreA]) =>
        last.flatMap(([b, scoreB]) => {
          const table = joins(a.table, b.table)
            ? a.table
            : a.table === b.table || joins(b.table, a.table)
              ? b.table
              : null
          const score = scoreA + scoreB + (a.table === b.table ? 0.5 : 0)
          return a === b || table === null ? [] : [{ table, from: a, to: b, score }]
        }),
      )
      const best = Math.max(0, ...found.map(({ score }) => score))
      return onePerTable(found.filter(({ score }) => score === best))
    },
    promises: (done) =>
      [...scope].flatMap((table) => {
        const dates = table.columns.filter(isDated)
        const due = dates.filter((column) => saysOne(column, dueWords))
        const others = dates.filter((column) => !due.includes(column))
        const actual = others.filter((column) =>
          done.length > 0 ? scoreOf(done, column) > 0 : saysOne(column, doneWords),
        )
        const [from, to] = [due[0], actual[0]]
        return from === undefined || to === undefined || due.length > 1 || actual.length > 1
          ? []
          : [{ table, from, to }]
      }),
  }
}

/** Pairs of different tables are left to the rest of the question; two of the same table cannot be told apart. */
function onePerTable(pairs: readonly DatePair[]): readonly DatePair[] {
  const tables = Map.groupBy(pairs, ({ table }) => table)
  return [...tables.values()].some((list) => list.length > 1) ? [] : pairs
}

const saysOne = (column: NamedColumn, words: ReadonlySet<string>): boolean =>
  column.ways.flat().some((word) => words.has(stemOf(word)))

const rootsOf = (words: string): ReadonlySet<string> => new Set(words.split(' ').map(stemOf))

/** Words of dates that were promised, and of dates when something was done. */
const dueWords = rootsOf(
  'due commit committed promised required expected planned scheduled target deadline agreed estimated',
)
const doneWords = rootsOf(
  'delivered delivery shipped ship received receipt arrived arrival completed finished closed paid returned actual done settled resolved',
)

/** Words of date columns that say nothing about what happened. */
const generic = new Set(['date', 'time', 'day', 'timestamp', 'datetime', 'on', 'at', 'dt'])
/** Words around the name of a date that name no date themselves. */
const passing = new Set(
  'a an the its their his her they it them was were is are be being been get gets got actual actually date dates day time when having had has have first then of to in on really'.split(
    ' ',
  ),
)

/** Names for the same moment of a row. */
const events = [
  'place order create make',
  'ship dispatch send',
  'receive arrive',
  'deliver receive',
  'commit promise',
  'book reserve',
  'start begin open',
  'end finish close complete',
].map(rootsOf)
const eventsLike = (root: string): readonly string[] => events.flatMap((same) => (same.has(root) ? [...same] : []))

/** The root of a root, since the root of "ordered" is "order", and that of "order" is not. */
function stemOf(word: string): string {
  return rootOf(rootOf(word))
}
