import type { SearchRank } from '../../contract/catalog.ts'

/** What is searched for. */
export interface SearchWords {
  /** Folded, words parted by one blank. */
  readonly phrase: string
  readonly words: readonly string[]
  /** Folded names that a hit has to lie in: what stood before a dot. */
  readonly within: readonly string[]
}

/** How well a text matches: the lower the score, the better. */
export interface Ranked {
  readonly rank: SearchRank
  readonly score: number
}

/** A text in lower case with a blank for each separator, so that places in it are those of the text. */
export const foldName = (text: string): string => text.toLowerCase().replace(/[^a-z\d#\u0080-\uffff]/g, ' ')

/** Reads what somebody typed; null where nothing is left to search for. */
export function readSearch(query: string): SearchWords | null {
  const parts = query
    .trim()
    .split('.')
    .map((part) => foldName(part).trim().replace(/ +/g, ' '))
  const phrase = parts.at(-1) ?? ''
  if (phrase === '') return null
  return { phrase, words: phrase.split(' '), within: parts.slice(0, -1).filter((part) => part !== '') }
}

/** Where a comment matches, it ranks behind a name that matches as well. */
const behindNames = 5

/** How a name matches; null where it does not. `folded` is `foldName(text)`. */
export function rankName(folded: string, text: string, { phrase, words }: SearchWords): Ranked | null {
  if (folded.startsWith(phrase)) {
    return folded.length === phrase.length ? { rank: 'exact', score: 0 } : { rank: 'prefix', score: 10 }
  }
  if (words.every((word) => folded.includes(word))) {
    const beginsWords = words.every((word) => wordStart(folded, text, word) >= 0)
    return beginsWords ? { rank: 'word', score: 20 } : { rank: 'subsequence', score: 30 }
  }
  return words.length === 1 && phrase.length >= 3 && isSubsequence(phrase, folded)
    ? { rank: 'subsequence', score: 40 }
    : null
}

/** How a comment matches: whole words and parts of words, never scattered letters. */
export function rankComment(folded: string, text: string, { phrase, words }: SearchWords): Ranked | null {
  if (!words.every((word) => folded.includes(word))) return null
  if (folded.startsWith(phrase)) {
    return folded.length === phrase.length
      ? { rank: 'exact', score: behindNames }
      : { rank: 'prefix', score: 10 + behindNames }
  }
  return words.every((word) => wordStart(folded, text, word) >= 0)
    ? { rank: 'word', score: 20 + behindNames }
    : { rank: 'subsequence', score: 30 + behindNames }
}

/** Where a word of the text begins with the given one; -1 for nowhere. A capital after a small letter begins a word, as digits do. */
function wordStart(folded: string, text: string, word: string): number {
  for (let at = folded.indexOf(word); at >= 0; at = folded.indexOf(word, at + 1)) {
    if (at === 0 || folded[at - 1] === ' ') return at
    if (isDigit(folded, at) && !isDigit(folded, at - 1)) return at
    // A letter is a capital where folding has changed it.
    if (text.length === folded.length && text[at] !== folded[at] && text[at - 1] === folded[at - 1]) return at
  }
  return -1
}

const isDigit = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at)
  return code >= 48 && code <= 57
}

function isSubsequence(letters: string, text: string): boolean {
  let at = -1
  for (const letter of letters) {
    at = text.indexOf(letter, at + 1)
    if (at < 0) return false
  }
  return true
}

/** The places of a text that match, in order and apart; none where folding has changed its length. */
export function rangesOf(text: string, { phrase, words }: SearchWords): readonly (readonly [number, number])[] {
  const folded = foldName(text)
  if (folded.length !== text.length) return []
  if (folded.startsWith(phrase)) return [[0, phrase.length]]
  const starts = words.map(
    (word) => [Math.max(wordStart(folded, text, word), folded.indexOf(word)), word.length] as const,
  )
  if (starts.every(([start]) => start >= 0))
    return joined(starts.map(([start, length]) => [start, start + length] as const))
  const letters: (readonly [number, number])[] = []
  let at = -1
  for (const letter of phrase) {
    at = folded.indexOf(letter, at + 1)
    letters.push([at, at + 1])
  }
  return joined(letters)
}

/** Ranges in order, those that touch or overlap as one. */
function joined(ranges: readonly (readonly [number, number])[]): readonly (readonly [number, number])[] {
  const done: [number, number][] = []
  for (const [start, end] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const last = done.at(-1)
    if (last === undefined || start > last[1]) done.push([start, end])
    else last[1] = Math.max(last[1], end)
  }
  return done
}
