import { cannotRun, fields, type Node, optional, textOf } from './syntax.ts'

/** An identifier as Snowflake resolves it: quoted is exact, unquoted folds to upper case. */
export function nameOf(identifier: Node): string {
  const parts = fields(identifier, 'this name', ['value', 'quote_style'])
  const name = textOf(parts['value'], 'this name')
  const quote = parts['quote_style']
  if (quote !== undefined && quote !== null && quote !== '"') throw cannotRun(`the name ${name} in these quotes`)
  if (quote === '"') return name
  if (!/^[\p{L}_][\p{L}\p{N}_$]*$/u.test(name)) throw cannotRun(`the name ${name}`)
  return name.toUpperCase()
}

/** Whether a name is written without quotes, so that it may also be a keyword. */
export const isUnquoted = (identifier: Node): boolean =>
  optional((identifier as Readonly<Record<string, Node>>)['quote_style']) === null

/** Stands behind a name that a query gives, before the pattern of its capital letters. */
const caseMark = '\u0003'
/** What ends a text inside DuckDB or marks a place inside this translator. */
const reserved = ['\u0000', '\u0001', '\u0002', caseMark]
const hasReserved = (text: string): boolean => reserved.some((character) => text.includes(character))

/** A name in DuckDB's quotes. */
export function quoted(name: string): string {
  if (hasReserved(name)) throw cannotRun('a name with a control character')
  return `"${name.replaceAll('"', '""')}"`
}

/**
 * A name that the query itself gives (aliases, common table expressions), in DuckDB's quotes. DuckDB takes names for the same that differ in
 * capital letters only, so the pattern of capitals becomes a part of every name that has others; `shownName` takes it off again.
 */
export function ownName(name: string): string {
  const plain = quoted(name)
  if (!/[a-z]/.test(name)) return plain
  const pattern = name.replaceAll(/[\s\S]/g, (letter) => (/[a-z]/.test(letter) ? '1' : '0'))
  return `${plain.slice(0, -1)}${caseMark}${pattern}"`
}

const patterns = new RegExp(`${caseMark}[01]*`, 'g')

/** A column's name, or a text with names in it, as DuckDB gives it back, without what `ownName` adds. */
export const shownName = (text: string): string => text.replaceAll(patterns, '')

/** Text as a DuckDB literal. */
export function literal(text: string): string {
  if (hasReserved(text)) throw cannotRun('text with a control character')
  return `'${text.replaceAll("'", "''")}'`
}

/** Names of the engine's own relations, which an unqualified name would reach. */
export const systemRelation = /^(duckdb_|sqlite_|pg_|pragma_)/i
