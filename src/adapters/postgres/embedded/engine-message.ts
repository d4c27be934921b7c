import type { Problem } from '../../../contract/problem.ts'

/** How to start an engine process; crosses to it as JSON in its first argument. */
export interface EngineOrder {
  readonly dir: string
  /** An archive to start a fresh folder from; null makes it anew. */
  readonly templatePath: string | null
  /** `make` only makes the folder. */
  readonly task: 'serve' | 'make'
}

/** What an engine process says to the process that started it, once. */
export type EngineMessage =
  /** It owns the folder and serves on the socket in `socketDir`. */
  | { readonly kind: 'owner'; readonly socketDir: string }
  /** Another engine owns the folder and serves on the socket in `socketDir`; this process ends. */
  | { readonly kind: 'guest'; readonly socketDir: string }
  /** The folder was made, which took memory that only ending the process gives back. */
  | { readonly kind: 'made' }
  | { readonly kind: 'failed'; readonly problem: Problem }
