import type { Tree } from '../guard/trees/tree.ts'

/** A query inside the query, said after it under its own name. */
export interface Aside {
  readonly label: string
  readonly query: Tree
}

/** Whether a column has to be said with its table: a column of that name is asked of several tables, or the table stands in the query twice. */
export type NeedsTable = (column: string, table: string) => boolean

/** What saying a part of a query needs to know of the whole. */
export interface Speech {
  /** A part as SQL text, for what has no words. */
  readonly print: (tree: Tree) => string
  readonly needsTable: NeedsTable
  /** Queries inside the query, collected in the order they are mentioned. */
  readonly asides: Aside[]
  /** An expression in words; what has no words stands as SQL. */
  expression(tree: Tree): string
  /** A condition in words; what has no words stands as SQL. */
  condition(tree: Tree): string
}

/** Notes a query inside the query and returns what it is called: by its alias, else by a number. */
export function subquery(query: Tree, speech: Speech, alias: string | null = null): string {
  const like = speech.asides.filter(({ label }) =>
    alias === null ? /^subquery \d+$/.test(label) : label.startsWith(alias),
  )
  const label =
    alias === null ? `subquery ${like.length + 1}` : like.length === 0 ? alias : `${alias} (${like.length + 1})`
  speech.asides.push({ label, query })
  return label
}

/** A list in a sentence: `a`, `a and b`, `a, b and c`. */
export function listed(parts: readonly string[], word = 'and'): string {
  if (parts.length < 2) return parts.join('')
  return `${parts.slice(0, -1).join(', ')} ${word} ${parts.at(-1)}`
}

/** The longest text that is given word for word. */
const longest = 200

/** A long list cut to what can be read. */
export const few = (parts: readonly string[]): readonly string[] =>
  parts.length <= mostListed ? parts : [...parts.slice(0, mostListed - 1), `${parts.length - mostListed + 1} more`]
const mostListed = 12

/** On one line, so that no text of a query passes for a sentence about it; long ones are cut and say so. */
export function onOneLine(text: string): string {
  const flat = text.replaceAll(/[\s\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim()
  return flat.length <= longest ? flat : `${flat.slice(0, longest)}… (${flat.length.toLocaleString('en')} characters)`
}

/** SQL text inside a sentence. */
export const code = (text: string): string => `\`${onOneLine(text).replaceAll('`', "'") || '…'}\``

/** A text value inside a sentence. */
export const quoted = (text: string): string =>
  /^[ -~\u00a0-\uffff]{0,200}$/.test(text) && onOneLine(text) === text ? `'${text}'` : `'${onOneLine(text)}'`

/** A sentence from a clause. */
export const sentence = (clause: string): string => (/[.:]$/.test(clause) ? capital(clause) : `${capital(clause)}.`)

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
