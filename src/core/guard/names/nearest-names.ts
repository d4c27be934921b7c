import { editDistance } from '../../edit-distance.ts'

/** Names compared letter by letter; shared letter pairs preselect them. */
const closeLooks = 40

/** Returns the most similar names, best first, without those that differ too much. */
export function nearestNames(wanted: string, names: Iterable<string>, limit: number): readonly string[] {
  const target = wanted.toUpperCase()
  const pieces = piecesOf(target)
  const likely: Ranked[] = []
  for (const name of names) {
    const score = sharedPieces(pieces, name.toUpperCase())
    if (score > 0) likely.push({ name, score })
  }
  const close = best(likely, closeLooks).map(({ name }) => ({ name, score: likeness(target, name.toUpperCase()) }))
  return best(
    close.filter(({ score }) => score >= 0.5),
    limit,
  ).map(({ name }) => name)
}

interface Ranked {
  readonly name: string
  readonly score: number
}

const best = (ranked: readonly Ranked[], limit: number): readonly Ranked[] =>
  ranked.toSorted((a, b) => b.score - a.score || a.name.localeCompare(b.name)).slice(0, limit)

/** The letter pairs of a name, with marks for its beginning and end. */
function piecesOf(name: string): ReadonlySet<string> {
  const edged = `^${name}$`
  const pieces = new Set<string>()
  for (let at = 0; at + 2 <= edged.length; at += 1) pieces.add(edged.slice(at, at + 2))
  return pieces
}

/** Share of letter pairs that two names have in common, from 0 to 1 (Dice coefficient). */
function sharedPieces(pieces: ReadonlySet<string>, name: string): number {
  const edged = `^${name}$`
  let shared = 0
  for (let at = 0; at + 2 <= edged.length; at += 1) if (pieces.has(edged.slice(at, at + 2))) shared += 1
  return (2 * shared) / (pieces.size + edged.length - 1)
}

/** Similarity from 0 to 1: the better of edit distance and common words. */
function likeness(a: string, b: string): number {
  if (a === b) return 1
  const longer = Math.max(a.length, b.length)
  const shorter = Math.min(a.length, b.length)
  const byLetters = longer - shorter > longer / 2 ? 0 : 1 - editDistance(a, b) / longer
  return Math.max(byLetters, sharedWords(a, b))
}

const wordsOf = (name: string): ReadonlySet<string> =>
  new Set(name.split(/[^\p{L}\p{N}]+/u).filter((word) => word.length > 1))

function sharedWords(a: string, b: string): number {
  const [left, right] = [wordsOf(a), wordsOf(b)]
  if (left.size === 0 || right.size === 0) return 0
  let shared = 0
  for (const word of left) if (right.has(word)) shared += 1
  return (0.95 * shared) / Math.max(left.size, right.size)
}
