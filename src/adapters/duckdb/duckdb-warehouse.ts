import { LRUCache } from 'lru-cache'
import type { Catalog } from '../../core/catalog/catalog.ts'
import type { ReadOnlySql } from '../../core/guard/read-only-sql.ts'
import type { RowBatch, RowStream, RunOptions, Warehouse } from '../../core/ports/warehouse.ts'
import { problem, ProblemError } from '../../core/problem.ts'
import { mayUseMuch } from '../../dialect/duckdb/resource-use.ts'
import type { Answer } from './child-protocol.ts'
import { type DuckdbProcess, EngineEnded, makeDuckdbProcess, type ProcessOptions } from './duckdb-process.ts'
import { makeAdmissionControl } from './engine/admission-control.ts'
import type { EngineSettings } from './engine/engine-settings.ts'

/** The longest that sampling values for the catalog may take; what is left then comes without samples. */
const sampleBudgetMs = 4_000

export interface DuckdbWarehouseNeeds extends PoolOptions {
  readonly settings: EngineSettings
  /** Snowflake's dialect into DuckDB's. Throws `sql_unsupported`. */
  readonly translate: (sql: ReadOnlySql) => Promise<string>
  /** Adds what the database file does not keep: keys, declared lengths, how files were read. */
  readonly declare: (catalog: Catalog) => Catalog
  /** Told when a reader has got to the end of a result. */
  readonly onResult?: () => void
}

/** A warehouse over one DuckDB file, read-only, in locked-down processes of its own. Nothing starts before the first call. */
export function makeDuckdbWarehouse(needs: DuckdbWarehouseNeeds): Warehouse {
  const { settings, translate, declare, onResult = () => undefined } = needs
  const engines = makeEnginePool(settings, needs)
  const known = settings.database.name

  return {
    async readCatalog({ signal }): Promise<Catalog> {
      const { tables } = await engines.catalog(sampleBudgetMs, signal)
      return declare({ tables, defaultDatabase: known, defaultSchema: settings.defaultSchema })
    },
    async compile(sql, { signal }) {
      const { columns, estimate } = await engines.compile(await translate(sql), signal)
      return { columns, estimate }
    },
    async run(sql, options) {
      const stream = await engines.run(await translate(sql), options)
      return { ...stream, batches: toldAtEnd(stream.batches, onResult) }
    },
    close: () => engines.close(),
  }
}

async function* toldAtEnd(batches: AsyncIterable<RowBatch>, tell: () => void): AsyncGenerator<RowBatch> {
  yield* batches
  tell()
}

/**
 * The engines over one database: one that all small queries share, and a few that each serve a single query at a time. What may use much
 * memory or time runs by itself, so that it can only fail alone. When the shared engine ends or runs out of memory, the queries that it
 * worked on are run again by themselves: those that did not cause it are answered.
 */
interface EnginePool {
  catalog(budgetMs: number, signal: AbortSignal): Promise<Extract<Answer, { readonly kind: 'tables' }>>
  /** Binds DuckDB text; nothing is run. */
  compile(sql: string, signal: AbortSignal): Promise<Compiled>
  /** Runs DuckDB text. Resolves once the columns are known. */
  run(sql: string, options: RunOptions): Promise<RowStream>
  /** Ends the processes; whatever still runs fails. */
  close(): Promise<void>
}

type Compiled = Extract<Answer, { readonly kind: 'compiled' }>

interface PoolOptions extends ProcessOptions {
  /** How many queries may run by themselves at once. */
  readonly alone: number
}

/** The longest that reading the catalog and compiling a query may take. An engine that does not stop by itself is killed then. */
const catalogTimeoutMs = 60_000
const compileTimeoutMs = 15_000
/** A rerun gets at least this long of what is left of its time. */
const leastTimeMs = 1_000
const rememberedPlans = 500
const longestQueue = 200

function makeEnginePool(settings: EngineSettings, options: PoolOptions): EnginePool {
  const shared = makeDuckdbProcess(settings, options)
  const single = Array.from({ length: options.alone }, () =>
    makeDuckdbProcess({ ...settings, background: true }, options),
  )
  const idle = [...single]
  const places = makeAdmissionControl({ running: options.alone, heavyRunning: options.alone, waiting: longestQueue })
  /** Whether a text is expected to use much, as its plan says. */
  const heavy = new LRUCache<string, boolean>({ max: rememberedPlans })

  /** Does work on an engine that nobody else uses; `work` calls back once the engine is free again. */
  const alone = async <T>(signal: AbortSignal, work: (engine: DuckdbProcess, free: () => void) => Promise<T>) => {
    const leave = await places.enter(false, (giveUp) => signal.addEventListener('abort', giveUp, { once: true }))
    signal.throwIfAborted()
    const engine = idle.pop()
    if (leave === null || engine === undefined) throw new Error('There are fewer engines than places.')
    let busy = true
    const free = (): void => {
      if (!busy) return
      busy = false
      idle.push(engine)
      leave()
    }
    try {
      return await work(engine, free)
    } catch (error) {
      free()
      throw error instanceof EngineEnded ? tooLarge(error) : error
    }
  }
  const compileOn = async (engine: DuckdbProcess, sql: string, timeoutMs: number, signal: AbortSignal) => {
    const answer = await engine.ask({ kind: 'compile', sql }, { timeoutMs, signal })
    if (answer.kind !== 'compiled') throw new Error('The engine answered another question.')
    heavy.set(sql, answer.heavy)
    return answer
  }
  const compile = async (sql: string, timeoutMs: number, signal: AbortSignal): Promise<Compiled> => {
    const byItself = () => alone(signal, (engine, free) => compileOn(engine, sql, timeoutMs, signal).finally(free))
    if (mayUseMuch(sql)) return byItself()
    return compileOn(shared, sql, timeoutMs, signal).catch((error: unknown) => {
      if (!mayBeInnocent(error)) throw error
      return byItself()
    })
  }
  const runAlone = (sql: string, run: RunOptions): Promise<RowStream> =>
    alone(run.signal, async (engine, free) => failingAlone(await engine.run(sql, run, free)))
  const run = async (sql: string, given: RunOptions): Promise<RowStream> => {
    const start = performance.now()
    const left = (least = 1): RunOptions => {
      const timeoutMs = Math.max(least, given.timeoutMs - (performance.now() - start))
      return { ...given, timeoutMs }
    }
    if (mayUseMuch(sql)) return runAlone(sql, given)
    if (!heavy.has(sql)) await compile(sql, Math.min(compileTimeoutMs, given.timeoutMs), given.signal)
    if (heavy.get(sql) === true) return runAlone(sql, left())
    const again = (error: unknown): Promise<RowStream> => {
      if (!mayBeInnocent(error)) throw error
      return runAlone(sql, left(leastTimeMs))
    }
    try {
      return repeating(await shared.run(sql, left()), again)
    } catch (error) {
      return again(error)
    }
  }
  return {
    async catalog(budgetMs, signal) {
      const answer = await shared.ask({ kind: 'catalog', budgetMs }, { timeoutMs: catalogTimeoutMs, signal })
      if (answer.kind !== 'tables') throw new Error('The engine answered another question.')
      return answer
    },
    compile: (sql, signal) => compile(sql, compileTimeoutMs, signal),
    run,
    async close() {
      await Promise.all([shared, ...single].map((engine) => engine.close()))
    },
  }
}

/** Whether another query may have caused it: the engine ended, or had no memory left. */
const mayBeInnocent = (error: unknown): boolean =>
  error instanceof EngineEnded || (error instanceof ProblemError && error.problem.code === 'query_too_large')

/** A result that is read anew from another run when its own fails before the first rows. */
function repeating(first: RowStream, again: (error: unknown) => Promise<RowStream>): RowStream {
  let current = first
  async function* read(): AsyncGenerator<RowBatch> {
    let given = false
    try {
      for await (const batch of first.batches) {
        given = true
        yield batch
      }
    } catch (error) {
      if (given) throw error
      current = await again(error)
      yield* current.batches
    }
  }
  return { columns: first.columns, batches: read(), truncated: () => current.truncated() }
}

/** A result of an engine that serves it alone: when the engine ends, it was too much for it. */
function failingAlone(stream: RowStream): RowStream {
  async function* read(): AsyncGenerator<RowBatch> {
    try {
      yield* stream.batches
    } catch (error) {
      throw error instanceof EngineEnded ? tooLarge(error) : error
    }
  }
  return { ...stream, batches: read() }
}

const tooLarge = (cause: EngineEnded): ProblemError =>
  problem(
    'query_too_large',
    'The local database engine ended while it worked on this query alone: it needs more memory than there is.',
    'Ask for less at once: a filter, a shorter period, fewer columns or groups, shorter texts.',
    { cause },
  )
