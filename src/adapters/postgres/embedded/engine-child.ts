import { statSync } from 'node:fs'
import { flushCompileCache } from 'node:module'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { PGLiteSocketServer } from '@electric-sql/pglite-socket'
import type { Problem } from '../../../contract/problem.ts'
import { problem, ProblemError } from '../../../core/problem.ts'
import { endNow, endWithParent } from '../../processes/end-with-parent.ts'
import {
  findOwner,
  makeSocketFolder,
  readOwnerRecord,
  removeOwnerRecord,
  removeSocketFolder,
  socketName,
  takeOwnerLock,
  writeOwnerRecord,
  type OwnerLock,
  type OwnerRecord,
} from './folder-owner.ts'
import { EngineRefusal, openPglite } from './open-pglite.ts'
import { clusterOf, damagedFolder, folderProblem, makePrivateFolder, prepareFolder } from './prepare-folder.ts'

/** The task of a database process; its first argument as JSON. */
export interface EngineOrder {
  readonly dir: string
  /** An archive of an empty cluster for a new folder; null creates the cluster with initdb. */
  readonly templatePath: string | null
  /** `make` only creates the cluster. */
  readonly task: 'serve' | 'make'
}

/** The one message from a database process to the process that started it. */
export type EngineMessage =
  /** This process owns the folder and serves on the socket in `socketDir`. */
  | { readonly kind: 'owner'; readonly socketDir: string }
  /** Another process owns the folder and serves on the socket in `socketDir`; this one ends. */
  | { readonly kind: 'guest'; readonly socketDir: string }
  /** The cluster was created, which took memory that only the end of the process gives back. */
  | { readonly kind: 'made' }
  | { readonly kind: 'failed'; readonly problem: Problem }

const waitForOwnerMs = 80_000
const askEveryMs = 20

/** A task carried out: the message about it, and how to end what it left running. */
interface Engine {
  readonly message: EngineMessage
  stop(): Promise<void>
}

const ended = (message: EngineMessage): Engine => ({ message, stop: () => Promise.resolve() })

/** Carries out the task. `giveUp` is called when a served database can no longer be trusted. */
async function runEngine(order: EngineOrder, giveUp: (reason: string) => void): Promise<Engine> {
  const { dir } = order
  try {
    makePrivateFolder(dir)
    const taken = await takeFolder(dir)
    if ('socketDir' in taken) return ended({ kind: 'guest', socketDir: taken.socketDir })
    const state = await prepareFolder(dir, order.templatePath)
    if (order.task === 'make' || state === 'made') return ended({ kind: 'made' })
    const previous = readOwnerRecord(dir)
    if (previous !== null) removeSocketFolder(dir, previous.socketDir)
    const service = await serveFolder(dir, giveUp)
    const stop = async (): Promise<void> => {
      await service.stop()
      taken.release()
    }
    return { message: { kind: 'owner', socketDir: service.socketDir }, stop }
  } catch (error) {
    return ended({ kind: 'failed', problem: explain(dir, error).problem })
  }
}

/** Takes the folder lock, or returns the process that holds it once that process accepts connections. */
async function takeFolder(dir: string): Promise<OwnerLock | OwnerRecord> {
  const giveUpAt = performance.now() + waitForOwnerMs
  while (performance.now() < giveUpAt) {
    const lock = takeOwnerLock(dir)
    if (lock !== null) return lock
    const owner = await findOwner(dir)
    if (owner !== null) return owner
    await delay(askEveryMs)
  }
  const pid = readOwnerRecord(dir)?.pid
  throw problem(
    'store_unavailable',
    `The database in ${dir} is held by ${pid === undefined ? 'another process' : `process ${pid}`}, which does not answer.`,
    'End that process, then try again.',
  )
}

function explain(dir: string, error: unknown): ProblemError {
  if (error instanceof ProblemError) return error
  if (!(error instanceof EngineRefusal)) return folderProblem(dir, error)
  const full = /No space left|ENOSPC/.test(error.message)
  return full
    ? folderProblem(dir, Object.assign(new Error(error.message), { code: 'ENOSPC' }))
    : damagedFolder(dir, error.reasons)
}

const checkpointEveryMs = 60_000
const lookForRemovalEveryMs = 1_000
const maxConnections = 100

interface Service {
  readonly socketDir: string
  /** Ends all connections, closes the database, and removes socket and record. */
  stop(): Promise<void>
}

/** Serves the database of a folder on a socket. The caller holds the folder's lock. */
async function serveFolder(dir: string, giveUp: (reason: string) => void): Promise<Service> {
  const { db, watch } = await openPglite(clusterOf(dir))
  watch(giveUp)
  const socketDir = makeSocketFolder(dir)
  const server = new PGLiteSocketServer({ db, path: join(socketDir, socketName), maxConnections })
  await server.start()
  writeOwnerRecord(dir, { pid: process.pid, socketDir })
  const checkpoints = setInterval(() => {
    db.checkpoint().catch((error: unknown) => giveUp(String(error)))
  }, checkpointEveryMs)
  // A database whose files were removed still answers from its open files, and loses what it is given.
  const version = join(clusterOf(dir), 'PG_VERSION')
  const { ino } = statSync(version)
  const removals = setInterval(() => {
    if (statSync(version, { throwIfNoEntry: false })?.ino !== ino) giveUp(`The database in ${dir} was removed.`)
  }, lookForRemovalEveryMs)
  return {
    socketDir,
    stop: async () => {
      clearInterval(checkpoints)
      clearInterval(removals)
      removeOwnerRecord(dir)
      await server.stop()
      await db.close()
      removeSocketFolder(dir, socketDir)
    },
  }
}

// Entry of the process that holds the embedded database.

/** A checkpoint of a large database may take this long; without it the next opening replays the log. */
const closingMs = 2_000

endWithParent({ graceMs: closingMs })
process.umask(0o077)

const order = JSON.parse(process.argv[2] ?? '{}') as EngineOrder
const running = runEngine(order, (reason) => {
  process.stderr.write(`${reason}\n`)
  // The memory of a database that panicked must not be written; the next process recovers from the write-ahead log.
  process.kill(process.pid, 'SIGKILL')
})

let stopping = false
async function stop(): Promise<void> {
  if (stopping) return
  stopping = true
  const engine = await running
  await engine.stop()
  endNow()
}

process.on('message', () => void stop())
process.on('disconnect', () => void stop())
// The parent may have ended before the listener above was there.
if (!process.connected) void stop()
const { message } = await running
// Nothing does so at the end of a process that is killed.
flushCompileCache()
process.send?.(message, () => {
  if (message.kind !== 'owner') endNow()
})
