import type { Token } from '../scan-sql.ts'

export type ParserName = 'polyglot' | 'sqlparser'

/** Tokens from an index on that are replaced by a text. */
export interface TokenEdit {
  readonly from: number
  readonly count: number
  readonly text: string
}

/** A way around what a parser cannot read. */
export interface Workaround {
  /** What it rewrites, as a noun phrase. */
  readonly what: string
  readonly parsers: readonly ParserName[]
  /** Whether the replacement means exactly the same, not only reads the same tables and calls the same functions. */
  readonly isExact: boolean
  /** The words and signs that the pattern is tried at. */
  readonly starts: string
  /** The edits where the pattern is found at a token, else null. */
  find(tokens: readonly Token[], at: number): readonly TokenEdit[] | null
}

export const word = (token: Token | undefined): string => token?.word ?? ''
/** A token as the tables below write it: words in upper case, signs as they are. */
export const sign = (token: Token | undefined): string =>
  token === undefined ? '' : token.word === '' ? token.text : token.word
export const isName = (token: Token | undefined): boolean => token?.kind === 'word' || token?.kind === 'quoted'
export const only = (from: number, count: number, text: string): readonly TokenEdit[] => [{ from, count, text }]
export const both: readonly ParserName[] = ['polyglot', 'sqlparser']

/** The token that closes or opens the bracket at an index, going in a direction; -1 where there is none. */
export function partnerOf(tokens: readonly Token[], at: number, step: 1 | -1): number {
  let depth = 0
  for (let index = at; index >= 0 && index < tokens.length; index += step) {
    const text = tokens[index]?.kind === 'symbol' ? tokens[index]?.text : ''
    if (text === '(' || text === '[' || text === '{') depth += step
    if (text === ')' || text === ']' || text === '}') depth -= step
    if (depth === 0) return index
  }
  return -1
}
