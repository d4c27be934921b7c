import { knownWords } from './known-words.ts'
import { abbreviations, expansionOf } from './short-forms.ts'
import { singular } from './word-forms.ts'

/** Splits names of tables and columns into lower-case words (`O_ORDERDATE` → o, order, date; `ItemType` → item, type). */
export interface NameSplitter {
  /** The words as they stand in the name, abbreviations included. */
  split(name: string): readonly string[]
}

/** The costs of a piece of a name; the cheapest split wins. */
const wordCost = 1
const abbreviationCost = 1.3
const longestWord = 16

/** Makes a splitter that knows common words, abbreviations, `extraWords` and the `prefixes` that names share; all in lower case. */
export function makeNameSplitter(extraWords: Iterable<string>, prefixes: Iterable<string> = []): NameSplitter {
  const words = new Set<string>(knownWords)
  for (const word of extraWords) if (word.length >= 3) words.add(word)
  const shorts = new Set<string>([...abbreviations, ...prefixes])
  const costOf = (piece: string): number => {
    if (words.has(piece) || (piece.length > 3 && words.has(singular(piece)))) return wordCost
    if (piece === 'id') return wordCost
    return piece.length >= 2 && shorts.has(piece) ? abbreviationCost : Number.POSITIVE_INFINITY
  }
  const cache = new Map<string, readonly string[]>()
  return {
    split: (name) => {
      const known = cache.get(name)
      if (known !== undefined) return known
      const found = separate(name).flatMap((part) => divide(part, costOf))
      cache.set(name, found)
      return found
    },
  }
}

/** Splits at separators, case changes and digits; the initial of `FName` stays with its name. */
export function separate(name: string): readonly string[] {
  return name
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu}+)(\p{Lu}\p{Ll})/gu, '$1 $2')
    .replace(/(\p{L})(\d)/gu, '$1 $2')
    .replace(/(\d)(\p{L})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .reduce<string[]>((words, word) => {
      const last = words.at(-1)
      if (word === 'name' && last !== undefined && /^[flm]$/.test(last)) words.splice(-1, 1, `${last}name`)
      else words.push(word)
      return words
    }, [])
}

/** Splits a run of letters into known words, or returns it whole when some letters match no word. */
function divide(part: string, costOf: (piece: string) => number): readonly string[] {
  if (part.length < 4 || part.length > 40 || /\d/.test(part) || Number.isFinite(costOf(part))) return [part]
  const best: ({ readonly cost: number; readonly from: number } | undefined)[] = [{ cost: 0, from: 0 }]
  for (let end = 1; end <= part.length; end += 1) {
    for (let from = Math.max(0, end - longestWord); from < end; from += 1) {
      const before = best[from]
      if (before === undefined) continue
      const cost = before.cost + costOf(part.slice(from, end))
      if (Number.isFinite(cost) && cost < (best[end]?.cost ?? Number.POSITIVE_INFINITY)) best[end] = { cost, from }
    }
  }
  return best[part.length] === undefined ? withoutEnding(part) : piecesOf(part, best)
}

/** Words that names of columns and tables end with when they are written in one piece with what they are about (`ALNNAM`, `FLTDTL`). */
const endings =
  'number name code date time type text desc dscr amt qty cnt nam nme cde cod dte dtl hdr mst nbr num pct flg ind key id no nm cd dt'.split(
    ' ',
  )
const shortestBeginning = 3

function withoutEnding(part: string): readonly string[] {
  const ending = endings.find((text) => part.endsWith(text) && part.length - text.length >= shortestBeginning)
  return ending === undefined ? [part] : [part.slice(0, -ending.length), ending]
}

function piecesOf(part: string, best: readonly ({ readonly from: number } | undefined)[]): readonly string[] {
  const pieces: string[] = []
  for (let end = part.length; end > 0;) {
    const from = best[end]?.from ?? 0
    pieces.unshift(part.slice(from, end))
    end = from
  }
  return pieces
}

/** The ways to say a name: with abbreviations expanded, and as written. Words are singular. */
export function waysToSay(words: readonly string[]): readonly (readonly string[])[] {
  const asWritten = words.map(singular)
  const writtenOut = words.flatMap((word) => (expansionOf(word) ?? [word]).map(singular))
  return writtenOut.join(' ') === asWritten.join(' ') ? [asWritten] : [writtenOut, asWritten]
}
