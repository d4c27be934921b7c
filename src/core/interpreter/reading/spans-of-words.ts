import { verbs } from '../../language/lexicon.ts'
import { fitsMatch } from '../../language/match-phrases.ts'
import type { Phrase, PhraseUnit } from '../../language/phrase.ts'
import type { Token } from '../../language/tokenise.ts'
import type { Linker } from '../linking/linker.ts'
import type { Mention } from '../linking/mention.ts'

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

/** Whether words are the fixed phrase here, and not a column of that name or a verb. */
export function fitsPhrase(
  phrase: Phrase,
  tokens: readonly Token[],
  at: number,
  length: number,
  linker: Linker,
): boolean {
  if (phrase.is === 'share') return !isColumn(tokens, at, length, linker)
  if (phrase.is === 'match') return fitsMatch(tokens, at, length) && !holdsText(tokens, at, length, linker)
  // "the times of the trains" are a column.
  if (phrase.is === 'times' && length === 1 && tokens[at + 1]?.lower === 'of')
    return linker.noun(tokens.slice(at, at + 1), at, at + 1) === null
  if (phrase.is === 'superlative') return !isAmountOf(tokens, at, length, linker)
  if (phrase.is === 'whole') return !tokens.slice(at, at + length).some((token) => isColumn([token], 0, 1, linker, 0.7))
  if (phrase.is === 'or-more') return !isFurther(tokens[at + length])
  if (phrase.is === 'compare' && tokens[at]?.lower === 'of') return tokens[at + length]?.kind === 'number'
  return phrase.is !== 'order' || !isDeed(tokens, at, length)
}

/** "minimum amount of transactions" where a column is called the amount of a transaction: the minimum of that column. */
function isAmountOf(tokens: readonly Token[], at: number, length: number, linker: Linker): boolean {
  if (tokens[at + length - 1]?.lower !== 'of' || tokens[at + length - 2]?.lower !== 'amount') return false
  const [best] = linker.noun(tokens.slice(at + length - 2, at + length + 1), at, at + length)?.candidates ?? []
  return best?.kind === 'column' && best.score >= 0.95
}

/** "over 5 or under 2", "or less than 2": a second comparison begins. */
const isFurther = (token: Token | undefined): boolean => token?.kind === 'number' || token?.lower === 'than'

/** "Ordered" by itself is what customers did; before "by" or a direction it sorts. */
const isDeed = (tokens: readonly Token[], at: number, length: number): boolean =>
  length === 1 &&
  tokens[at]?.lower === 'ordered' &&
  !/^(?:by|from|in|alphabetically|descending|ascending|according|chronologically)$/.test(tokens[at + 1]?.lower ?? '')

/** A single word such as "share" that a column has for its name. */
const isColumn = (tokens: readonly Token[], at: number, length: number, linker: Linker, least = 0.9): boolean =>
  length === 1 && (linker.noun(tokens.slice(at, at + 1), at, at + 1)?.candidates[0]?.score ?? 0) >= least

/** "paragraphs with text 'Korea'", "letters with the word 'dear'": a column or table of that name, which holds the text. */
const holdsText = (tokens: readonly Token[], at: number, length: number, linker: Linker): boolean =>
  /^(?:with|ha(?:ve|s|ving)|the|text|words?|letters?)$/.test(tokens[at]?.lower ?? '') &&
  (linker.noun(tokens.slice(at + length - 1, at + length), at, at + length)?.candidates[0]?.score ?? 0) >= 0.8

/** The column that stores a unit: a year, or a weekday by its name. */
export function unitMention(
  tokens: readonly Token[],
  at: number,
  to: number,
  unit: PhraseUnit,
  linker: Linker,
): Mention | null {
  const whole = linker.noun(tokens.slice(at, to), at, to)
  if (whole !== null || unit !== 'weekday') return whole
  const day = linker.noun(tokens.slice(at, at + 1), at, to)
  const isText = day?.candidates[0]?.kind === 'column' && day.candidates[0].column.kind === 'text'
  return isText ? day : null
}
