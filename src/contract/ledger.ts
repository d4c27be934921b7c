import * as z from 'zod/mini'

/** What a part of a question asks for. */
export const LedgerRole = z.enum([
  'word',
  'value',
  'number',
  'period',
  'negation',
  'comparison',
  'ranking',
  'group',
  'quantifier',
  'share',
  'change',
  'aggregate',
  'distinct',
  'order',
  'relation',
  'request',
])
export type LedgerRole = z.infer<typeof LedgerRole>

/** A place in a text: offsets in UTF-16 code units, end exclusive. */
export const LedgerSpan = z.object({ from: z.int().check(z.nonnegative()), to: z.int().check(z.nonnegative()) })
export type LedgerSpan = z.infer<typeof LedgerSpan>

/** One accounted part of a question: where it stands, and which parts of the SQL answer it. */
export const LedgerEntry = z.extend(LedgerSpan, {
  text: z.string(),
  role: LedgerRole,
  /** Places in the SQL; or the assumption that answers the words; or null when nothing does. */
  answeredBy: z.nullable(z.union([z.array(LedgerSpan), z.string()])),
})
export type LedgerEntry = z.infer<typeof LedgerEntry>

/**
 * The words of a question that nothing in its query answers, each once, as they were written. Words that only relate ("with", "by") are left
 * out where the noun they lead to is listed.
 */
export function wordsLeftOver(ledger: readonly LedgerEntry[]): readonly string[] {
  const open = ledger.filter(({ answeredBy }) => answeredBy === null)
  const telling = open.filter(({ role }) => role !== 'relation')
  return [...new Set((telling.length > 0 ? telling : open).map(({ text }) => text))]
}

/** Says what a query leaves over. */
export const notFoundInQuery = (words: readonly string[]): string =>
  `Not found in the query: ${words.map((word) => `"${word}"`).join(', ')}.`
