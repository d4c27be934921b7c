import { parentPort } from 'node:worker_threads'
import { strictPolicy } from '../../contract/guard-policy.ts'
import { capRows } from '../../core/guard/cap-rows.ts'
import { makeAnalyzer } from '../../core/guard/analyze-query.ts'
import { makeCatalogIndex } from '../../core/guard/names/catalog-index.ts'
import type { NamedTable } from '../../core/guard/names/catalog-index.ts'
import { ProblemError } from '../../core/problem.ts'
import { makeCatalogCache } from '../processes/catalog-transfer.ts'
import type { ParserAnswer, ParserCatalogPart, ParserRequest, FromWorker } from './parser-messages.ts'
import { ParserTrap, explainSql, loadParsers } from './parsers.ts'
import { toDuckdb } from '../../dialect/duckdb/translate/to-duckdb.ts'

/** The first text through a parser costs a hundred times the second. */
const warmUp = `WITH a AS (SELECT x, SUM(y) AS s FROM t WHERE z IN (1, 2) GROUP BY x) SELECT * FROM a JOIN b USING (x) ORDER BY s LIMIT 5`

const port = parentPort
if (port === null) throw new Error('parser-worker.ts runs as a worker thread.')
const catalogs = makeCatalogCache({
  limits: { catalogs: 64, columns: 1_500_000 },
  build: (tables: readonly NamedTable[], { defaults }: ParserCatalogPart) => makeCatalogIndex(tables, defaults),
})
const parsers = await loadParsers()
const analyze = makeAnalyzer(parsers)
analyze(warmUp, { policy: strictPolicy, index: null })

port.on('message', (request: ParserRequest) => void answer(request).then(say))
say({ kind: 'ready' })

function say(message: FromWorker): void {
  port?.postMessage(message)
}

async function answer(request: ParserRequest): Promise<ParserAnswer> {
  try {
    return await work(request)
  } catch (error) {
    if (error instanceof ProblemError) return { kind: 'problem', problem: error.problem }
    if (error instanceof ParserTrap) return { kind: 'trap', message: error.message }
    throw error
  }
}

async function work(request: ParserRequest): Promise<ParserAnswer> {
  if (request.kind === 'analyze') return analyzeText(request)
  if (request.kind !== 'catalog') return { kind: 'text', text: await textOf(request) }
  catalogs.receive(request)
  return { kind: 'received' }
}

function analyzeText({ sql, policy, catalogId }: Extract<ParserRequest, { kind: 'analyze' }>): ParserAnswer {
  const index = catalogId === null ? null : catalogs.get(catalogId)
  if (catalogId !== null && index === null) return { kind: 'catalog-missing' }
  return { kind: 'verdict', verdict: analyze(sql, { policy, index }) }
}

async function textOf(request: Exclude<ParserRequest, { kind: 'analyze' | 'catalog' }>): Promise<string> {
  if (request.kind === 'cap-rows') return capRows(request.sql, request.maxRows)
  if (request.kind === 'to-duckdb') return toDuckdb(request.sql, parsers.sqlparser, request.declared)
  return request.kind === 'explain' ? explainSql(request.sql, parsers.polyglot) : await pretty(request.sql)
}

/** Pretty-printed, or as it was where the printer cannot read it: the text is only shown. The printer is loaded when first needed, for it takes 15 MB. */
async function pretty(sql: string): Promise<string> {
  const { format } = await import('sql-formatter')
  try {
    return format(sql, { language: 'snowflake', keywordCase: 'upper' })
  } catch (error) {
    if (error instanceof Error) return sql
    throw error
  }
}
