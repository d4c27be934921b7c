import type { Tree, TreeNode } from '../guard/trees/tree.ts'
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

/** The words of names in a query. Null wherever a phrase could mean another name of the query; the name is then told as it is stored. */
export interface NameWords {
  /** A column with its article: `the order date`, `the name of the region`, `"is remote"`. */
  column(node: TreeNode): string | null
  /** A column without article and table: `order date`. */
  bareColumn(node: TreeNode): string | null
  /** A column as the head of a table has it: `order date`, `region name`. */
  label(node: TreeNode): string | null
  /** Several values of a column: `customer keys`. */
  values(node: TreeNode): string | null
  /** The rows of the table that an alias stands for: `line items`. */
  rows(alias: string): string | null
  /** The stored names of the columns of the table that an alias stands for; empty where they are not known. */
  columns(alias: string): readonly string[]
  /** A name that the query gives one of its columns: `total revenue` for `TOTAL_REVENUE`. */
  alias(name: string): string | null
  /** Describes a SELECT over the tables of some aliases, among which a column without a table is looked for first. */
  within<T>(aliases: readonly string[], say: () => T): T
}

/** What describing a part of a query needs to know of the whole. */
export interface Speech {
  /** Prints a part as SQL, for constructs without words. */
  readonly print: (tree: Tree) => string
  readonly facts: NameFacts
  readonly names: NameWords
  /** Subqueries in the order they are mentioned; each is described later under its label. */
  readonly asides: Aside[]
  /** Aggregates that the SELECT being described names, by their SQL: what refers to one of them again is told by that name. */
  readonly given: Map<string, string>
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

/** Words without the article they begin with, where another word stands before them: "each region". */
export const noun = (said: string): string => said.replace(/^the (?=\S)/, '')

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
