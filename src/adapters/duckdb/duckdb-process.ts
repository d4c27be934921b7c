import { problem } from '../../core/problem.ts'
import type { RowStream, RunOptions } from '../../core/ports/warehouse.ts'
import { type ChildLink, startChild } from './child-link.ts'
import type { Answer } from './child-protocol.ts'
import type { EngineSettings } from './engine/engine-settings.ts'
import { openRequest } from './open-request.ts'
import { streamRows } from './stream-rows.ts'

export type Question =
  { readonly kind: 'catalog'; readonly budgetMs: number } | { readonly kind: 'compile'; readonly sql: string }

/** A DuckDB process, started when first needed, started again after it died, ended when idle. */
export interface DuckdbProcess {
  ask(question: Question, signal: AbortSignal): Promise<Answer>
  /** Runs DuckDB text. Resolves once the columns are known. */
  run(sql: string, options: RunOptions): Promise<RowStream>
  /** The id of the process that runs now; null when none does. */
  pid(): number | null
  /** Ends the process; whatever still runs fails. */
  close(): Promise<void>
}

/** The longest that a question about a query or the catalog may take. */
const questionTimeoutMs = 60_000

export interface ProcessOptions {
  /** The process ends after this long without a request, which frees its memory. */
  readonly idleMs: number
  /** Told when the process ended on its own. */
  readonly onFault: (error: unknown) => void
}

export function makeDuckdbProcess(settings: EngineSettings, { idleMs, onFault }: ProcessOptions): DuckdbProcess {
  let nextId = 1
  let busy = 0
  let closed = false
  let starting: Promise<ChildLink> | null = null
  let running: ChildLink | null = null
  let idleTimer: NodeJS.Timeout | undefined

  const start = async (): Promise<ChildLink> => {
    const link = await startChild(settings)
    running = link
    void link.gone.then((reason) => {
      if (running === link) running = null
      starting = null
      if (reason !== null) onFault(new Error(`The engine over ${settings.database.path} ended: ${reason}`))
    })
    if (closed) link.kill()
    return link
  }
  const connect = (): Promise<ChildLink> => {
    if (closed) throw problem('warehouse_failed', 'The warehouse is being closed.', 'Start Floe again.')
    starting ??= start().catch((error: unknown) => {
      starting = null
      throw error
    })
    return starting
  }
  const begin = (): (() => void) => {
    clearTimeout(idleTimer)
    busy += 1
    let finished = false
    return () => {
      if (finished) return
      finished = true
      busy -= 1
      if (busy > 0 || closed) return
      idleTimer = setTimeout(() => running?.kill(), idleMs)
      idleTimer.unref()
    }
  }
  /** Does one request; its place is given back when `work` calls `finish`. */
  const request = async <T>(work: (link: ChildLink, id: number, finish: () => void) => Promise<T>): Promise<T> => {
    const finish = begin()
    try {
      return await work(await connect(), nextId++, finish)
    } catch (error) {
      finish()
      throw error
    }
  }

  return {
    async ask(question, signal) {
      signal.throwIfAborted()
      return request(async (link, id, finish) => {
        const answer = await openRequest(link, { ...question, id }, { signal, timeoutMs: questionTimeoutMs }).answer
        finish()
        return answer
      })
    },
    async run(sql, options) {
      options.signal.throwIfAborted()
      return request((link, id, finish) => streamRows(link, id, sql, options, finish))
    },
    pid: () => running?.pid ?? null,
    async close() {
      closed = true
      clearTimeout(idleTimer)
      const link = await starting?.catch(() => null)
      link?.kill()
      await link?.gone
    },
  }
}
