import type { TurnSummary } from '../../contract/api.ts'
import type { ShownTable } from '../../contract/result-export.ts'
import type { ColumnSummary, RowsView } from '../../contract/result-view.ts'
import { sampleConnection } from '../../contract/command.ts'
import type { OrphanSweep } from '../ask/sweep-orphans.ts'
import { demandRight, makeLocalCaller, type Caller } from '../caller.ts'
import { isReservedRef } from '../connections/combine-connections.ts'
import type { Audit } from '../people/audit.ts'
import type { Clock } from '../ports/clock.ts'
import type { Connections } from '../ports/connections.ts'
import type { KeptResult, NewResult, ResultFiles, SummaryOrder } from '../ports/result-files.ts'
import type { TurnStore } from '../ports/turn-store.ts'
import { problem, ProblemError } from '../problem.ts'
import { exportKept, exportTimeoutMs, readAgain, type FinishedTurn } from './read-kept.ts'
import { isRemoved, readStoredResult, storedBatches, type StoredResult } from './stored-result.ts'
import type {
  WriteKeptResult,
  WriteOptions,
  WriteShownResult,
  WriteWholeResult,
  WrittenResult,
} from './write-result.ts'

/**
 * The rows of finished results, of the whole result also where the turn delivered only its first rows. Everything is the caller's own,
 * anything else is `not_found`, and at every reading its connection has to be the caller's to use. Rows beyond those delivered are read as
 * an export is: by running the query once more, or by reading a Snowflake result by its id, with what the connection's policy allows now.
 * The first reading of a result takes as long as that; it stops when nobody waits for it.
 */
export interface ResultRows {
  /** The JSON text of a `RowsWindow`. Throws also what running the query throws, and `result_expired`. */
  window(caller: Caller, turnId: string, order: WindowOrder, signal: AbortSignal): Promise<string>
  /** Throws what `window` throws. */
  summary(
    caller: Caller,
    turnId: string,
    order: SummaryOrder & { readonly view: RowsView },
    signal: AbortSignal,
  ): Promise<ColumnSummary>
  /** Removes what is too old, or whose turn, rows, person or connection is gone, from time to time until `end`. */
  begin(): void
  end(): Promise<void>
}

export interface WindowOrder {
  readonly view: RowsView
  /** Positions of the columns that the rows have, ascending; null for all. */
  readonly columns: readonly number[] | null
  readonly from: number
  readonly count: number
}

export interface ResultRowsNeeds {
  readonly files: ResultFiles
  readonly store: TurnStore
  readonly sweep: Pick<OrphanSweep, 'first'>
  readonly connections: Connections
  readonly writeWhole: WriteWholeResult
  readonly audit: Audit
  readonly clock: Clock
  readonly onFault: (error: unknown) => void
}

/** The most bytes of rows in one window. */
const maxWindowBytes = 8 * 1_048_576
const sweepEveryMs = 10 * 60_000

/** Writes files from what is kept, here or by the warehouse. */
interface KeptWriters {
  readonly writeShown: WriteShownResult
  readonly writeKept: WriteKeptResult
  readonly writeReread: WriteWholeResult
}

export function makeResultRows(needs: ResultRowsNeeds): ResultRows & KeptWriters {
  const { files, store, sweep, clock, onFault } = needs
  /** Where the rows of what is kept were read. */
  const origins = new Map<string, Origin>()

  const open = async (caller: Caller, turnId: string, signal: AbortSignal): Promise<KeptResult> => {
    await sweep.first()
    const key = `${caller.userId}/${turnId}`
    const turn = await store.readTurn(caller.userId, turnId)
    if (turn === null) {
      await files.drop(key)
      throw problem('not_found', 'There is no such question.', 'Check the link, or ask again.')
    }
    const use = await findUse(needs, caller, turn)
    const kept = await files.open(
      key,
      async (making) => {
        const stored = await readStoredResult(store, caller.userId, turnId)
        const made = await readRows(needs, { caller, turn, stored }, making)
        const isTyped = made.rows.kind === 'parquet'
        origins.set(key, { isBeyond: made.isBeyond, isTyped, firstRowSeq: stored.firstRowSeq })
        return made
      },
      signal,
    )
    if (origins.get(key)?.isBeyond === true && !use.mayExport) throw mayNotRead(turn.connection)
    return kept
  }

  /** Whether what is kept under a key may still be read by its owner. */
  const isCurrent = async (key: string): Promise<boolean> => {
    const [ownerId = '', turnId = ''] = key.split('/')
    const turn = await store.readTurn(ownerId, turnId)
    if (turn === null) return false
    try {
      await findUse(needs, makeLocalCaller(ownerId, 'recovery'), turn)
    } catch (error) {
      if (error instanceof ProblemError && error.problem.code === 'connection_unknown') return false
      throw error
    }
    const { isBeyond, firstRowSeq } = origins.get(key) ?? { isBeyond: true, firstRowSeq: null }
    if (isBeyond || firstRowSeq === null) return true
    const [rows] = await store.readEvents(ownerId, turnId, firstRowSeq - 1, 1)
    return rows !== undefined && !isRemoved(rows.json)
  }
  const tidy = async (): Promise<void> => {
    await files.sweep()
    for (const key of files.keys()) if (!(await isCurrent(key))) await files.drop(key)
    for (const key of origins.keys()) if (!files.keys().includes(key)) origins.delete(key)
  }
  let takeBack = (): void => undefined
  let hasEnded = false
  const tidyAfter = (delayMs: number): void => {
    takeBack = clock.after(delayMs, () => {
      tidy()
        .catch(onFault)
        .finally(() => hasEnded || tidyAfter(sweepEveryMs))
    })
  }
  const writeShown: WriteShownResult = async (caller, turn, shown, options) =>
    await writeView(await open(caller, turn.id, options.signal), shown, options)
  return {
    window: async (caller, turnId, { view, columns: chosen, from, count }, signal) => {
      const kept = await open(caller, turnId, signal)
      const range = { columns: chosen, from, count, maxBytes: maxWindowBytes }
      const { rowsJson, viewRows } = await kept.window(view, range, signal)
      const { allRows, isWhole, readAt } = kept
      const columns = chosen?.map((at) => kept.columns[at]) ?? kept.columns
      const rest = JSON.stringify({ columns, from, viewRows, allRows, isWhole, readAt })
      return `{"rows":${rowsJson},${rest.slice(1)}`
    },
    summary: async (caller, turnId, { view, ...order }, signal) => {
      const kept = await open(caller, turnId, signal)
      return await kept.summary(view, order, signal)
    },
    writeShown,
    writeKept: async (caller, turn, options) => {
      const key = `${caller.userId}/${turn.id}`
      const kept = origins.get(key)?.isTyped === true ? await files.find(key) : null
      if (kept?.isWhole !== true) return null
      const { mayExport } = await findUse(needs, caller, turn)
      if (!mayExport) throw mayNotRead(turn.connection)
      return await writeView(kept, everything, options)
    },
    writeReread: async (caller, turn, options) => {
      const stored = await readStoredResult(store, caller.userId, turn.id)
      const isHere = stored.isWhole || files.keys().includes(`${caller.userId}/${turn.id}`)
      const written = isHere ? null : await exportKept(needs, { caller, turn, stored }, options)
      return written ?? (await writeShown(caller, turn, everything, options))
    },
    begin: () => tidyAfter(0),
    end: async () => {
      hasEnded = true
      takeBack()
      await files.close()
    },
  }
}

const everything = { sort: [], filters: [], search: '' }

interface Origin {
  /** Whether there are rows among them that the turn did not deliver. */
  readonly isBeyond: boolean
  /** Whether the warehouse's own types are kept with them, which rows of events have lost. */
  readonly isTyped: boolean
  readonly firstRowSeq: number | null
}

async function writeView(
  kept: KeptResult,
  { columns, ...view }: ShownTable,
  { form, signal, onProgress }: WriteOptions,
): Promise<WrittenResult> {
  const options = { form, maxRows: null, timeoutMs: exportTimeoutMs, signal, onProgress }
  return { file: await kept.export(view, columns ?? null, options), isCut: !kept.isWhole, keptAt: kept.readAt }
}

/**
 * What the caller may do with results of a turn's connection now. Throws `connection_unknown` where it is not theirs to use any more. Folders
 * of this machine are in no list for the one who may open any.
 */
async function findUse(
  { connections }: ResultRowsNeeds,
  caller: Caller,
  { connection, writer }: TurnSummary,
): Promise<{ readonly mayExport: boolean }> {
  if (isReservedRef(connection) && connection !== sampleConnection && caller.rights.includes('open_folders'))
    return { mayExport: true }
  const name = connection.toLowerCase()
  const listed = await connections.list(caller)
  const own = listed.filter(({ ref }) => ref.toLowerCase() === name)
  // A shared connection is asked by its name as well.
  const used = own.length > 0 ? own : listed.filter(({ label }) => label.toLowerCase() === name)
  const grants = used.flatMap(({ shared }) => shared ?? [])
  if (used.length === 0 || grants.some(({ writers }) => writers !== null && !writers.includes(writer)))
    throw problem(
      'connection_unknown',
      `The connection "${connection}" of this answer is not yours to use any more.`,
      'Ask its owner; what the answer showed stays in your history.',
    )
  return { mayExport: grants.every(({ mayExport }) => mayExport) }
}

/** Reads a result from where it is whole: the store, the warehouse that keeps it, or the warehouse that runs its query once more. */
async function readRows(
  needs: ResultRowsNeeds,
  { caller, turn, stored }: FinishedTurn,
  signal: AbortSignal,
): Promise<NewResult & { readonly isBeyond: boolean }> {
  const { columns, done, isWhole } = stored
  if (isWhole) {
    const batches = storedBatches(needs.store, caller.userId, turn.id)
    return { columns, rows: { kind: 'batches', batches }, readAt: done.at, isWhole: () => true, isBeyond: false }
  }
  demandRight(caller, 'ask')
  return (
    (await readAgain(needs, { caller, turn, stored }, signal)) ?? (await runAgain(needs, caller, turn, stored, signal))
  )
}

async function runAgain(
  { writeWhole, clock }: ResultRowsNeeds,
  caller: Caller,
  turn: TurnSummary,
  { columns }: StoredResult,
  signal: AbortSignal,
): Promise<NewResult & { readonly isBeyond: boolean }> {
  const readAt = new Date(clock.now()).toISOString()
  const { file, isCut } = await writeWhole(caller, turn, {
    form: { format: 'parquet' },
    signal,
    onProgress: () => undefined,
  })
  return { columns, rows: { kind: 'parquet', file }, readAt, isWhole: () => !isCut, isBeyond: true }
}

const mayNotRead = (connection: string) =>
  problem(
    'forbidden',
    `Rows of ${connection} beyond those that were delivered may not be read.`,
    'Look at the delivered ones, or ask the owner of the connection.',
  )
