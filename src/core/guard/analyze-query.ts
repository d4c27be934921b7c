import type { GuardPolicy } from '../../contract/guard-policy.ts'
import type { Span } from '../../contract/problem.ts'
import type { TableName } from '../../contract/turn-event.ts'
import { checkFunctions, checkTables } from './check-references.ts'
import { checkText } from './check-text.ts'
import { checkWords, withSubstitute } from './check-tokens.ts'
import type { CatalogIndex } from './names/catalog-index.ts'
import type { NameFault } from './names/resolution.ts'
import { resolveNames } from './names/resolve-names.ts'
import type { NameFacts } from './names/resolve-names.ts'
import type { Token } from './scan-sql.ts'
import type { TextReaders } from './text-readers.ts'
import { fold } from './trees/tree-facts.ts'
import type { TableRef, TreeFacts } from './trees/tree-facts.ts'
import { refuse } from './verdict.ts'
import type { Fault, QueryFacts, Refusal } from './verdict.ts'

export interface AnalyzeOptions {
  readonly policy: GuardPolicy
  /** Where names are looked up; null takes them as written. */
  readonly index: CatalogIndex | null
}

export type Analyzer = (sql: string, options: AnalyzeOptions) => ({ readonly ok: true } & QueryFacts) | Refusal

/** How often names are repaired and the text analyzed again: a repaired table name may show a column that needs quotes. */
const maxRepairs = 2

/** Makes the function that analyzes a text: what it reads, or why it may not run. It is pure except for the parsers behind the readers. */
export function makeAnalyzer(readers: TextReaders): Analyzer {
  function analyze(sql: string, options: AnalyzeOptions, repairs: number): ReturnType<Analyzer> {
    const text = checkText(sql)
    if (!text.ok) return refuse(text.faults[0], text.faults.slice(1))
    const polyglot = readers.polyglot(sql, text.tokens)
    if ('code' in polyglot) return refuse(withSubstitute(polyglot, text.tokens), checkWords(text.tokens))
    const sqlparser = readers.sqlparser(sql, text.tokens)
    if ('code' in sqlparser) return refuse(withSubstitute(sqlparser, text.tokens), checkWords(text.tokens))
    const broken = ruleFaults(polyglot.facts, sqlparser.facts, text.tokens, options)
    const [fault, ...more] = broken.length > 0 ? broken : compareTrees(polyglot.facts, sqlparser.facts, text.tokens)
    if (fault !== undefined) return refuse(withSubstitute(fault, text.tokens), more)
    const names = resolveNames(sqlparser.statement, sqlparser.facts.tables, options.index, sqlparser.offsets)
    const facts = { tables: tablesIn(names), unboundedRows: names.unboundedRows }
    return refuseNames(sql, names.faults, options, repairs) ?? { ok: true, ...facts }
  }

  /** Refuses unknown names, all at once in the order of the text. The repaired text is offered only if it passes. */
  function refuseNames(
    sql: string,
    faults: readonly NameFault[],
    options: AnalyzeOptions,
    repairs: number,
  ): Refusal | null {
    const [worst, ...rest] = faults.toSorted((a, b) => (a.span?.start ?? 0) - (b.span?.start ?? 0))
    if (worst === undefined) return null
    // With very many faults some names were not looked up; then the second analysis refuses the repaired text.
    const repaired = repairs === 0 ? null : repairNames(sql, faults)
    const again = repaired === null ? null : analyze(repaired, options, repairs - 1)
    return refuse(worst, rest, again === null ? null : again.ok ? repaired : again.repaired)
  }

  return (sql, options) => analyze(sql, options, maxRepairs)
}

/** Faults by the allow-lists, from both trees and from the tokens. */
function ruleFaults(
  first: TreeFacts,
  second: TreeFacts,
  tokens: readonly Token[],
  { policy, index }: AnalyzeOptions,
): readonly Fault[] {
  const database = index?.defaults.database ?? null
  return [
    first.faults,
    second.faults,
    checkWords(tokens),
    checkFunctions(second.functions, policy, database),
    checkFunctions(first.functions, policy, database),
    checkTables(second.tables, index),
    checkTables(first.tables, index),
  ].flat()
}

/** Compares what the two parsers found: tables, functions, and the positions of names. */
function compareTrees(polyglot: TreeFacts, sqlparser: TreeFacts, tokens: readonly Token[]): readonly Fault[] {
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

/** Returns a name whose span does not begin and end with a token of the scanner, or null. */
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

/** Returns a function that only one parser found, or null. A node of polyglot stands for any of the names that Snowflake text may use for it. */
function unseenFunction(polyglot: TreeFacts, sqlparser: TreeFacts): string | null {
  const written = new Set([...sqlparser.functions.map((call) => call.name), ...[...sqlparser.forms.values()].flat()])
  const named = new Set(polyglot.functions.map((call) => call.name))
  const meant = new Set([...polyglot.forms.values()].flat())
  for (const { name } of sqlparser.functions)
    if (!named.has(name) && !meant.has(name) && !(name === 'NVL' && named.has('COALESCE'))) return name
  const called = polyglot.functions.filter((call) => !call.bare).map((call) => call.name)
  for (const name of called) if (!written.has(name) && !(name === 'COALESCE' && written.has('NVL'))) return name
  for (const [form, names] of polyglot.forms) {
    if (!names.includes('*') && !names.some((name) => written.has(name))) return form
  }
  return null
}

/** Removes repeated tables. */
function tablesIn({ tables }: NameFacts): readonly TableName[] {
  const touched = new Map(
    tables.map(({ database, schema, name }) => [JSON.stringify([database, schema, name]), { database, schema, name }]),
  )
  return [...touched.values()]
}

/** Applies the fixes of all faults to the text. Returns null if one of them has no certain fix. */
function repairNames(sql: string, faults: readonly NameFault[]): string | null {
  const fixes = new Map<number, NonNullable<NameFault['fix']>>()
  for (const { fix } of faults) {
    if (fix === null) return null
    fixes.set(fix.span.start, fix)
  }
  const inOrder = [...fixes.values()].toSorted((a, b) => a.span.start - b.span.start)
  const pieces: string[] = []
  let at = 0
  for (const { span, text } of inOrder) {
    if (span.start < at) return null
    pieces.push(sql.slice(at, span.start), text)
    at = span.end
  }
  return [...pieces, sql.slice(at)].join('')
}
