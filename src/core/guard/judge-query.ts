import type { TableName } from '../../contract/turn-event.ts'
import { checkFunctions } from './check-functions.ts'
import { checkTables } from './check-tables.ts'
import { checkText } from './check-text.ts'
import { checkWords } from './check-words.ts'
import { compareTrees } from './compare-trees.ts'
import { strictPolicy } from './functions/classify-function.ts'
import type { GuardPolicy } from './functions/classify-function.ts'
import { makePlaces } from './trees/places.ts'
import { polyglotRules } from './trees/polyglot-nodes.ts'
import { readPolyglotTree } from './trees/read-polyglot-tree.ts'
import { readSqlparserTree } from './trees/read-sqlparser-tree.ts'
import { sqlparserRules } from './trees/sqlparser-nodes.ts'
import type { Tree } from './trees/tree.ts'
import { fold } from './trees/tree-facts.ts'
import type { TableRef } from './trees/tree-facts.ts'
import { refuse } from './verdict.ts'
import type { Fault, QueryFacts, Refusal } from './verdict.ts'

/** One parser's answer: its statements, or what it stumbled over. */
export type Parsed =
  { readonly ok: true; readonly statements: readonly Tree[] } | { readonly ok: false; readonly message: string }

/** The two parsers. `parse` never throws for a text it cannot read. */
export interface Parsers {
  polyglot(sql: string): Parsed
  sqlparser(sql: string): Parsed
}

export interface JudgeOptions {
  readonly policy?: GuardPolicy
}

export type Judge = (sql: string, options: JudgeOptions) => ({ readonly ok: true } & QueryFacts) | Refusal

/** Makes the judge: text → what it touches, or why it may not run. Pure but for the parsers it is given. */
export function makeJudge(parsers: Parsers): Judge {
  const rules = { polyglot: polyglotRules(), sqlparser: sqlparserRules() }
  return (sql, { policy = strictPolicy }) => {
    const text = checkText(sql)
    if (!text.ok) return refuse(text.faults[0], text.faults.slice(1))
    const polyglot = oneStatement(parsers.polyglot(sql))
    if ('code' in polyglot) return refuse(polyglot)
    const sqlparser = oneStatement(parsers.sqlparser(sql))
    if ('code' in sqlparser) return refuse(sqlparser)
    const places = makePlaces(sql)
    const first = readPolyglotTree(polyglot.statement, rules.polyglot, places)
    const second = readSqlparserTree(sqlparser.statement, rules.sqlparser, places)
    const faults = [
      ...first.faults,
      ...second.faults,
      ...checkWords(text.tokens),
      ...checkFunctions(second.functions, policy),
      ...checkFunctions(first.functions, policy),
      ...checkTables(second.tables),
      ...checkTables(first.tables),
    ]
    const all = faults.length > 0 ? faults : compareTrees(first, second, rules.polyglot)
    const [worst, ...rest] = all
    if (worst !== undefined) return refuse(worst, rest)
    return {
      ok: true,
      tables: tableNames(second.tables),
      functions: [...new Set(second.functions.map((call) => call.name))],
    }
  }
}

/** The single statement of a text that parsed. */
function oneStatement(parsed: Parsed): { readonly statement: Tree } | Fault {
  if (!parsed.ok) return syntaxFault(parsed.message)
  const [statement, ...more] = parsed.statements
  if (statement !== undefined && more.length === 0) return { statement }
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

function tableNames(tables: readonly TableRef[]): readonly TableName[] {
  const named = tables.map(({ parts }) => {
    const [name = '', schema = '', database = ''] = parts.map(fold).reverse()
    return { database, schema, name }
  })
  return [...new Map(named.map((table) => [JSON.stringify(table), table])).values()]
}
