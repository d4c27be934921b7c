import { LRUCache } from 'lru-cache'
import { singular } from '../../catalog/word-forms.ts'
import type { NamedColumn, NamedTable } from '../../catalog/named-catalog.ts'
import type { Synonyms } from '../../catalog/synonyms.ts'
import { makeLikeness } from '../../catalog/likeness.ts'
import type { Candidate } from './mention.ts'
import { keysOf } from './schema-index.ts'
import type { SchemaIndex } from './schema-index.ts'

/** Links words to tables and columns, best first. Words are singular and in lower case. */
export type NameLinker = (asked: readonly string[], itemsOf: ItemsOf) => readonly Candidate[]

/** The tables and columns whose name has the word or a related one. */
export type ItemsOf = (word: string) => ReadonlySet<NamedTable | NamedColumn>

const leastScore = 0.5
const mostCandidates = 24

/** Makes the linker for names. */
export function makeNameLinker(synonyms: Synonyms): NameLinker {
  const likeness = makeLikeness(synonyms)
  return (asked, itemsOf) => {
    const found = new Set([
      ...itemsOf(asked.at(-1) ?? ''),
      ...(asked.length > 1 ? itemsOf(singular(asked.join(''))) : []),
      ...(asked.length > 1 ? itemsOf(asked[0] ?? '') : []),
    ])
    const scored = [...found].map((item): Candidate => {
      if (!('column' in item)) return { kind: 'table', table: item, score: likeness.ofTable(asked, item) }
      return {
        kind: 'column',
        column: item,
        score: Math.max(likeness.ofColumn(asked, item), asName(asked, item, likeness.ofColumn)),
      }
    })
    return scored
      .filter((c) => c.score >= leastScore)
      .sort((a, b) => b.score - a.score || Number(b.kind === 'table') - Number(a.kind === 'table'))
      .slice(0, mostCandidates)
  }
}

const dateWords = new Set(['date', 'time', 'day', 'timestamp'])
const trailingWords = new Set(['year', 'date', 'value', 'time', 'amount'])

/** Words whose tables and columns are kept. */
const mostKnown = 1_000

/** Makes a memoised lookup over some tables. */
export function makeItemsOf(index: SchemaIndex, scope: ReadonlySet<NamedTable>, synonyms: Synonyms): ItemsOf {
  const known = new LRUCache<string, ReadonlySet<NamedTable | NamedColumn>>({ max: mostKnown })
  const read = (word: string): ReadonlySet<NamedTable | NamedColumn> => {
    const found = new Set<NamedTable | NamedColumn>()
    const keys = [...keysOf(word), ...synonyms.of(word).flatMap((other) => [other, `&${other.slice(0, 1)}`])]
    for (const table of scope) {
      const names = index.namesOf(table)
      for (const key of keys) for (const item of names.get(key) ?? []) found.add(item)
    }
    return found
  }
  return (word) => {
    const items = known.get(word) ?? read(word)
    known.set(word, items)
    return items
  }
}

/** Addresses that no house has. */
const electronic = new Set(['email', 'mail', 'web', 'website', 'ip', 'url'])

/** Scores "region names" against a column that is just called REGION, and likewise for dates and values. */
function asName(
  asked: readonly string[],
  column: NamedColumn,
  ofColumn: (asked: readonly string[], column: NamedColumn) => number,
): number {
  const last = asked.at(-1) ?? ''
  if (asked.length < 2) return 0
  if (dateWords.has(last) && (column.kind === 'date' || column.kind === 'timestamp'))
    return ofColumn(asked.slice(0, -1), column) * 0.96
  if (trailingWords.has(last) && !column.ways.some((way) => way.includes(last))) {
    return ofColumn(asked.slice(0, -1), column) >= 0.99 ? 0.93 : 0
  }
  if (last === 'address' && electronic.has(asked.at(-2) ?? '') && !column.ways.some((way) => way.includes(last)))
    return ofColumn(asked.slice(0, -1), column) >= 0.99 ? 0.99 : 0
  if (last !== 'name' || column.kind !== 'text') return 0
  if (column.ways.some((way) => way.includes('name'))) return 0
  return ofColumn(asked.slice(0, -1), column) >= 0.99 ? 0.93 : 0
}
