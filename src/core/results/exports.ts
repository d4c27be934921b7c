import type { TurnSummary } from '../../contract/api.ts'
import type { AuditEntry } from '../../contract/audit.ts'
import type { ExportJob, ExportOrder } from '../../contract/result-export.ts'
import type { FileForm } from '../../contract/result-file.ts'
import { bytesInWords } from '../../contract/words/amounts.ts'
import { demandExport } from '../ask/run-query.ts'
import type { OrphanSweep } from '../ask/sweep-orphans.ts'
import { demandRight, type Caller } from '../caller.ts'
import { limits } from '../limits.ts'
import type { Audit } from '../people/audit.ts'
import type { Clock } from '../ports/clock.ts'
import type { Connections } from '../ports/connections.ts'
import type { ExportedFile } from '../ports/exporter.ts'
import type { Identity } from '../ports/identity.ts'
import type { Notices } from '../ports/notices.ts'
import type { TurnStore } from '../ports/turn-store.ts'
import { presentProblem, problem, ProblemError } from '../problem.ts'
import { nameFile, type ResultWriters, type WriteOptions, type WrittenResult } from './write-result.ts'

/** A file that is ready to be read. */
export interface ReadyFile {
  readonly fileName: string
  readonly form: FileForm
  readonly file: ExportedFile
}

/**
 * Results of turns as files. Everything is the caller's own, anything else is `not_found`. Whoever exports needs the right to ask and the
 * connection's leave to export, now, also for reading a file that was made before. All are audited. Files are kept for an hour, in this
 * process alone.
 */
export interface ResultExports {
  /**
   * Makes a file that its reader takes at once, or discards. `signal` is aborted when the reader leaves before having all of it: what is being made
   * stops, and the file goes. Throws what running the query throws, and `too_busy` for one export too many.
   */
  make(caller: Caller, turnId: string, order: ExportOrder, signal: AbortSignal): Promise<ReadyFile>
  /** Begins a file that is made meanwhile. Throws `forbidden` where it may not be exported, and `too_busy`. */
  start(caller: Caller, turnId: string, order: ExportOrder, signal: AbortSignal): Promise<ExportJob>
  read(caller: Caller, exportId: string): Promise<ExportJob>
  /** The finished file, which stays. Throws its problem for one that failed and `bad_request` for one that is not finished. */
  open(caller: Caller, exportId: string): Promise<ReadyFile>
  /** Stops what is being made, its engine included, and removes it. */
  remove(caller: Caller, exportId: string): Promise<void>
  /** Stops and removes everything. */
  end(): Promise<void>
}

export interface ExportNeeds extends ResultWriters {
  readonly store: TurnStore
  readonly sweep: Pick<OrphanSweep, 'first'>
  readonly connections: Connections
  readonly audit: Audit
  readonly clock: Clock
  readonly identity: Identity
  readonly notices: Pick<Notices, 'subscribe'>
  readonly onFault: (error: unknown) => void
  /** Others in tests. */
  readonly bounds?: ExportBounds
}

export type ExportBounds = Readonly<Record<keyof typeof limits.exports, number>>

/** One export from its beginning until its file is gone. */
interface Job {
  readonly id: string
  readonly caller: Caller
  readonly turn: TurnSummary
  readonly order: ExportOrder
  /** Whether every row is read from where the result is kept, instead of by running the query. */
  readonly isKept: boolean
  readonly form: FileForm
  readonly fileName: string
  readonly stopping: AbortController
  rows: number | null
  bytes: number
  written: WrittenResult | null
  problem: ProblemError['problem'] | null
  expiresAt: number | null
  /** Settles, never rejecting, once the file is there or the engine has stopped. */
  over: Promise<void>
}

export function makeExports(needs: ExportNeeds): ResultExports {
  const { clock, notices, bounds = limits.exports } = needs
  const jobs = new Map<string, Job>()
  const leaving = new Set<Promise<void>>()

  const drop = async (job: Job, reason: Error = stopped()): Promise<void> => {
    jobs.delete(job.id)
    job.stopping.abort(reason)
    await job.over
    await job.written?.file.discard()
  }
  const unsubscribe = notices.subscribe((notice) => {
    if (notice.kind !== 'ended' || notice.sessionId !== null || notice.tokenId !== null) return
    for (const job of jobs.values()) if (job.caller.userId === notice.userId) drop(job).catch(needs.onFault)
  })
  const find = (caller: Caller, exportId: string): Job => {
    const job = jobs.get(exportId)
    if (job !== undefined && job.caller.userId === caller.userId) return job
    throw problem('not_found', 'There is no such file; files of results are kept for an hour.', 'Export it again.')
  }
  const begin = async (caller: Caller, turnId: string, order: ExportOrder, signal: AbortSignal): Promise<Job> => {
    const { turn, ...place } = await findTurn(needs, { caller, turnId, order, signal })
    expectPlace(jobs, bounds, caller)
    const job = makeJob(needs, { caller, turn, order, ...place })
    jobs.set(job.id, job)
    job.over = run(needs, job, bounds).catch((error: unknown) => void (job.problem = problemOf(needs, error)))
    return job
  }
  /** Keeps a finished file for its time, and no more files than there is room for. */
  const keep = (job: Job): void => {
    job.expiresAt = clock.now() + bounds.keepMs
    clock.after(bounds.keepMs, () => void drop(job).catch(needs.onFault))
    for (const old of overfull([...jobs.values()], job, bounds)) drop(old).catch(needs.onFault)
  }

  return {
    make: async (caller, turnId, order, signal) => {
      const job = await begin(caller, turnId, order, signal)
      const leave = (): void => {
        job.stopping.abort(signal.reason)
        if (job.written !== null) leaving.add(removeUnread(needs, job).catch(needs.onFault))
      }
      if (signal.aborted) leave()
      signal.addEventListener('abort', leave, { once: true })
      await job.over
      jobs.delete(job.id)
      return readyFile(job)
    },
    start: async (caller, turnId, order, signal) => {
      const job = await begin(caller, turnId, order, signal)
      void job.over.then(() => (jobs.has(job.id) ? keep(job) : undefined))
      return present(job)
    },
    read: (caller, exportId) => Promise.resolve().then(() => present(find(caller, exportId))),
    open: async (caller, exportId) => {
      const job = find(caller, exportId)
      demandRight(caller, 'ask')
      demandExport(await needs.connections.open(caller, job.turn.connection, job.stopping.signal))
      return readyFile(job)
    },
    remove: async (caller, exportId) => await drop(find(caller, exportId)),
    end: async () => {
      unsubscribe()
      await Promise.all([...leaving, ...[...jobs.values()].map((job) => drop(job))])
    },
  }
}

/** The turn, and what its connection is called. Throws `not_found`, and `forbidden` where nothing may be exported. */
async function findTurn(
  { store, sweep, connections }: ExportNeeds,
  wanted: Pick<Job, 'caller' | 'order'> & { readonly turnId: string; readonly signal: AbortSignal },
) {
  demandRight(wanted.caller, 'ask')
  await sweep.first()
  const turn = await store.readTurn(wanted.caller.userId, wanted.turnId)
  if (turn === null) throw problem('not_found', 'There is no such question.', 'Check the link, or ask again.')
  const connection = await connections.open(wanted.caller, turn.connection, wanted.signal)
  demandExport(connection)
  const { label, exporter } = connection
  return { turn, label, isKept: exporter === undefined || (exporter.exportKept !== undefined && !wanted.order.again) }
}

/** Throws `too_busy` where the person, or all together, have as many exports under way as may be. */
function expectPlace(jobs: ReadonlyMap<string, Job>, { atOnceEach, atOnceInAll }: ExportBounds, caller: Caller): void {
  const running = [...jobs.values()].filter(({ written, problem }) => written === null && problem === null)
  const own = running.filter((job) => job.caller.userId === caller.userId).length
  if (own < atOnceEach && running.length < atOnceInAll) return
  throw problem(
    'too_busy',
    own < atOnceEach ? 'The server writes as many files as it can.' : `You already have ${own} exports under way.`,
    'Wait until one is done, or stop one.',
  )
}

function makeJob(
  { identity, clock }: ExportNeeds,
  { label, ...known }: Pick<Job, 'caller' | 'turn' | 'order' | 'isKept'> & { readonly label: string },
): Job {
  const { turn, order } = known
  const { format, separator, decimalMark, byteOrderMark, view } = order
  const form: FileForm = {
    format,
    ...(separator === undefined ? {} : { separator }),
    ...(decimalMark === undefined ? {} : { decimalMark }),
    ...(byteOrderMark ? { byteOrderMark } : {}),
  }
  const fileName = nameFile(turn, { label, now: clock.now(), form, isShown: view === 'shown' })
  const begun = { rows: null, bytes: 0, written: null, problem: null, expiresAt: null, over: Promise.resolve() }
  return { id: identity.uuid(), ...known, form, fileName, stopping: new AbortController(), ...begun }
}

/** Writes the file of a job; how that ended is audited before the file can be had. */
async function run(needs: ExportNeeds, job: Job, { maxFileBytes }: ExportBounds): Promise<void> {
  const { caller, turn, order, isKept, form, stopping } = job
  const { signal } = stopping
  const options: WriteOptions = {
    form,
    signal,
    onProgress: ({ rows, bytes }) => {
      Object.assign(job, { rows, bytes })
      if (bytes > maxFileBytes) stopping.abort(tooLarge(maxFileBytes))
    },
  }
  let written: WrittenResult
  try {
    if (order.view === 'shown') written = await needs.writeShown(caller, turn, order.shown, options)
    else if (isKept) written = await needs.writeReread(caller, turn, options)
    else written = (await needs.writeKept(caller, turn, options)) ?? (await needs.writeWhole(caller, turn, options))
  } catch (error) {
    await note(needs, job, { outcome: signal.aborted ? 'stopped' : 'failed' }).catch(needs.onFault)
    throw error
  }
  const { rowCount: rows, bytes } = written.file
  try {
    signal.throwIfAborted()
    await note(needs, job, { outcome: 'done', rows, bytes })
  } catch (error) {
    await written.file.discard()
    throw error
  }
  Object.assign(job, { rows, bytes, written })
}

function note({ audit }: ExportNeeds, { caller, turn, form, order }: Job, outcome: AuditEntry['facts']): Promise<void> {
  const facts = { turn: turn.id, connection: turn.connection, format: form.format, view: order.view }
  return audit.note(caller, 'result.exported', { ...facts, ...outcome })
}

/** Removes a file whose reader left before having all of it, which its audit has said to be exported. */
async function removeUnread(needs: ExportNeeds, job: Job): Promise<void> {
  await job.written?.file.discard()
  await note(needs, job, { outcome: 'left', bytes: job.bytes })
}

/** Finished files that have to go, oldest first, so that those of this job's person and those of all fit. */
function overfull(
  jobs: readonly Job[],
  { caller }: Job,
  { keptBytesEach, keptBytesInAll }: ExportBounds,
): readonly Job[] {
  const beyond = (kept: readonly Job[], room: number): readonly Job[] => {
    let bytes = 0
    return kept.toReversed().filter((job) => (bytes += job.bytes) > room)
  }
  const kept = jobs.filter(({ written }) => written !== null)
  const own = kept.filter((job) => job.caller.userId === caller.userId)
  return [...new Set([...beyond(own, keptBytesEach), ...beyond(kept, keptBytesInAll)])]
}

/** Throws the problem of a job that failed, and `bad_request` for one that is not finished. */
function readyFile({ fileName, form, written, problem: failed }: Job): ReadyFile {
  if (failed !== null) throw new ProblemError(failed)
  if (written === null) throw problem('bad_request', 'The file is still being made.', 'Wait until it is done.')
  return { fileName, form, file: written.file }
}

function present(job: Job): ExportJob {
  const { id, turn, order, rows, bytes, written, fileName, expiresAt, problem: failed } = job
  return {
    id,
    turnId: turn.id,
    format: order.format,
    view: order.view,
    state: failed !== null ? 'failed' : written === null ? 'running' : 'done',
    rows,
    bytes,
    isCut: written?.isCut ?? false,
    keptAt: written?.keptAt ?? null,
    mayRunAgain: written?.isCut === true && job.isKept && order.view === 'all',
    fileName,
    expiresAt: expiresAt === null ? null : new Date(expiresAt).toISOString(),
    problem: failed,
  }
}

/** What is no intended problem is a defect, and told to those who look after the server. */
function problemOf({ onFault }: ExportNeeds, error: unknown): ProblemError['problem'] {
  if (!(error instanceof ProblemError)) onFault(error)
  return presentProblem(error)
}

const stopped = () => problem('interrupted', 'The export was stopped.', 'Start it again to have the file.')

const tooLarge = (bytes: number) =>
  problem(
    'query_too_large',
    `The file would be larger than ${bytesInWords(bytes)}.`,
    'Ask for fewer rows or columns, or choose Parquet, which is smaller.',
  )
