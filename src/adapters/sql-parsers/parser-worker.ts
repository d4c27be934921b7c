import { parentPort } from 'node:worker_threads'
import { strictPolicy } from '../../contract/guard-policy.ts'
import { capRows } from '../../core/guard/cap-rows.ts'
import { makeAnalyzer } from '../../core/guard/analyze-query.ts'
import { makeCatalogIndex } from '../../core/guard/names/catalog-index.ts'
import type { NamedTable } from '../../core/guard/names/catalog-index.ts'
import { makeTextReaders } from '../../core/guard/text-readers.ts'
import { ProblemError } from '../../core/problem.ts'
import { makeCatalogCache } from '../processes/catalog-transfer.ts'
import { compileWasmPlainly, usableMemory } from '../processes/memory.ts'
import type { ParserAnswer, ParserCatalogPart, ParserRequest, FromWorker } from './parser-messages.ts'
import {
  ParserTrap,
  explainSql,
  loadParsers,
  outlineOfSql,
  partsOfSql,
  placedPartsOfSql,
  translateToDuckdb,
} from './parsers.ts'

/** Warms the parsers up: the first parse takes a hundred times as long as the next. */
const warmUp = `WITH a AS (SELECT x, SUM(y) AS s FROM t WHERE z IN (1, 2) GROUP BY x) SELECT * FROM a JOIN b USING (x) ORDER BY s LIMIT 5`

/** A server with less memory than this, in bytes, takes longer to check queries instead of being ended. */
const roomToCompile = 2 * 1024 ** 3

const port = parentPort
if (port === null) throw new Error('parser-worker.ts runs as a worker thread.')
const catalogs = makeCatalogCache({
  limits: { catalogs: 64, columns: 1_500_000 },
  build: (tables: readonly NamedTable[], { defaults }: ParserCatalogPart) => makeCatalogIndex(tables, defaults),
})
// The compiler takes up to 700 MB for the parsers for a second, and makes checks of queries a third faster.
if (usableMemory() < roomToCompile) compileWasmPlainly()
const parsers = await loadParsers()
const readers = makeTextReaders(parsers)
const analyze = makeAnalyzer(readers)
analyze(warmUp, { policy: strictPolicy, index: null })

port.on('message', (request: ParserRequest) => say(answer(request)))
say({ kind: 'ready' })

function say(message: FromWorker): void {
  port?.postMessage(message)
}

function answer(request: ParserRequest): ParserAnswer {
  try {
    return work(request)
  } catch (error) {
    if (error instanceof ProblemError) return { kind: 'problem', problem: error.problem }
    if (error instanceof ParserTrap) return { kind: 'trap', message: error.message }
    throw error
  }
}

function work(request: ParserRequest): ParserAnswer {
  switch (request.kind) {
    case 'catalog':
      catalogs.receive(request)
      return { kind: 'received' }
    case 'analyze': {
      const index = request.catalogId === null ? null : catalogs.get(request.catalogId)
      if (request.catalogId !== null && index === null) return { kind: 'catalog-missing' }
      return { kind: 'verdict', verdict: analyze(request.sql, { policy: request.policy, index }) }
    }
    case 'cap-rows':
      return { kind: 'text', text: capRows(request.sql, request.maxRows) }
    case 'to-duckdb':
      return { kind: 'text', text: translateToDuckdb(request.sql, parsers.sqlparser, request.declared) }
    case 'outline':
      return { kind: 'outline', outline: outlineOfSql(request.sql, readers.polyglot, request.tables) }
    case 'placed-parts':
      return { kind: 'placed-parts', parts: placedPartsOfSql(request.sql, readers.sqlparser) }
    case 'explain':
      return { kind: 'text', text: explainSql(request.sql, readers.polyglot, request.tables) }
    case 'parts':
      return { kind: 'parts', parts: partsOfSql(request.sql, readers.polyglot, request.tables) }
  }
}
