import type { Span } from '../../contract/problem.ts'
import type { Token } from './scan-sql.ts'
import { fold } from './trees/tree-facts.ts'
import type { TableRef, TreeFacts } from './trees/tree-facts.ts'
import type { Fault } from './verdict.ts'

/** Where the two parsers read a text differently: other tables, or functions that one of them does not see. */
export function compareTrees(polyglot: TreeFacts, sqlparser: TreeFacts, tokens: readonly Token[]): readonly Fault[] {
  const places = [...polyglot.tables, ...sqlparser.tables, ...sqlparser.functions].map((named) => named.span)
  const stray = strayPlace(places, tokens)
  if (stray !== null) return [{ ...disagreement('where a name begins or ends'), span: stray }]
  const tables = difference(polyglot.tables.map(tableKey), sqlparser.tables.map(tableKey))
  if (tables !== null) return [disagreement(`the table ${tables.split('@')[0] ?? ''}`)]
  const unseen = unseenFunction(polyglot, sqlparser)
  return unseen === null ? [] : [disagreement(`the function ${unseen}`)]
}

const disagreement = (what: string): Fault => ({
  code: 'parsers_disagree',
  reason: `Two parsers read this text differently (${what}).`,
  action: 'Write the query more plainly.',
  span: null,
})

const tableKey = ({ parts, span }: TableRef): string => `${parts.map(fold).join('.')}@${span?.start}-${span?.end}`

function difference(left: readonly string[], right: readonly string[]): string | null {
  const [a, b] = [new Set(left), new Set(right)]
  return [...a].find((key) => !b.has(key)) ?? [...b].find((key) => !a.has(key)) ?? null
}

/** A name that begins or ends inside what is one word, string or comment by Snowflake's lexical rules. */
function strayPlace(places: readonly (Span | null)[], tokens: readonly Token[]): Span | null {
  for (const place of places) {
    if (place === null) continue
    const first = tokenAt(tokens, place.start)
    const last = tokenAt(tokens, place.end - 1)
    if (first?.start !== place.start || last?.end !== place.end) return place
  }
  return null
}

/** The token that covers an offset, or the one before it. */
function tokenAt(tokens: readonly Token[], offset: number): Token | undefined {
  let low = 0
  let high = tokens.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((tokens[middle]?.start ?? 0) <= offset) low = middle
    else high = middle - 1
  }
  return tokens[low]
}

/** A function that only one parser found. Polyglot's own nodes stand for any of the names Snowflake writes them with. */
function unseenFunction(polyglot: TreeFacts, sqlparser: TreeFacts): string | null {
  const written = new Set([...sqlparser.functions.map((call) => call.name), ...[...sqlparser.forms.values()].flat()])
  const named = new Set(polyglot.functions.map((call) => call.name))
  const meant = new Set([...polyglot.forms.values()].flat())
  const isSeen = (name: string) => named.has(name) || meant.has(name)
  for (const { name } of sqlparser.functions)
    if (!isSeen(name) && !(name === 'NVL' && named.has('COALESCE'))) return name
  const called = polyglot.functions.filter((call) => !call.bare).map((call) => call.name)
  for (const name of called) if (!written.has(name) && !(name === 'COALESCE' && written.has('NVL'))) return name
  for (const [form, names] of polyglot.forms) {
    if (!names.includes('*') && !names.some((name) => written.has(name))) return form
  }
  return null
}
