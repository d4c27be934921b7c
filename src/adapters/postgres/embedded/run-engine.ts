import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { problem, ProblemError } from '../../../core/problem.ts'
import type { EngineMessage, EngineOrder } from './engine-message.ts'
import { damagedFolder, folderProblem } from './folder-problem.ts'
import { EngineRefusal } from './open-pglite.ts'
import { takeOwnerLock, type OwnerLock } from './owner-lock.ts'
import { findOwner, readOwnerRecord, type OwnerRecord } from './owner-record.ts'
import { makePrivateFolder, prepareFolder } from './prepare-folder.ts'
import { serveFolder } from './serve-folder.ts'
import { removeSocketFolder } from './socket-folder.ts'

const waitForOwnerMs = 80_000
const lookEveryMs = 20

/** What an engine process does: owns the folder, or finds who does. */
interface Engine {
  readonly message: EngineMessage
  stop(): Promise<void>
}

const ended = (message: EngineMessage): Engine => ({ message, stop: () => Promise.resolve() })

/** Carries out an order. `giveUp` is called when a serving engine can no longer be trusted. */
export async function runEngine(order: EngineOrder, giveUp: (reason: string) => void): Promise<Engine> {
  const { dir } = order
  try {
    makePrivateFolder(dir)
    const turn = await takeTurn(dir)
    if ('socketDir' in turn) return ended({ kind: 'guest', socketDir: turn.socketDir })
    const state = await prepareFolder(dir, order.templatePath)
    if (order.task === 'make' || state === 'made') return ended({ kind: 'made' })
    const left = readOwnerRecord(dir)
    if (left !== null) removeSocketFolder(dir, left.socketDir)
    const service = await serveFolder(dir, giveUp)
    const stop = async (): Promise<void> => {
      await service.stop()
      turn.release()
    }
    return { message: { kind: 'owner', socketDir: service.socketDir }, stop }
  } catch (error) {
    return ended({ kind: 'failed', problem: explain(dir, error).problem })
  }
}

/** The folder's lock, or whoever has it, once it can be reached. */
async function takeTurn(dir: string): Promise<OwnerLock | OwnerRecord> {
  const giveUpAt = performance.now() + waitForOwnerMs
  while (performance.now() < giveUpAt) {
    const lock = takeOwnerLock(join(dir, 'owner.lock'))
    if (lock !== null) return lock
    const owner = await findOwner(dir)
    if (owner !== null) return owner
    await delay(lookEveryMs)
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
