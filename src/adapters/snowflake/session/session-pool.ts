import { problem } from '../../../core/problem.ts'
import type { Session } from './session.ts'
import type { SnowflakeLimits } from './snowflake-limits.ts'

/** The sessions of one credential. A statement takes one for itself; sessions that stay unused are closed. */
export interface SessionPool {
  /**
   * Does work on a session of its own; calls `onWait` when it has to wait for one. Throws `too_busy` when too many wait already; rejects
   * with the signal's reason.
   */
  use<T>(signal: AbortSignal, work: (session: Session) => Promise<T>, onWait?: () => void): Promise<T>
  close(): Promise<void>
}

interface Slot {
  readonly session: Session
  idle: NodeJS.Timeout | undefined
}

export function makeSessionPool(limits: SnowflakeLimits, open: () => Session): SessionPool {
  const free: Slot[] = []
  const all = new Set<Slot>()
  const waiting: ((slot: Slot) => void)[] = []

  const retire = async (slot: Slot): Promise<void> => {
    const at = free.indexOf(slot)
    if (at >= 0) free.splice(at, 1)
    all.delete(slot)
    await slot.session.close()
  }
  const take = async (signal: AbortSignal, onWait: () => void): Promise<Slot> => {
    signal.throwIfAborted()
    // The session used last, so that the others reach their idle limit.
    const slot = free.pop() ?? (all.size < limits.maxSessions ? add() : null)
    if (slot !== null) {
      clearTimeout(slot.idle)
      return slot
    }
    if (waiting.length >= limits.maxWaiting) throw tooBusy()
    onWait()
    return await join(waiting, signal)
  }
  const add = (): Slot => {
    const slot = { session: open(), idle: undefined }
    all.add(slot)
    return slot
  }
  const give = (slot: Slot): void => {
    const next = waiting.shift()
    if (next !== undefined) return next(slot)
    free.push(slot)
    slot.idle = setTimeout(() => void retire(slot), limits.idleSessionMs)
    slot.idle.unref()
  }

  return {
    async use(signal, work, onWait = () => undefined) {
      const slot = await take(signal, onWait)
      try {
        return await work(slot.session)
      } finally {
        give(slot)
      }
    },
    async close() {
      await Promise.all([...all].map(retire))
    },
  }
}

/** Waits in line for a slot; leaves the line when the signal aborts. */
function join(waiting: ((slot: Slot) => void)[], signal: AbortSignal): Promise<Slot> {
  return new Promise((resolve, reject) => {
    const get = (slot: Slot): void => {
      signal.removeEventListener('abort', leave)
      resolve(slot)
    }
    const leave = (): void => {
      waiting.splice(waiting.indexOf(get), 1)
      reject(signal.reason as Error)
    }
    signal.addEventListener('abort', leave, { once: true })
    waiting.push(get)
  })
}

const tooBusy = () =>
  problem(
    'too_busy',
    'Too many queries wait for this Snowflake connection.',
    'Wait for some to finish, then try again.',
  )
