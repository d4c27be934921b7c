import type { Tree } from '../guard/trees/tree.ts'
import { capitalised } from '../sentences.ts'
import type { ColumnKindOfType } from '../catalog/catalog.ts'

/** A subquery, described after the main query under its own label. */
export interface Aside {
  readonly label: string
  readonly query: Tree
}

/** What is known of the names in a query. */
export interface NameFacts {
  /** Whether a column must be said with its table: several tables are asked for that name, or the table occurs twice. */
  needsTable(column: string, table: string): boolean
  /** The kind of an expression; null when the types of its columns are unknown or differ. A timestamp truncated to days counts as a date. */
  kindOf(tree: Tree): ColumnKindOfType | null
  /** False only when an expression cannot be NULL. */
  mayBeNull(tree: Tree): boolean
}

/** What describing a part of a query needs to know of the whole. */
export interface Speech {
  /** Prints a part as SQL, for constructs without words. */
  readonly print: (tree: Tree) => string
  readonly facts: NameFacts
  /** Subqueries in the order they are mentioned; each is described later under its label. */
  readonly asides: Aside[]
  /** An expression in words; a construct without words is given as SQL. */
  expression(tree: Tree): string
  /** A condition in words; a construct without words is given as SQL. */
  condition(tree: Tree): string
}

/** Registers a subquery and returns its label: its alias, else a number. */
export function subquery(query: Tree, speech: Speech, alias: string | null = null): string {
  const like = speech.asides.filter(({ label }) =>
    alias === null ? /^subquery \d+$/.test(label) : label.startsWith(alias),
  )
  const label =
    alias === null ? `subquery ${like.length + 1}` : like.length === 0 ? alias : `${alias} (${like.length + 1})`
  speech.asides.push({ label, query })
  return label
}

/** The longest text that is quoted in full. */
const longest = 200

/** A long list cut to a readable length. */
export const few = (parts: readonly string[]): readonly string[] =>
  parts.length <= mostListed ? parts : [...parts.slice(0, mostListed - 1), `${parts.length - mostListed + 1} more`]
const mostListed = 12

/** Text on one line, so that no text of a query can pass for a sentence about it. Long text is cut and marked. */
export function onOneLine(text: string): string {
  const flat = text.replaceAll(/[\s\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim()
  return flat.length <= longest ? flat : `${flat.slice(0, longest)}… (${flat.length.toLocaleString('en')} characters)`
}

/** SQL text inside a sentence. */
export const code = (text: string): string => `\`${onOneLine(text).replaceAll('`', "'") || '…'}\``

/** A text value inside a sentence. */
export const quoted = (text: string): string =>
  /^[ -~\u00a0-\uffff]{0,200}$/.test(text) && onOneLine(text) === text.trim() ? `'${text}'` : `'${onOneLine(text)}'`

/** A sentence from a clause. */
export const sentence = (clause: string): string =>
  /[.:]$/.test(clause) ? capitalised(clause) : `${capitalised(clause)}.`
