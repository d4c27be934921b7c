import type { Tree } from '../guard/trees/tree.ts'

/** What saying a part of a query needs to know of the whole. */
export interface Speech {
  /** A part as SQL text, for what has no words. */
  readonly print: (tree: Tree) => string
}

/** A list in a sentence: `a`, `a and b`, `a, b and c`. */
export function listed(parts: readonly string[], word = 'and'): string {
  if (parts.length < 2) return parts.join('')
  return `${parts.slice(0, -1).join(', ')} ${word} ${parts.at(-1)}`
}

/** SQL text inside a sentence. */
export const code = (text: string): string => `\`${text.replaceAll(/\s+/g, ' ').trim()}\``

/** A sentence from a clause. */
export const sentence = (clause: string): string => (/[.:]$/.test(clause) ? capital(clause) : `${capital(clause)}.`)

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
