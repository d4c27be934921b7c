import type { Token } from '../../language/tokenise.ts'
import type { Linker } from '../linking/linker.ts'
import { tableOf } from '../linking/mention.ts'

/** Reads "full names" as first and last names where no column holds full names. The new tokens keep the place of the words they stand for. */
export function spellOutNames(tokens: readonly Token[], linker: Linker): readonly Token[] {
  const at = tokens.findIndex(({ lower }, i) => lower === 'full' && isName(tokens[i + 1]))
  const [full, name] = [tokens[at], tokens[at + 1]]
  if (full === undefined || name === undefined || isCompared(tokens, at) || isHeld(tokens, at, linker)) return tokens
  const word = (lower: string): Token => ({ ...full, text: lower, lower, end: name.end })
  const [first, last] = [
    [word('first'), word(name.lower)],
    [word('last'), word(name.lower)],
  ] as const
  if (!areTogether(first, last, linker)) return tokens
  return [...tokens.slice(0, at), ...first, word('and'), ...last, ...spellOutNames(tokens.slice(at + 2), linker)]
}

const isName = (token: Token | undefined): boolean => token?.lower === 'name' || token?.lower === 'names'

/** "whose full name is Ann Lee", "the longest full name": neither column alone is compared. */
function isCompared(tokens: readonly Token[], at: number): boolean {
  const [before, after] = [tokens[at - 1]?.lower ?? '', tokens[at + 2]]
  const isAlone = after === undefined || after.kind === 'mark' || followers.has(after.lower)
  return !isAlone || /^(?:whose|long|short)/.test(before)
}
const followers = new Set(
  'of and for in on from along together with as who that which among across by ordered sorted alphabetically'.split(
    ' ',
  ),
)

/** A column that holds full names, also with the word before it ("building full name"). */
const isHeld = (tokens: readonly Token[], at: number, linker: Linker): boolean =>
  [at, at - 1].some((from) => {
    const span = tokens.slice(Math.max(0, from), at + 2)
    const [best] = linker.noun(span, from, at + 2)?.candidates ?? []
    return best?.kind === 'column' && best.score >= 0.8
  })

/** Whether one table has both names. */
function areTogether(first: readonly Token[], last: readonly Token[], linker: Linker): boolean {
  const tablesOf = (span: readonly Token[]) =>
    (linker.noun(span, 0, 2)?.candidates ?? []).filter((c) => c.kind === 'column' && c.score >= 0.8).map(tableOf)
  const tables = new Set(tablesOf(first))
  return tablesOf(last).some((table) => tables.has(table))
}
