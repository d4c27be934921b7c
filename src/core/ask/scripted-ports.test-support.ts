import { randomUUID } from 'node:crypto'
import { defaultMaxRows, type Ask } from '../../contract/command.ts'
import { strictPolicy } from '../../contract/guard-policy.ts'
import type { Estimate } from '../../contract/result.ts'
import type { TableName, TurnEvent } from '../../contract/turn-event.ts'
import type { DescribedResult } from '../answer/describe-result.ts'
import { makeLocalCaller, type Caller } from '../caller.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { ChartQuestion } from '../chart/choose-chart.ts'
import { defaultConnectionPolicy, type ConnectionPolicy } from '../connections/connection-policy.ts'
import { makeGuard } from '../guard/make-guard.ts'
import { refuse, type RefusalCode } from '../guard/verdict.ts'
import { noLogScope } from '../ports/log-scope.ts'
import { problem } from '../problem.ts'
import { makeLedger } from '../ledger/account-for.ts'
import type { QueryPart } from '../ledger/query-parts.ts'
import type { Connections, OpenConnection } from '../ports/connections.ts'
import type { Exporter } from '../ports/exporter.ts'
import type { SqlParsers } from '../ports/sql-parsers.ts'
import type { RowBatch, RunOptions, Warehouse } from '../ports/warehouse.ts'
import type { WriteRequest, Writer, WriterOutcome } from '../ports/writer.ts'
import type { QueryParts } from '../probe/query-parts.ts'
import { makeHistory } from './history.ts'
import { makeJourney } from './make-journey.ts'
import { makeManualClock, makeMemoryStore } from './manual-time.test-support.ts'
import { makeTurns, type TurnsNeeds } from './make-turns.ts'
import { sweepOrphans } from './sweep-orphans.ts'
import type { EncodedEvent, ResultFile } from './turns.ts'

export const ada = makeLocalCaller('ada', 'api')
export const bob = makeLocalCaller('bob', 'api')

/** What a test makes of the journey's surroundings; everything else answers plainly. */
export interface Script extends Partial<Pick<TurnsNeeds, 'notices'>> {
  /** What each writing of the writer returns, in order; the last one repeats. */
  readonly writes?: readonly (WriterOutcome | ((request: WriteRequest) => Promise<WriterOutcome>))[]
  /** The writer's id; that of a model unless given. */
  readonly writerId?: string
  /** The parts of a text; null (no ledger) without it. */
  readonly placedParts?: (sql: string) => readonly QueryPart[]
  /** Texts that the guard refuses, with the reason. */
  readonly refused?: Readonly<Record<string, string>>
  /** The only catalog whose names the guard knows, and what a look at single schemas brings. */
  readonly knows?: Catalog
  readonly lookAgain?: OpenConnection['lookAgain']
  /** What it says of those: that they write, unless given. */
  readonly refusedAs?: RefusalCode
  /** Texts that it refuses only for how names are spelled, with the text that passes. */
  readonly respelled?: Readonly<Record<string, string>>
  readonly unboundedRows?: string
  /** What happens while the guard looks at a text. */
  readonly guarding?: () => Promise<void>
  /** The tables that every text reads; none without it. */
  readonly tables?: readonly TableName[]
  readonly estimate?: Estimate
  readonly policy?: Partial<ConnectionPolicy>
  readonly limits?: Partial<TurnsNeeds['limits']>
  /** How long people want their queries to go on without a page, as it is set now. */
  readonly keepRunningMinutes?: () => number
  readonly compile?: Warehouse['compile']
  readonly run?: Warehouse['run']
  readonly open?: (signal: AbortSignal) => Promise<void>
  readonly catalog?: (signal: AbortSignal, onProgress?: (fact: string) => void) => Promise<Catalog>
  readonly findTables?: (signal: AbortSignal) => Promise<void>
  readonly suggestFollowUps?: (signal: AbortSignal) => Promise<void>
  readonly followUps?: readonly string[]
  readonly exporter?: Exporter
  /** The parts of every query; none unless given. */
  readonly parts?: QueryParts
}

const emptyCatalog: Catalog = { tables: [], defaultDatabase: null, defaultSchema: null }
const columns = [{ name: 'N', type: 'NUMBER(38,0)', kind: 'number', scale: 0 }] as const

/** The rows of a result in batches, as an engine hands them over. */
export const batchOf = (rows: readonly (readonly unknown[])[]): RowBatch => {
  const rowsJson = JSON.stringify(rows)
  return { rowsJson, rowCount: rows.length, bytes: Buffer.byteLength(rowsJson) }
}

export const rowStream = (batches: readonly RowBatch[], truncated = false) => ({
  columns: [...columns],
  batches: (async function* () {
    for (const batch of batches) {
      await Promise.resolve()
      yield batch
    }
  })(),
  truncated: () => truncated,
})

/** A query as a writer writes it. */
export const query = (sql: string): WriterOutcome & { readonly kind: 'query' } => ({
  kind: 'query',
  sql,
  interpretation: 'a reading',
  assumptions: [],
  chart: null,
})

/** Turns over scripted ports, with what reached the ports. */
export function scriptTurns(script: Script = {}) {
  const time = makeManualClock()
  const memory = makeMemoryStore()
  const seen = {
    written: [] as WriteRequest[],
    analyzed: [] as string[],
    compiled: [] as string[],
    ran: [] as { readonly sql: string; readonly options: RunOptions }[],
    policies: [] as unknown[],
    charted: [] as ChartQuestion[],
    described: [] as DescribedResult[],
    logged: [] as string[],
    /** Commands for other processes, and news of conversations. */
    relayed: [] as string[],
    told: [] as string[],
  }
  const parsers: SqlParsers = {
    analyze: async (sql, { policy, catalog }) => {
      await script.guarding?.()
      seen.analyzed.push(sql)
      seen.policies.push(policy)
      const repaired = script.respelled?.[sql] ?? null
      const refused = [null, script.knows ?? catalog].includes(catalog) ? script.refused?.[sql] : 'There is none.'
      const reason = repaired === null ? refused : 'A name is spelled in another way.'
      const code = script.refusedAs ?? 'writes'
      const facts = { ok: true, tables: script.tables ?? [], unboundedRows: script.unboundedRows ?? null } as const
      return reason === undefined ? facts : refuse({ code, reason, action: 'Only read.', span: null }, [], repaired)
    },
    capRows: (sql, maxRows) => Promise.resolve(`${sql}\nLIMIT ${maxRows}`),
    toDuckdb: () => Promise.reject(new Error('not scripted')),
    explain: (sql) => Promise.resolve(`explains ${sql}`),
    outline: () => Promise.resolve(null),
    partsOf: () => Promise.resolve(script.parts ?? null),
    placedParts: (sql) => Promise.resolve(script.placedParts?.(sql) ?? null),
    close: () => Promise.resolve(),
  }
  const warehouse: Warehouse = {
    readCatalog: () => Promise.resolve(emptyCatalog),
    compile: async (sql, options) => {
      seen.compiled.push(sql)
      if (script.compile !== undefined) return await script.compile(sql, options)
      return { columns: [...columns], estimate: script.estimate ?? { rows: 7, bytes: null } }
    },
    run: async (sql, options) => {
      seen.ran.push({ sql, options })
      return script.run === undefined ? rowStream([batchOf([[1]])]) : await script.run(sql, options)
    },
    close: () => Promise.resolve(),
  }
  const connectionOf = (ref: string): OpenConnection => ({
    ref,
    label: `the ${ref}`,
    warehouse,
    policy: { ...defaultConnectionPolicy, guard: strictPolicy, ...script.policy },
    ...(script.exporter === undefined ? {} : { exporter: script.exporter }),
    ...(script.lookAgain === undefined ? {} : { lookAgain: script.lookAgain }),
    catalog: (...given) => script.catalog?.(...given) ?? Promise.resolve(emptyCatalog),
  })
  let writes = 0
  const writer: Writer = {
    id: script.writerId ?? 'scripted',
    label: 'Scripted',
    async *write(request) {
      seen.written.push(request)
      const all = script.writes ?? [query('SELECT 1')]
      const next = all[Math.min(writes, all.length - 1)] ?? query('SELECT 1')
      writes += 1
      const outcome = typeof next === 'function' ? await next(request) : next
      if (outcome.kind === 'query') yield { sql: outcome.sql }
      return outcome
    },
  }
  const connections: Connections = {
    owns: () => true,
    list: () => Promise.resolve([]),
    open: async (_caller, ref, signal) => {
      await script.open?.(signal)
      return connectionOf(ref)
    },
    close: () => Promise.resolve(),
  }
  const journey = makeJourney({
    connections,
    guard: makeGuard({ parsers }),
    clock: time.clock,
    identity: { uuid: () => randomUUID(), secret: () => randomUUID(), sha256: (text) => `sha256 of ${text}` },
    findTables: async (_question, catalog, signal) => {
      await script.findTables?.(signal)
      return catalog.tables
    },
    explain: (sql) => parsers.explain(sql),
    outline: (sql) => parsers.outline(sql),
    partsOf: (sql, options) => parsers.partsOf(sql, options),
    placedParts: (sql) => parsers.placedParts(sql),
    readLedger: makeLedger(),
    chooseChart: (asked) => {
      seen.charted.push(asked)
      return { kind: 'table', allowed: ['table'], x: null, y: [], series: null, title: 't', reason: 'plain' }
    },
    describeResult: (result) => {
      seen.described.push(result)
      return [{ text: `There are ${result.rowCount}.` }]
    },
    suggestFollowUps: async (_asked, signal) =>
      await Promise.resolve(script.suggestFollowUps?.(signal)).then(() => script.followUps ?? []),
    findVerified: null,
    onFault: (error) => seen.logged.push(String(error)),
  })
  const sweepNeeds = {
    store: memory.store,
    clock: time.clock,
    isRunHere: (turnId: string) => turns.isRunHere(turnId),
    cancelLeftover: () => Promise.resolve(),
    onFault: (error: unknown) => seen.logged.push(String(error)),
  }
  const sweep = async (): Promise<void> => void (await sweepOrphans(sweepNeeds))
  const turns = makeTurns({
    journey,
    store: memory.store,
    clock: time.clock,
    identity: { uuid: () => randomUUID(), secret: () => randomUUID(), sha256: (text) => text },
    writers: { defaultId: 'scripted', list: () => Promise.resolve([writer]), pick: () => Promise.resolve(writer) },
    sweep: { first: () => Promise.resolve(), now: sweep, end: () => undefined },
    relay: {
      send: (_ownerId, turnId, { kind }) => {
        seen.relayed.push(`${turnId} ${kind}`)
        return Promise.reject(problem('turn_not_waiting', `Another process was told to ${kind}.`, 'Try again.'))
      },
      attend: () => Promise.resolve(),
      serve: () => undefined,
      end: () => undefined,
    },
    hasCopies: false,
    notices: script.notices ?? { subscribe: () => () => undefined },
    news: { tell: (ownerId, conversationId) => seen.told.push(`${ownerId} ${conversationId}`) },
    keepRunningMs: () => Promise.resolve((script.keepRunningMinutes?.() ?? 5) * 60_000),
    log: (event, error) => seen.logged.push(`${event}: ${String(error)}`),
    logScope: noLogScope,
    limits: {
      maxRunningTurns: 8,
      maxRunningTurnsInAll: 32,
      maxWaitingTurns: 20,
      maxWaitingTurnsInAll: 500,
      abandonedAfterMs: 30_000,
      undecidedAfterMs: 3_600_000,
      ...script.limits,
    },
  })
  const history = makeHistory({ store: memory.store, sweep: { first: () => Promise.resolve() }, turns })
  /** Asks and follows: `until` resolves with the next event that matches, `rest` with all events up to the last. */
  const ask = async (ask: Partial<Ask> & Pick<Ask, never>, { caller = ada, file }: AskOptions = {}) => {
    const whole = { connection: 'sample', autoRun: true, maxRows: defaultMaxRows, ...ask }
    const { turnId } = await turns.ask(caller, whole, file)
    return { turnId, ...follow(turnId, caller) }
  }
  const follow = (turnId: string, caller: Caller = ada, afterSeq = 0) => {
    const reading = new AbortController()
    const events = turns.events(caller, turnId, afterSeq, reading.signal)[Symbol.asyncIterator]()
    const all: TurnEvent[] = []
    const next = async (): Promise<TurnEvent | null> => {
      const read: IteratorResult<EncodedEvent> = await events.next()
      if (read.done === true) return null
      const event = JSON.parse(read.value.json) as TurnEvent
      all.push(event)
      return event
    }
    return {
      all,
      leave: () => reading.abort(),
      until: async (matches: (event: TurnEvent) => boolean): Promise<TurnEvent> => {
        for (let event = await next(); event !== null; event = await next()) if (matches(event)) return event
        throw new Error(`The turn ended before: ${all.map(({ kind }) => kind).join(', ')}`)
      },
      rest: async (): Promise<readonly TurnEvent[]> => {
        while ((await next()) !== null);
        return all
      },
    }
  }
  return { turns, journey, connections, history, sweep, ask, follow, seen, memory, ...time }
}

interface AskOptions {
  readonly caller?: Caller
  readonly file?: ResultFile
}
export const isKind =
  (kind: TurnEvent['kind']) =>
  (event: TurnEvent): boolean =>
    event.kind === kind

/** A port's work that goes on until its signal is aborted, as a warehouse that is asked to stop. */
export const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const stop = (): void => reject(signal.reason as Error)
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
  })
