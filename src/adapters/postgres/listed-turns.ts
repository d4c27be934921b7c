import { searchWords } from '../../contract/words/search-words.ts'
import type { TurnEvent } from '../../contract/turn-event.ts'
import type { StoredEvent } from '../../core/ports/turn-store.ts'
import { sql } from './drizzle.ts'
import { storableText } from './storable-text.ts'

/** Where a word of a turn stands, as weights of its words. */
export const weights = { question: 'A', sql: 'B', note: 'C' } as const

/** Different words of a text that can be found, and the characters they are looked for in: more is data, and no vector may grow over 1 MB. */
const mostWords = 2_000
const longestText = 50_000

/** A text's words as the text of a `tsvector`. */
export const vectorOf = (text: string, weight: string): string =>
  searchWords(text.slice(0, longestText), mostWords)
    .map((word) => `'${word}':1${weight}`)
    .join(' ')

/**
 * What a search asks of the words of a turn, and of the title that its conversation was given. The owner stands among the words of all turns of
 * a person, so that the index finds theirs among those of others; no text has such a word.
 */
export function searchFor(
  ownerId: string,
  words: readonly string[],
  isLastBegun: boolean,
): { readonly all: string; readonly any: string } {
  const last = words.length - 1
  const parts = words.map((word, at) => (at === last && isLastBegun ? `'${word}':*` : `'${word}'`))
  return { all: [`'@${ownerId}'`, ...parts].join(' & '), any: parts.join(' | ') }
}

/** The words of a new turn: see `searchFor`. */
export function newVector(ownerId: string, question: string | null): string {
  const words = vectorOf(question ?? '', weights.question)
  return `'@${ownerId}':1 ${words}`
}

/** The kind of an event stands within this many characters of its text, before anything that may be long. */
const headLength = 220
const listedKinds = ['query.proposed', 'result.done', 'turn.failed'] as const
type Listed = Extract<TurnEvent, { readonly kind: (typeof listedKinds)[number] }>

/** Assigns the columns of `turns` that lists show of these events. Events of rows are not read. */
export function assignListed(events: readonly StoredEvent[]) {
  const listed = events
    .filter(({ json }) => listedKinds.some((kind) => json.slice(0, headLength).includes(`"kind":"${kind}"`)))
    .map(({ json }) => JSON.parse(json) as Listed)
  const last = <Kind extends Listed['kind']>(kind: Kind) =>
    listed.findLast((event): event is Extract<Listed, { readonly kind: Kind }> => event.kind === kind)
  const proposed = last('query.proposed')
  const result = last('result.done')
  const failed = last('turn.failed')
  return sql.join([
    ...(proposed === undefined
      ? []
      : [
          sql`, sql = ${storableText(proposed.sql)}, words = ts_filter(words, '{a,c,d}')
            || ${vectorOf(proposed.sql, weights.sql)}::tsvector`,
        ]),
    ...(result === undefined
      ? []
      : [
          sql`, row_count = ${result.rowCount}::bigint, result_bytes = ${Math.round(result.bytes)}::bigint,
            elapsed_ms = ${result.elapsedMs}::double precision`,
        ]),
    ...(failed === undefined ? [] : [sql`, problem_code = ${failed.problem.code}`]),
  ])
}
