import type { Token } from '../scan-sql.ts'

export type ParserName = 'polyglot' | 'sqlparser'

/** Tokens from an index on that are replaced by a text. */
export interface TokenEdit {
  readonly from: number
  readonly count: number
  readonly text: string
}

/** Rewrites a construct that a parser cannot read. */
export interface Workaround {
  /** The construct, as a noun phrase for messages. */
  readonly what: string
  readonly parsers: readonly ParserName[]
  /** Whether the replacement means exactly the same, not only reads the same tables and calls the same functions. */
  readonly isExact: boolean
  /** The words and signs at which `find` is called, separated by blanks. */
  readonly starts: string
  /** Returns the edits if the construct stands at a token, else null. */
  find(tokens: readonly Token[], at: number): readonly TokenEdit[] | null
}

export const word = (token: Token | undefined): string => token?.word ?? ''
/** Returns a word in upper case and any other token as written. */
export const sign = (token: Token | undefined): string =>
  token === undefined ? '' : token.word === '' ? token.text : token.word
export const isName = (token: Token | undefined): boolean => token?.kind === 'word' || token?.kind === 'quoted'
export const only = (from: number, count: number, text: string): readonly TokenEdit[] => [{ from, count, text }]
export const both: readonly ParserName[] = ['polyglot', 'sqlparser']

/** Returns the index of the matching bracket in the given direction, or -1. */
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
