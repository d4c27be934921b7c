import { cannotRun, fields, type Node, textOf } from './syntax.ts'

/** An identifier as Snowflake resolves it: quoted is exact, unquoted folds to upper case. */
export function nameOf(identifier: Node): string {
  const parts = fields(identifier, 'this name', ['value', 'quote_style'])
  const name = textOf(parts['value'], 'this name')
  const quote = parts['quote_style']
  if (quote !== undefined && quote !== null && quote !== '"') throw cannotRun(`the name ${name} in these quotes`)
  return quote === '"' ? name : name.toUpperCase()
}

/** A name in DuckDB's quotes. */
export function quoted(name: string): string {
  if (name.includes('\0')) throw cannotRun('a name with a null character')
  return `"${name.replaceAll('"', '""')}"`
}

/** Text as a DuckDB literal. */
export function literal(text: string): string {
  if (text.includes('\0')) throw cannotRun('text with a null character')
  return `'${text.replaceAll("'", "''")}'`
}
