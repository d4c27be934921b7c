import { cannotRun, fields, type Node, textOf } from './syntax.ts'

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

/** What ends a text inside DuckDB or marks a place inside this translator. */
const reserved = ['\u0000', '\u0001', '\u0002']
const hasReserved = (text: string): boolean => reserved.some((character) => text.includes(character))

/** A name in DuckDB's quotes. */
export function quoted(name: string): string {
  if (hasReserved(name)) throw cannotRun('a name with a control character')
  return `"${name.replaceAll('"', '""')}"`
}

/** Text as a DuckDB literal. */
export function literal(text: string): string {
  if (hasReserved(text)) throw cannotRun('text with a control character')
  return `'${text.replaceAll("'", "''")}'`
}
