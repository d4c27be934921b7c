/** A word of a text, as it is compared, and where it stands. */
export interface PlacedWord {
  readonly word: string
  readonly from: number
  readonly to: number
}

/** Letters, digits and the marks that belong to letters; `_`, `.` and all other signs divide words, so that parts of identifiers are words. */
const wordPattern = /[\p{L}\p{N}\p{M}]+/gu
/** Scripts that write words without spaces between them. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u
/** Longer ones are no words. */
const longestWord = 64

let segmenter: Intl.Segmenter | null = null

/** A word as a search compares it: in lower case, without accents, in one form for each character. */
const foldWord = (text: string): string =>
  text
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036F]|[^\p{L}\p{N}\p{M}]/gu, '')
    .normalize('NFC')
    .toLowerCase()
    .slice(0, longestWord)

/** The words of a text in any language, in their order. */
export function placeWords(text: string): readonly PlacedWord[] {
  const placed: PlacedWord[] = []
  for (const { 0: run, index } of text.matchAll(wordPattern)) {
    const parts = unspaced.test(run) ? segment(run) : [{ segment: run, index: 0 }]
    for (const part of parts) {
      const from = index + part.index
      placed.push({ word: foldWord(part.segment), from, to: from + part.segment.length })
    }
  }
  return placed
}

function segment(text: string): Iterable<{ readonly segment: string; readonly index: number }> {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'word' })
  return segmenter.segment(text)
}

/** The different words of a text, at most so many. */
export function searchWords(text: string, limit: number): readonly string[] {
  const words = new Set<string>()
  for (const { word } of placeWords(text)) {
    if (words.size === limit) break
    words.add(word)
  }
  return [...words]
}

/** Where the words of a search stand in a text. The last word may be the beginning of one; where the search ends in a space it is whole. */
export function findWords(text: string, search: string): readonly { readonly from: number; readonly to: number }[] {
  const wanted = placeWords(search).map(({ word }) => word)
  const begun = isLastWordBegun(search) ? wanted.pop() : undefined
  return placeWords(text).flatMap(({ word, from, to }) => {
    if (wanted.includes(word)) return [{ from, to }]
    if (begun === undefined || !word.startsWith(begun)) return []
    return [{ from, to: Math.min(to, from + begun.length) }]
  })
}

/** Whether somebody may still be typing the last word of a search. */
export const isLastWordBegun = (search: string): boolean => /[\p{L}\p{N}\p{M}]$/u.test(search)

/** About `length` characters of a text around the first place where the words of a search stand; its beginning where none does. */
export function excerptAround(text: string, search: string, length: number): string {
  if (text.length <= length) return text
  const first = findWords(text, search)[0]?.from ?? 0
  const from = first < length / 2 ? 0 : Math.max(0, first - Math.floor(length / 4))
  const to = Math.min(text.length, from + length)
  return `${from > 0 ? '…' : ''}${text.slice(from, to)}${to < text.length ? '…' : ''}`
}
