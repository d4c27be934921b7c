import type { PhraseRow, TextMatch } from './phrase.ts'
import type { Token } from './tokenise.ts'

/** Nouns for a piece of text: "contains *the letter* w". */
const pieces =
  'letter|the letter|a letter|letters|the letters|word|the word|a word|words|the words|substring|the substring|a substring|string|the string|a string|text|the text|the phrase|character|the character|the characters'.split(
    '|',
  )
const starting =
  'start with|starts with|starting with|started with|begin with|begins with|beginning with|start in|starts in|begin in|begins in'
const ending = 'end with|ends with|ending with|ended with|ending in|end in|ends in'
const containing = 'contain|contains|containing|contained'
const holding = 'include|includes|including|have|has|having|with'

const withPieces = (verbs: string): readonly string[] =>
  verbs.split('|').flatMap((verb) => pieces.map((piece) => `${verb} ${piece}`))
const row = (how: TextMatch, ...phrases: readonly string[]): PhraseRow => [phrases.join('|'), { is: 'match', how }]

/** Tests on the letters of a text. */
export const matchPhrases: readonly PhraseRow[] = [
  row(
    'contains',
    containing,
    'like',
    ...withPieces(`${containing}|${holding}`),
    'include|includes|including',
    ...pieces,
  ),
  row('starts', starting, ...withPieces(starting), 'first letter|first letters|first character|initial letter'),
  row('ends', ending, ...withPieces(ending), 'last letter|last letters|last character|final letter'),
]

const isPiece = new Set(pieces)
const needsQuotes = new Set(['include', 'includes', 'including'])

/** Whether a text to look for can follow a match phrase: "the word" and "includes" are one only before a piece of text. */
export function fitsMatch(tokens: readonly Token[], at: number, length: number): boolean {
  const said = tokens
    .slice(at, at + length)
    .map(({ lower }) => lower)
    .join(' ')
  const next = tokens[at + length]
  if (needsQuotes.has(said)) return next?.kind === 'quoted'
  return (
    !isPiece.has(said) || (next !== undefined && (next.kind === 'quoted' || /^(?:\p{L}|\p{Lu}.*)$/u.test(next.text)))
  )
}

/** A single letter, or any word after "the letter" or "the word", is a piece of text where a match phrase of several words ends. */
export function isPieceOfText(tokens: readonly Token[], at: number): boolean {
  const [token, before, next] = [tokens[at], tokens[at - 1]?.lower ?? '', tokens[at + 1]]
  if (token?.kind !== 'word') return false
  const isLast = next === undefined || next.kind === 'mark' || clauseWords.has(next.lower)
  if (token.text.length === 1) return isLast && opensText.test(`${tokens[at - 2]?.lower ?? ''} ${before}`)
  return isPiece.has(before) && opensPiece.test(tokens[at - 2]?.lower ?? '')
}
const clauseWords = new Set(['in', 'and', 'or', 'as', 'but', 'sorted', 'ordered'])
const opensText =
  /^(?:\S+ (?:letters?|characters?|word|substring|string)|(?:letter|character) (?:is|being|of)|(?:start|begin|end)\S* (?:with|in))$/
const opensPiece = /^(?:the|contain\S*|includ\S*|ha(?:ve|s|ving)|with|a)$/
