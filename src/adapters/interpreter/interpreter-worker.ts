import { parentPort } from 'node:worker_threads'
import type { Catalog, CatalogTable } from '../../core/catalog/catalog.ts'
import { makeCatalogReader } from '../../core/catalog/catalog-reader.ts'
import { joinsOf } from '../../core/catalog/join-graph.ts'
import { makeTableFinder } from '../../core/retrieval/find-tables.ts'
import { makeInterpret } from '../../core/interpreter/interpret.ts'
import { makeOfflineWriter } from '../../core/interpreter/offline-writer.ts'
import { makeSuggestions } from '../../core/interpreter/suggest-questions.ts'
import type { WriterOutcome, WriteRequest } from '../../core/ports/writer.ts'
import { ProblemError } from '../../core/problem.ts'
import { makeCatalogCache } from '../processes/catalog-transfer.ts'
import type {
  CatalogQuestion,
  FromInterpreter,
  InterpreterAnswer,
  InterpreterCatalogPart,
  InterpreterRequest,
} from './interpreter-messages.ts'
import { makeTablePositions, tablesAt } from './interpreter-messages.ts'

const port = parentPort
if (port === null) throw new Error('interpreter-worker.ts runs as a worker thread.')
const catalogs = makeCatalogCache({
  limits: { catalogs: 64, columns: 1_500_000 },
  build: (tables: readonly CatalogTable[], { rest }: InterpreterCatalogPart): Catalog => ({ ...rest, tables }),
})
const readCatalog = makeCatalogReader()
const interpret = makeInterpret(readCatalog)
const writer = makeOfflineWriter(interpret)
const { suggestQuestions, suggestFollowUps, suggestAbout } = makeSuggestions(interpret, readCatalog)
const findTables = makeTableFinder(readCatalog)
const positions = makeTablePositions()

port.on('message', (request: InterpreterRequest) => void answer(request).then(say))
say({ kind: 'ready' })

function say(message: FromInterpreter): void {
  port?.postMessage(message)
}

async function answer(request: InterpreterRequest): Promise<InterpreterAnswer> {
  try {
    if (request.kind === 'catalog') {
      catalogs.receive(request)
      return { kind: 'received' }
    }
    const catalog = catalogs.get(request.catalogId)
    return catalog === null ? { kind: 'catalog-missing' } : await answerAbout(catalog, request)
  } catch (error) {
    if (error instanceof ProblemError) return { kind: 'problem', problem: error.problem }
    return { kind: 'defect', stack: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}

async function answerAbout(catalog: Catalog, asked: CatalogQuestion): Promise<InterpreterAnswer> {
  if (asked.kind === 'find-tables') {
    const tables = findTables(asked.question, catalog, { limit: asked.limit })
    return { kind: 'tables', positions: positions.of(catalog, tables) }
  }
  if (asked.kind === 'write') {
    const outcome = await write({ ...asked.request, catalog, tables: tablesAt(catalog, asked.tables) })
    return { kind: 'outcome', outcome }
  }
  if (asked.kind === 'outlook') {
    const [table] = tablesAt(catalog, [asked.table])
    if (table === undefined) return { kind: 'outlook', joins: [], questions: [] }
    const { named, graph } = readCatalog(catalog)
    const joins = joinsOf(named, graph, table).flatMap(({ table: other, ...join }) =>
      positions.of(catalog, [other]).map((position) => ({ ...join, table: position })),
    )
    return { kind: 'outlook', joins, questions: suggestAbout(catalog, table) }
  }
  const questions = asked.kind === 'starters' ? suggestQuestions(catalog) : suggestFollowUps({ ...asked, catalog })
  return { kind: 'questions', questions }
}

async function write(request: WriteRequest): Promise<WriterOutcome> {
  const writing = writer.write(request, { signal: new AbortController().signal })
  for (;;) {
    const step = await writing.next()
    if (step.done === true) return step.value
  }
}
