import type { RefusalCode } from '../verdict.ts'

/** Functions that are judged alike, with the reason an operator reads. */
export interface FunctionGroup {
  readonly id: string
  /** Why they are allowed or refused, one plain sentence. */
  readonly reason: string
  /** `operator`: refused unless a connection's policy names the group. `never`: no policy opens it. */
  readonly allowed: 'always' | 'operator' | 'never'
  /** Where they may stand: among expressions, in FROM, or both. */
  readonly place: 'expression' | 'table' | 'both'
  /** The code of a refusal. */
  readonly code: RefusalCode
  /** Upper-case names; a trailing `*` stands for any ending. */
  readonly names: ReadonlySet<string>
}

/** Names written apart by blanks. */
export const namesOf = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/))
