import type { Column } from '../../contract/result.ts'
import type { RowsFile, SavedRows } from '../../core/ports/rows-file.ts'
import type { RowStream, RunOptions, RunProgress, SavedSource } from '../../core/ports/warehouse.ts'
import { problem } from '../../core/problem.ts'
import type { ChildLink, ChildProgress } from '../processes/child-link.ts'
import { openRequest, streamRows } from '../processes/child-request.ts'
import { makeSupervisedChild } from '../processes/supervised-child.ts'
import type { ChildAnswer, ChildRequest, RowLimits, ToChild } from './driver/child-protocol.ts'
import { startChild } from './driver/start-child.ts'
import { defaultLimits, type SnowflakeLimits } from './session/snowflake-limits.ts'
import type { OwnStatementOptions, SnowflakeLink, SnowflakeLinkSettings, StatementTag } from './snowflake-link.ts'

export interface SnowflakeLinkNeeds extends SnowflakeLinkSettings {
  /** What differs from the usual limits. */
  readonly limits?: Partial<SnowflakeLimits>
  /** Origins that results may be fetched from besides Snowflake's storage and the account itself. */
  readonly resultOrigins?: readonly string[]
  /** Variables of the driver's process: the proxy, certificate authorities, the identity of a cloud machine. None by default. */
  readonly environment?: Readonly<Record<string, string>>
  /** The process ends after this long without a request; ten minutes by default. */
  readonly idleMs?: number
  /** Called when the process ended unexpectedly, and with defects, which a caller sees as `internal` only. */
  readonly onFault: (error: unknown) => void
}

/** A link that also runs people's statements; the warehouse is made of it. All methods throw as the link does. */
export interface SnowflakeAccess extends SnowflakeLink {
  /** The columns of a statement as Snowflake's compiler tells them; nothing runs. */
  describe(sql: string, options: OwnStatementOptions): Promise<readonly Column[]>
  run(sql: string, options: RunOptions & { readonly tag: StatementTag }): Promise<RowStream>
  reread(queryId: string, options: RunOptions & { readonly fromRow: number }): Promise<RowStream>
  /** Has the process write the rows into a file. */
  save(source: SavedSource, file: RowsFile, options: SaveOptions): Promise<SavedRows>
  cancelLeftover(queryId: string, signal: AbortSignal): Promise<void>
  /** The driver process that runs now; null when none does. */
  pid(): number | null
}

type SaveOptions = Omit<RunOptions, 'maxBytes'> & { readonly tag: StatementTag }

/** A process that has not ended a cancelled or overdue request after this long is killed; a cancel in Snowflake takes less. */
const graceMs = 9_000
const defaultIdleMs = 10 * 60_000
const cancelTimeoutMs = 30_000
const leftoverTimeoutMs = 10_000

/** Makes the link of one credential to one account. Nothing is started and nobody signs in before the first call. */
export function makeSnowflakeLink(needs: SnowflakeLinkNeeds): SnowflakeAccess {
  const environment = needs.environment ?? {}
  let isClosed = false
  const settings = {
    target: needs.target,
    limits: { ...defaultLimits, ...needs.limits },
    resultOrigins: needs.resultOrigins ?? [],
    proxy: proxyOf(environment),
  }
  /** The ids of queries that run. */
  const running = new Set<string>()
  /** The ids of queries that a process left running when it died. */
  const leftovers = new Set<string>()
  let hasNewLeftovers = false

  const start = async (): Promise<ChildLink<ToChild, ChildAnswer>> => {
    const link = await startChild({ settings, environment, credential: needs.credential, onFault: needs.onFault })
    void link.gone.then(() => {
      hasNewLeftovers = running.size > 0
      for (const queryId of running) leftovers.add(queryId)
      running.clear()
    })
    await stopLeftovers(link)
    return link
  }
  /** Runs before the first request of a process, so that a query that is asked again never runs beside itself. */
  const stopLeftovers = async (link: ChildLink<ToChild, ChildAnswer>): Promise<void> => {
    const stopping = [...leftovers].map(async (queryId, index) => {
      const request = { kind: 'abandon', id: -1 - index, queryId, timeoutMs: leftoverTimeoutMs } as const
      const options = { signal: AbortSignal.timeout(leftoverTimeoutMs), ...timed(request) }
      await openRequest<ToChild, ChildAnswer>(link, request, options).outcome
      leftovers.delete(queryId)
    })
    for (const outcome of await Promise.allSettled(stopping))
      if (outcome.status === 'rejected') needs.onFault(outcome.reason)
  }
  const driver = makeSupervisedChild<ToChild, ChildAnswer>({
    start,
    stop: (link) => link.end(),
    idleMs: needs.idleMs ?? defaultIdleMs,
    onDeath: (reason) => {
      needs.onFault(new Error(`The Snowflake process ended: ${reason}`))
      if (!hasNewLeftovers || isClosed) return
      // A new process stops them at once, whether or not another question comes.
      hasNewLeftovers = false
      driver.request((_link, _id, finish) => Promise.resolve(finish())).catch(needs.onFault)
    },
  })
  const ask = async (signal: AbortSignal, message: (id: number) => ChildRequest) => {
    signal.throwIfAborted()
    return await driver.request(async (link, id, finish) => {
      const request = message(id)
      const outcome = await openRequest<ToChild, ChildAnswer>(link, request, { signal, ...timed(request) }).outcome
      finish()
      if (outcome.kind !== 'answer') throw new Error('A question was answered by rows.')
      return outcome.answer
    })
  }
  const stream = async ({ signal, onProgress }: RunOptions, message: (id: number) => RowRequest) => {
    signal.throwIfAborted()
    return await driver.request(async (link, id, finished) => {
      const request = message(id)
      const { onRunProgress, end } = followQuery(running, onProgress)
      try {
        const options = { signal, onRunProgress, finished, ...timed(request) }
        return await streamRows<ToChild, ChildAnswer>(link, request, options)
      } finally {
        end()
      }
    })
  }
  const watched = async (options: SaveOptions, message: (id: number) => RowRequest) => {
    options.signal.throwIfAborted()
    return await driver.request((link, id, finished) =>
      followSaving(link, message(id), { ...options, running }).finally(finished),
    )
  }

  return {
    async query(sql, { tag, timeoutMs, signal }) {
      const answer = await ask(signal, (id) => ({ kind: 'query', id, sql, tag, timeoutMs }))
      if (answer.kind !== 'small') throw otherAnswer()
      return answer.result
    },
    async describe(sql, { tag, timeoutMs, signal }) {
      const answer = await ask(signal, (id) => ({ kind: 'describe', id, sql, tag, timeoutMs }))
      if (answer.kind !== 'columns') throw otherAnswer()
      return answer.columns
    },
    run: (sql, options) => stream(options, (id) => ({ kind: 'run', id, sql, tag: options.tag, ...limitsOf(options) })),
    reread: (queryId, options) =>
      stream(options, (id) => ({ kind: 'reread', id, queryId, fromRow: options.fromRow, ...limitsOf(options) })),
    async save(source, file, options) {
      const limits = { ...limitsOf({ ...options, maxBytes: Number.MAX_SAFE_INTEGER }), file }
      const outcome = await watched(options, (id) =>
        'sql' in source
          ? { kind: 'run', id, sql: source.sql, tag: options.tag, ...limits }
          : { kind: 'reread', id, queryId: source.queryId, fromRow: 0, ...limits },
      )
      if (outcome.kind !== 'answer' || outcome.answer.kind !== 'saved') throw otherAnswer()
      return outcome.answer.saved
    },
    async cancelLeftover(queryId, signal) {
      await ask(signal, (id) => ({ kind: 'abandon', id, queryId, timeoutMs: cancelTimeoutMs }))
    },
    pid: () => driver.pid(),
    close: () => {
      isClosed = true
      return driver.close()
    },
  }
}

type RowRequest = Extract<ChildRequest, { readonly kind: 'run' | 'reread' }>

/** Keeps a query among those that run, from its id on and as long as it may run in Snowflake. */
function followQuery(running: Set<string>, tell: RunOptions['onProgress'] = () => undefined) {
  let queryId: string | null = null
  return {
    onRunProgress: (progress: RunProgress): void => {
      queryId = progress.queryId
      if (queryId !== null) running.add(queryId)
      tell(progress)
    },
    /** With its columns, or with its failure, the query is over. */
    end: (): void => {
      if (queryId !== null) running.delete(queryId)
    },
  }
}

/** Has a process write rows into a file, and keeps their query among those that run until its columns are known. */
async function followSaving(
  link: ChildLink<ToChild, ChildAnswer>,
  request: RowRequest & { readonly id: number },
  { signal, onProgress: tell, running }: SaveOptions & { readonly running: Set<string> },
) {
  const { onRunProgress, end } = followQuery(running, tell)
  const onProgress = (progress: ChildProgress): void => {
    if (progress.kind === 'working') onRunProgress({ queryId: progress.queryId, state: progress.state })
    if (progress.kind === 'columns') end()
  }
  try {
    return await openRequest<ToChild, ChildAnswer>(link, request, { signal, onProgress, ...timed(request) }).outcome
  } finally {
    end()
  }
}

const proxyNames: readonly string[] = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY']
const proxyOf = (environment: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => proxyNames.includes(name.toUpperCase())))

const timed = ({ timeoutMs }: ChildRequest) => ({ timeoutMs, graceMs, timed: 'until-columns' as const, lost: died })

const died = (): Error =>
  problem(
    'warehouse_failed',
    'The process that talks to Snowflake ended while it worked on this.',
    'Run it again: a new process first stops what was left running in Snowflake.',
  )
const limitsOf = ({ maxRows, maxBytes, timeoutMs }: RunOptions): RowLimits => ({ maxRows, maxBytes, timeoutMs })
const otherAnswer = () => new Error('The driver process answered another question.')
