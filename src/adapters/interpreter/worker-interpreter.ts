import { Worker } from 'node:worker_threads'
import type { Catalog, CatalogTable } from '../../core/catalog/catalog.ts'
import { offlineWriterId, offlineWriterLabel } from '../../core/ports/interpreter.ts'
import type { Interpreter } from '../../core/ports/interpreter.ts'
import type { TableSearch } from '../../core/ports/table-search.ts'
import type { Writer, WriterOutcome, WriteRequest } from '../../core/ports/writer.ts'
import { ProblemError, problem } from '../../core/problem.ts'
import { makeCatalogSender } from '../processes/catalog-transfer.ts'
import { siblingModule } from '../processes/sibling-module.ts'
import { WorkerQueue } from '../processes/worker-queue.ts'
import type {
  CatalogQuestion,
  InterpreterAnswer,
  InterpreterRequest,
  InterpreterCatalogPart,
} from './interpreter-messages.ts'
import { makeTablePositions, tablesAt } from './interpreter-messages.ts'

export interface WorkerInterpreter extends Interpreter, TableSearch {
  /** How many questions wait for the worker. */
  waiting(): number
  close(): Promise<void>
}

/** The worker ends after this long without a question, as the engine of the sample does. */
const idleMs = 180_000

/**
 * Runs the interpreter and the table search in a worker thread, so that a large catalog does not block the event loop. Handles one request
 * at a time; a request that exceeds `timeoutMs` is abandoned and the worker replaced. Starts on first use; does not keep the process alive.
 */
export function makeWorkerInterpreter({
  timeoutMs,
  askedBy = () => null,
}: {
  readonly timeoutMs: number
  /** Whose work asks at the moment: people take turns. */
  readonly askedBy?: () => string | null
}): WorkerInterpreter {
  const queue = new WorkerQueue<InterpreterRequest, InterpreterAnswer>({
    start: startWorker,
    timeoutMs,
    isFatal: () => false,
    idleMs,
    askedBy,
  })
  const catalogs = makeCatalogSender({
    partsOf: catalogInParts,
    sendPart: async (part) => (await queue.ask(part)).kind === 'answer',
  })
  const positions = makeTablePositions()

  /** The worker's answer, or null after the deadline. */
  const ask = async (
    catalog: Catalog,
    asked: CatalogQuestion,
    signal: AbortSignal,
  ): Promise<InterpreterAnswer | null> => {
    const request: InterpreterRequest = { ...asked, catalogId: catalogs.idOf(catalog) }
    let outcome = await queue.ask(request, signal)
    if (outcome.kind === 'answer' && outcome.answer.kind === 'catalog-missing') {
      await catalogs.send(catalog)
      outcome = await queue.ask(request, signal)
    }
    if (outcome.kind !== 'answer') return null
    const { answer } = outcome
    if (answer.kind === 'problem') throw new ProblemError(answer.problem)
    if (answer.kind === 'defect') throw new Error(`The interpreter failed: ${answer.stack}`)
    return answer
  }
  const askQuestions = async (catalog: Catalog, asked: CatalogQuestion, signal: AbortSignal) => {
    const answer = await ask(catalog, asked, signal)
    return answer?.kind === 'questions' ? answer.questions : []
  }
  const write = async ({ catalog, tables, ...request }: WriteRequest, signal: AbortSignal): Promise<WriterOutcome> => {
    const asked: CatalogQuestion = { kind: 'write', request, tables: positions.of(catalog, tables) }
    const answer = await ask(catalog, asked, signal)
    if (answer?.kind === 'outcome') return answer.outcome
    throw tookTooLong()
  }
  return {
    writer: makeWriter(write),
    async findTables(question, catalog, { limit, signal }) {
      const answer = await ask(catalog, { kind: 'find-tables', question, limit }, signal)
      if (answer?.kind === 'tables') return tablesAt(catalog, answer.positions)
      throw tookTooLong()
    },
    suggestQuestions: (catalog, signal) => askQuestions(catalog, { kind: 'starters' }, signal),
    outlookOf: async (catalog, table, signal) => {
      const [position] = positions.of(catalog, [table])
      if (position === undefined) return null
      const answer = await ask(catalog, { kind: 'outlook', table: position }, signal)
      if (answer?.kind !== 'outlook') return null
      const joins = answer.joins.flatMap(({ table: other, ...join }) =>
        tablesAt(catalog, [other]).map((joined) => ({ ...join, table: joined })),
      )
      return { joins, questions: answer.questions }
    },
    suggestFollowUps: ({ catalog, ...asked }, signal) =>
      askQuestions(catalog, { kind: 'follow-ups', ...asked }, signal),
    waiting: () => queue.waiting(),
    close: () => queue.close(),
  }
}

const makeWriter = (write: (request: WriteRequest, signal: AbortSignal) => Promise<WriterOutcome>): Writer => ({
  id: offlineWriterId,
  label: offlineWriterLabel,
  async *write(request, { signal }) {
    const outcome = await write(request, signal)
    if (outcome.kind === 'query') yield { sql: outcome.sql }
    return outcome
  },
})

const startWorker = (): Worker =>
  new Worker(siblingModule('interpreter-worker', import.meta.url), {
    env: {},
    execArgv: [],
    // Without a limit, V8's young generation grows to 48 MB and does not shrink.
    resourceLimits: { maxOldGenerationSizeMb: 2_048, maxYoungGenerationSizeMb: 12 },
  })

const tookTooLong = (): ProblemError =>
  problem(
    'too_busy',
    'Reading the question against this catalog took too long.',
    'Ask it in fewer words, or ask again in a moment.',
  )

/** Columns and samples per message: few enough that copying them does not block the event loop. */
const piecesAtOnce = 3_000

const piecesOf = (table: CatalogTable): number =>
  table.columns.reduce((sum, column) => sum + 1 + column.samples.length, 1)

/** Splits a catalog into messages, lazily. */
function* catalogInParts(id: number, catalog: Catalog): Generator<InterpreterCatalogPart> {
  const { tables: all, ...rest } = catalog
  let tables: CatalogTable[] = []
  let pieces = 0
  let isFirst = true
  for (const table of all) {
    tables.push(table)
    pieces += piecesOf(table)
    if (pieces < piecesAtOnce) continue
    yield { kind: 'catalog', id, tables, rest: nothingYet, isFirst, isLast: false }
    tables = []
    pieces = 0
    isFirst = false
  }
  yield { kind: 'catalog', id, tables, rest, isFirst, isLast: true }
}

/** Only the last part carries the rest of the catalog. */
const nothingYet = { defaultDatabase: null, defaultSchema: null }
