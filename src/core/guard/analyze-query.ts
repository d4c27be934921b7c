import type { GuardPolicy } from '../../contract/guard-policy.ts'
import type { TableName } from '../../contract/turn-event.ts'
import { checkFunctions, checkTables } from './check-references.ts'
import { checkText } from './check-text.ts'
import { checkWords } from './check-tokens.ts'
import { compareTrees } from './compare-trees.ts'
import type { CatalogIndex } from './names/catalog-index.ts'
import type { NameFault } from './names/resolution.ts'
import { resolveNames } from './names/resolve-names.ts'
import type { NameFacts } from './names/resolve-names.ts'
import type { Token } from './scan-sql.ts'
import type { TextReaders } from './text-readers.ts'
import type { TreeFacts } from './trees/tree-facts.ts'
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

/** Makes the analyzer: text → what it touches, or why it may not run. Pure but for the parsers behind the readers. */
export function makeAnalyzer(readers: TextReaders): Analyzer {
  function analyze(sql: string, options: AnalyzeOptions, repairs: number): ReturnType<Analyzer> {
    const text = checkText(sql)
    if (!text.ok) return refuse(text.faults[0], text.faults.slice(1))
    const polyglot = readers.polyglot(sql, text.tokens)
    if ('code' in polyglot) return refuse(polyglot, checkWords(text.tokens))
    const sqlparser = readers.sqlparser(sql, text.tokens)
    if ('code' in sqlparser) return refuse(sqlparser, checkWords(text.tokens))
    const broken = ruleFaults(polyglot.facts, sqlparser.facts, text.tokens, options)
    const [fault, ...more] = broken.length > 0 ? broken : compareTrees(polyglot.facts, sqlparser.facts, text.tokens)
    if (fault !== undefined) return refuse(fault, more)
    const names = resolveNames(sqlparser.statement, sqlparser.facts.tables, options.index, sqlparser.offsets)
    const facts = { tables: tablesIn(names), unboundedRows: names.unboundedRows }
    return refuseNames(sql, names.faults, options, repairs) ?? { ok: true, ...facts }
  }

  /** Names that do not exist, all at once in the order of the text; the repair is offered only if it would pass. */
  function refuseNames(
    sql: string,
    faults: readonly NameFault[],
    options: AnalyzeOptions,
    repairs: number,
  ): Refusal | null {
    const [worst, ...rest] = faults.toSorted((a, b) => (a.span?.start ?? 0) - (b.span?.start ?? 0))
    if (worst === undefined) return null
    // A list that was cut short by the many faults names columns that were not looked up; a repair of the rest would not pass.
    const repaired = repairs === 0 ? null : repairNames(sql, faults)
    const again = repaired === null ? null : analyze(repaired, options, repairs - 1)
    return refuse(worst, rest, again === null ? null : again.ok ? repaired : again.repaired)
  }

  return (sql, options) => analyze(sql, options, maxRepairs)
}

/** What either parser's tree holds that is not on the lists. */
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

/** Each table once. */
function tablesIn({ tables }: NameFacts): readonly TableName[] {
  const touched = new Map(
    tables.map(({ database, schema, name }) => [JSON.stringify([database, schema, name]), { database, schema, name }]),
  )
  return [...touched.values()]
}

/** The text with every name written as it should be, or null where for one of them that is not certain. */
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
