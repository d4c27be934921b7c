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
import { parserInput } from './parser-input.ts'
import type { ParserName } from './parser-input.ts'
import type { Token } from './scan-sql.ts'
import { makeOffsetMap } from './trees/offset-map.ts'
import type { OffsetMap } from './trees/offset-map.ts'
import { polyglotFacts } from './trees/polyglot-facts.ts'
import { polyglotRules } from './trees/polyglot-nodes.ts'
import { sqlparserFacts } from './trees/sqlparser-facts.ts'
import { sqlparserRules } from './trees/sqlparser-nodes.ts'
import type { TreeFacts } from './trees/tree-facts.ts'
import type { Tree } from './trees/tree.ts'
import { byWeight, refuse } from './verdict.ts'
import type { Fault, QueryFacts, Refusal } from './verdict.ts'

/** One parser's answer: its statements, or what it stumbled over. */
export type Parsed =
  { readonly ok: true; readonly statements: readonly Tree[] } | { readonly ok: false; readonly message: string }

/** The two parsers; a text that one cannot read is an answer, not an error. */
export type Parsers = Readonly<Record<ParserName, (sql: string) => Parsed>>

export interface AnalyzeOptions {
  readonly policy: GuardPolicy
  /** Where names are looked up; null takes them as written. */
  readonly index: CatalogIndex | null
}

export type Analyzer = (sql: string, options: AnalyzeOptions) => ({ readonly ok: true } & QueryFacts) | Refusal

/** Makes the analyze: text → what it touches, or why it may not run. Pure but for the parsers it is given. */
export function makeAnalyzer(parsers: Parsers): Analyzer {
  const rules = { polyglot: polyglotRules(), sqlparser: sqlparserRules() }

  function analyze(sql: string, options: AnalyzeOptions, repairs: number): ReturnType<Analyzer> {
    const text = checkText(sql)
    if (!text.ok) return refuse(text.faults[0], text.faults.slice(1))
    const polyglot = readOne(parsers, 'polyglot', sql, text.tokens)
    if ('code' in polyglot) return refuse(polyglot)
    const sqlparser = readOne(parsers, 'sqlparser', sql, text.tokens)
    if ('code' in sqlparser) return refuse(sqlparser)
    const first = polyglotFacts(polyglot.statement, rules.polyglot, polyglot.places)
    const second = sqlparserFacts(sqlparser.statement, rules.sqlparser, sqlparser.places)
    const faults = ruleFaults(first, second, text.tokens, options)
    const [worst, ...rest] =
      faults.length > 0 ? byWeight(faults) : compareTrees(first, second, rules.polyglot, text.tokens)
    if (worst !== undefined) return refuse(worst, rest)
    const names = resolveNames(sqlparser.statement, second.tables, options.index, sqlparser.places)
    return (
      refuseNames(sql, names, options, repairs) ?? {
        ok: true,
        tables: tablesIn(names),
        unboundedRows: names.unboundedRows,
      }
    )
  }

  /** Names that do not exist, all at once; the repair is offered only if it would pass. */
  function refuseNames(sql: string, { faults }: NameFacts, options: AnalyzeOptions, repairs: number): Refusal | null {
    const [worst, ...rest] = inOrder(faults)
    if (worst === undefined) return null
    const mended = repairs === 0 ? null : repairNames(sql, faults)
    const again = mended === null ? null : analyze(mended, options, repairs - 1)
    return refuse(worst, rest, again === null ? null : again.ok ? mended : again.repaired)
  }

  return (sql, options) => analyze(sql, options, 2)
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

const inOrder = (faults: readonly NameFault[]): readonly NameFault[] =>
  faults.toSorted((a, b) => (a.span?.start ?? 0) - (b.span?.start ?? 0))

/** The single statement of a text as one parser reads it. */
function readOne(
  parsers: Parsers,
  parser: ParserName,
  sql: string,
  tokens: readonly Token[],
): { readonly statement: Tree; readonly places: OffsetMap } | Fault {
  const view = parserInput(sql, tokens, parser)
  const parsed = parsers[parser](view.text)
  if (!parsed.ok) return syntaxFault(parsed.message)
  const [statement, ...more] = parsed.statements
  if (statement !== undefined && more.length === 0) return { statement, places: makeOffsetMap(view) }
  const reason = `The text holds ${parsed.statements.length} statements.`
  return { code: 'several_statements', reason, action: 'Send one query at a time.', span: null }
}

const syntaxFault = (message: string): Fault =>
  /E_GUARD_|recursion limit/i.test(message) ? tooDeep : unreadable(message)

const tooDeep: Fault = {
  code: 'too_complex',
  reason: 'The query is nested too deeply to check.',
  action: 'Split it into CTEs.',
  span: null,
}

const unreadable = (message: string): Fault => ({
  code: 'syntax',
  reason: `This is not SQL that can be read: ${message.replace(/\.?\s*$/, '')}.`,
  action: 'Mend it there, or write it more plainly.',
  span: null,
})

/** Each table once. */
function tablesIn({ tables }: NameFacts): readonly TableName[] {
  const touched = new Map(
    tables.map(({ database, schema, name }) => [JSON.stringify([database, schema, name]), { database, schema, name }]),
  )
  return [...touched.values()]
}

/** The text with every name written as it should be, or null where for one of them that is not certain. */
export function repairNames(sql: string, faults: readonly NameFault[]): string | null {
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
