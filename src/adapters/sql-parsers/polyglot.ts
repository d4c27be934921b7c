import { readFile } from 'node:fs/promises'
import type * as Polyglot from '@polyglot-sql/sdk'
import * as loaded from '@polyglot-sql/sdk/manual'

// The entry that leaves loading to its caller declares no members: they are those of the main entry.
export const { Dialect, generate, parse } = loaded as unknown as typeof Polyglot

/**
 * Loads polyglot from its file; nothing of it works before. Its main entry loads itself too, but through `fetch`, which takes 40 MB and 50 ms more.
 */
export async function initPolyglot(): Promise<void> {
  const bytes = await readFile(new URL(import.meta.resolve('@polyglot-sql/sdk/polyglot_sql.wasm')))
  // What it is given goes to the loader as it is, which takes an address or the bytes; only the address is declared.
  await loaded.default.init({ wasmUrl: bytes as unknown as URL })
}
