import { Worker } from 'node:worker_threads'
import type { Catalog } from '../../core/catalog/catalog.ts'
import { makeTableNamer } from '../../core/explain/typed-tables.ts'
import { maxSqlLength } from '../../contract/command.ts'
import { tooLong } from '../../core/guard/check-text.ts'
import type { NamedTable } from '../../core/guard/names/catalog-index.ts'
import { refuse } from '../../core/guard/verdict.ts'
import type { Refusal } from '../../core/guard/verdict.ts'
import type { Analysis, SqlParsers } from '../../core/ports/sql-parsers.ts'
import { ProblemError, problem } from '../../core/problem.ts'
import { makeCatalogSender } from '../processes/catalog-transfer.ts'
import { siblingModule } from '../processes/sibling-module.ts'
import { type Outcome, WorkerQueue } from '../processes/worker-queue.ts'
import type { ParserAnswer, ParserCatalogPart, ParserRequest } from './parser-messages.ts'
import { declarationsIn } from '../../dialect/duckdb/translate/declared-columns.ts'

/** An event for the operator's log: parsers that disagree or break may be under attack. */
export interface ParserSignal {
  readonly kind: 'parsers_disagree' | 'trap' | 'timeout' | 'died'
  readonly sql: string
  readonly detail: string
}

export interface WorkerSqlParsers extends SqlParsers {
  /** Starts the worker and loads the parsers, so that the first question need not wait for it. */
  warm(): Promise<void>
  /** How many texts wait for a worker. */
  waiting(): { readonly short: number; readonly long: number }
}

export interface ParsersOptions {
  readonly timeoutMs: number
  readonly logSignal?: (signal: ParserSignal) => void
  /** Whose work asks at the moment: people take turns. */
  readonly askedBy?: () => string | null
}

/** Extends the deadline by the length of the text, so that a list of 10,000 values is not cut off. */
const msPerCharacter = 0.02

/** Texts longer than this (in characters), which may take seconds, have a worker of their own: short ones never wait behind them. */
const longText = 4_000

/** A worker ends after this long without a request, as the engine of the sample does. */
const idleMs = 180_000

/**
 * Runs the SQL parsers in worker threads, one for short texts and one for long ones, each one request at a time. A request that exceeds its deadline,
 * breaks a parser or exhausts the worker's memory is refused; the worker is replaced and the waiting requests are served. A worker starts with
 * its first call and does not keep the process alive.
 */
export function makeWorkerSqlParsers(options: ParsersOptions): WorkerSqlParsers {
  const { timeoutMs, logSignal = () => {}, askedBy = () => null } = options
  const short = makeLane(timeoutMs, askedBy)
  const long = makeLane(timeoutMs, askedBy)
  const tablesNamedIn = makeTableNamer()
  const laneOf = (sql: string): Lane => (sql.length > longText ? long : short)
  const tell = (sql: string, outcome: Outcome<ParserAnswer>): Outcome<ParserAnswer> => {
    const signal = signalOf(outcome)
    if (signal !== null) logSignal({ ...signal, sql })
    return outcome
  }
  const ask = async (request: TextRequest): Promise<Outcome<ParserAnswer>> =>
    tell(request.sql, await laneOf(request.sql).queue.ask(request))
  const askText = async (request: TextRequest): Promise<string> => textOf(await ask(request))
  return {
    async analyze(sql, { catalog, policy }) {
      if (sql.length > maxSqlLength) return refuse(tooLong(sql.length))
      const { catalogs } = laneOf(sql)
      const catalogId = catalog === null ? null : catalogs.idOf(catalog)
      const request: TextRequest = { kind: 'analyze', sql, policy, catalogId }
      const outcome = await ask(request)
      if (catalog === null || outcome.kind !== 'answer' || outcome.answer.kind !== 'catalog-missing')
        return verdictOf(outcome)
      await catalogs.send(catalog)
      return verdictOf(await ask(request))
    },
    capRows: (sql, maxRows) => askText({ kind: 'cap-rows', sql, maxRows }),
    toDuckdb: (sql, options) =>
      askText({ kind: 'to-duckdb', sql, declared: declarationsIn(sql, options?.catalog ?? null) }),
    explain: (sql, options) => askText({ kind: 'explain', sql, tables: tablesNamedIn(sql, options?.catalog ?? null) }),
    async partsOf(sql, { catalog }) {
      const outcome = await ask({ kind: 'parts', sql, tables: tablesNamedIn(sql, catalog) })
      return outcome.kind === 'answer' && outcome.answer.kind === 'parts' ? outcome.answer.parts : null
    },
    async outline(sql, options) {
      const outcome = await ask({ kind: 'outline', sql, tables: tablesNamedIn(sql, options?.catalog ?? null) })
      return outcome.kind === 'answer' && outcome.answer.kind === 'outline' ? outcome.answer.outline : null
    },
    async placedParts(sql) {
      if (sql.length > maxSqlLength) return null
      const outcome = await ask({ kind: 'placed-parts', sql })
      return outcome.kind === 'answer' && outcome.answer.kind === 'placed-parts' ? outcome.answer.parts : null
    },
    warm: () => short.queue.warm(),
    waiting: () => ({ short: short.queue.waiting(), long: long.queue.waiting() }),
    close: async () => {
      await Promise.all([short.queue.close(), long.queue.close()])
    },
  }
}

type TextRequest = Extract<ParserRequest, { readonly sql: string }>

/** A worker with what waits for it, and the catalogs it was sent. */
interface Lane {
  readonly queue: WorkerQueue<ParserRequest, ParserAnswer>
  readonly catalogs: ReturnType<typeof makeCatalogSender>
}

function makeLane(timeoutMs: number, askedBy: () => string | null): Lane {
  const queue = new WorkerQueue<ParserRequest, ParserAnswer>({
    start: startWorker,
    timeoutMs: (request) => timeoutMs + ('sql' in request ? request.sql.length * msPerCharacter : 0),
    isFatal: (answer) => answer.kind === 'trap',
    idleMs,
    askedBy,
  })
  const catalogs = makeCatalogSender({
    partsOf: catalogParts,
    sendPart: async (part) => (await queue.ask(part)).kind === 'answer',
  })
  return { queue, catalogs }
}

const startWorker = (): Worker =>
  new Worker(siblingModule('parser-worker', import.meta.url), {
    env: {},
    execArgv: [],
    // Bounds the young generation, which otherwise grows to 48 MB and stays there.
    resourceLimits: { stackSizeMb: 16, maxOldGenerationSizeMb: 768, maxYoungGenerationSizeMb: 48 },
  })

function signalOf(outcome: Outcome<ParserAnswer>): Omit<ParserSignal, 'sql'> | null {
  if (outcome.kind !== 'answer') return { kind: outcome.kind, detail: 'The parser worker was started anew.' }
  const { answer } = outcome
  if (answer.kind === 'trap') return { kind: 'trap', detail: answer.message }
  if (answer.kind !== 'verdict' || answer.verdict.ok || answer.verdict.code !== 'parsers_disagree') return null
  return { kind: 'parsers_disagree', detail: answer.verdict.reason }
}

function verdictOf(outcome: Outcome<ParserAnswer>): Analysis {
  if (outcome.kind !== 'answer') return brokenRefusal(outcome.kind)
  if (outcome.answer.kind === 'problem') throw new ProblemError(outcome.answer.problem)
  return outcome.answer.kind === 'verdict' ? outcome.answer.verdict : brokenRefusal('died')
}

function brokenRefusal(kind: 'timeout' | 'died'): Refusal {
  const slow = kind === 'timeout'
  return refuse({
    code: slow ? 'timeout' : 'too_complex',
    reason: slow ? 'The query takes too long to check.' : 'The query is too complex to check.',
    action: 'Shorten it or split it.',
    span: null,
  })
}

function textOf(outcome: Outcome<ParserAnswer>): string {
  if (outcome.kind === 'answer' && outcome.answer.kind === 'text') return outcome.answer.text
  if (outcome.kind === 'answer' && outcome.answer.kind === 'problem') throw new ProblemError(outcome.answer.problem)
  const slow = outcome.kind === 'timeout'
  throw problem(
    'sql_refused',
    slow ? 'The query takes too long to check.' : 'The query is too complex to check.',
    'Shorten it or split it.',
  )
}

/** Columns in one message: few enough that copying them does not block the event loop. */
const columnsAtOnce = 2_000

/** Splits a catalog's names into messages, built one at a time. */
function* catalogParts(id: number, catalog: Catalog): Generator<ParserCatalogPart> {
  const defaults = { database: catalog.defaultDatabase, schema: catalog.defaultSchema }
  let tables: NamedTable[] = []
  let columns = 0
  let isFirst = true
  for (const { database, schema, name, columns: own } of catalog.tables) {
    tables.push({ database, schema, name, columns: own.map((column) => column.name) })
    columns += own.length + 1
    if (columns < columnsAtOnce) continue
    yield { kind: 'catalog', id, tables, defaults, isFirst, isLast: false }
    tables = []
    columns = 0
    isFirst = false
  }
  yield { kind: 'catalog', id, tables, defaults, isFirst, isLast: true }
}
