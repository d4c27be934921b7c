import { verbs } from '../../language/lexicon.ts'
import type { Token } from '../../language/tokenise.ts'

/**
 * Whether some words may be one noun phrase, between the token before and the one after them: a word that is a verb elsewhere ends a noun,
 * unless all of them are a column's name, as in "birth place".
 */
export const mayBeNoun = (
  span: readonly Token[],
  before: Token | undefined,
  next: Token | undefined,
  isColumn: () => boolean,
): boolean =>
  isNounSpan(span) && !isNumbered(span, next) && !isClause(span, before, next) && (!hidesVerb(span) || isColumn())

/** "the name of boat 3": the number belongs to the boat, not to the name. */
const isNumbered = (span: readonly Token[], next: Token | undefined): boolean =>
  next?.kind === 'number' && span.some(({ lower }) => lower === 'of')

/** Whether a span has a verb after its first word: "orders shipped by" is a noun and a verb, not one noun. */
const hidesVerb = (span: readonly Token[]): boolean =>
  span.some((token, i) => i > 0 && verbs.has(token.lower)) && !verbs.has(span[0]?.lower ?? '')

/** "scientists assigned to", "who attends courses": a verb with what stands beside it is no noun. */
function isClause(span: readonly Token[], before: Token | undefined, next: Token | undefined): boolean {
  const [first, last] = [span[0]?.lower ?? '', span.at(-1)?.lower ?? '']
  if (span.length < 2) return false
  if (last.endsWith('ed') && (next?.lower === 'to' || next?.lower === 'by')) return true
  return verbs.has(first) && /^(?:who|never|not)$/.test(before?.lower ?? '')
}

/** Whether a span may be a noun phrase: words only, with "of" and "-" allowed between them. */
function isNounSpan(span: readonly Token[]): boolean {
  const hasBy = span.findIndex((token) => token.lower === 'by')
  if (hasBy >= 0 && (hasBy === 0 || hasBy !== span.length - 1)) return false
  const [first, last] = [span[0], span.at(-1)]
  if (first === undefined || last === undefined || nounJoiners.has(first.lower) || nounJoiners.has(last.lower))
    return false
  return span.every(
    (token) =>
      nounJoiners.has(token.lower) ||
      (token.kind === 'word' && !articles.has(token.lower)) ||
      (token.kind === 'number' && span.length > 1),
  )
}
const nounJoiners = new Set(['of', '-', '/'])
const articles = new Set(['the', 'a', 'an', 'and', 'or', 'in', 'for', 'with', 'each', 'is', 'are', 'all'])
