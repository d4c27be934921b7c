import { randomUUID } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import type { StoredEvent, TurnStore } from '../../core/ports/turn-store.ts'
import { problem } from '../../core/problem.ts'
import type { Database } from './database.ts'
import { loadOnce } from './late-statements.ts'
import type { Instance, OpenTurn } from './turn-statements.ts'

interface TurnStoreNeeds {
  readonly database: Database
  /** New at every start of the process. */
  readonly instanceId: string
  /** Called with faults that no caller waits for. */
  readonly onFault: (error: unknown) => void
}

/** Characters of events from which a write is a long one: rows of a result. */
const longWrite = 30_000
/** The longest pause between long writes: a store that is away makes none of them faster. */
const longestPauseMs = 100

/** A turn store with an end. */
export type PostgresTurnStore = TurnStore & {
  /** Takes this instance off the list of living ones; call it after the last event was stored and before the database is closed. */
  close(): Promise<void>
}

// Imported late, because loading the query builder costs more than the rest of a short command.
const turnStatements = loadOnce(() => import('./turn-statements.ts'))
const eventStatements = loadOnce(() => import('./event-statements.ts'))

/** Keeps turns in PostgreSQL. Each row has an owner and each statement checks it. */
export function makePostgresTurnStore({ database, instanceId, onFault }: TurnStoreNeeds): PostgresTurnStore {
  const instance = { id: instanceId, host: readHost(), pid: process.pid }
  const heartbeat = makeHeartbeat({ database, instance, onFault })

  /** A try whose connection broke may have stored the turn; the claim tells that row from an earlier one. */
  const createTurn: TurnStore['createTurn'] = async (turn, maxElsewhere) => {
    await heartbeat.start()
    const { insertTurn } = await turnStatements()
    const claim = randomUUID()
    const insert = () =>
      database.run((statements) =>
        insertTurn(statements, turn, { instanceId, claim, maxElsewhere: maxElsewhere ?? null }),
      )
    let creation = await insert()
    // Neither made nor present: another call made it in the meantime, or the conversation belongs to someone else.
    if (!creation.made && creation.own === null) creation = await insert()
    if (creation.made || creation.claimed === true) return 'created'
    if (creation.own === null && creation.removed) return 'removed'
    if (creation.own === null && creation.elsewhere > (maxElsewhere ?? 0)) return 'full'
    return creation.own === true ? 'exists' : 'taken'
  }

  const afterOthers = makeLongWrites()
  const append: TurnStore['append'] = async (ownerId, turnId, events, state) => {
    checkEvents(turnId, events)
    const { appendEvents, storePieces } = await eventStatements()
    const owner = { ownerId, turnId, instanceId }
    const write = async (): Promise<boolean> => {
      await database.run((statements) => storePieces(statements, owner, events))
      return await database.run((statements) => appendEvents(statements, owner, events, state))
    }
    const isLong = events.reduce((sum, { json }) => sum + json.length, 0) > longWrite
    const done = await (isLong ? afterOthers(write) : write())
    if (!done) await explainRefusal(database, owner, events)
  }

  return {
    createTurn,
    append,
    countRunningElsewhere: async (ownerId) => {
      const { countRunningElsewhere } = await turnStatements()
      return await database.run((statements) => countRunningElsewhere(statements, ownerId, instanceId))
    },
    readTurn: async (ownerId, turnId) => {
      const { selectTurn } = await turnStatements()
      return await database.run((statements) => selectTurn(statements, ownerId, turnId))
    },
    readEvents: async (ownerId, turnId, afterSeq, limit) => {
      const { selectEvents } = await eventStatements()
      return await database.run((statements) => selectEvents(statements, ownerId, turnId, afterSeq, limit))
    },
    listConversations: async (ownerId, limit) => {
      const { selectConversations } = await turnStatements()
      return await database.run((statements) => selectConversations(statements, ownerId, limit))
    },
    readConversation: async (ownerId, conversationId) => {
      const { selectConversation } = await turnStatements()
      return await database.run((statements) => selectConversation(statements, ownerId, conversationId))
    },
    findOrphans: async (isRunHere) => {
      const { selectOpenTurns } = await turnStatements()
      const open = await database.run((statements) => selectOpenTurns(statements, instanceId))
      return open
        .filter((turn) => (turn.isOwn ? !isRunHere(turn.turnId) : isOrphan(turn, instance)))
        .map(({ ownerId, turnId, lastSeq, isOwn }) => ({ ownerId, turnId, lastSeq, isOwn }))
    },
    close: () => heartbeat.stop(),
  }
}

/** Whether the turn's process is gone: without a heartbeat, ended on this machine, or its process id is now this process's. */
const isOrphan = (turn: OpenTurn, self: { readonly host: string; readonly pid: number }): boolean =>
  turn.silent || turn.pid === null || (turn.host === self.host && (turn.pid === self.pid || !isProcessAlive(turn.pid)))

/** In characters: what the reader of a turn can still hold. */
const longestEvent = 64_000_000

function checkEvents(turnId: string, events: readonly StoredEvent[]): void {
  const first = events[0]
  if (first === undefined) throw new Error(`Nothing to append to turn ${turnId}.`)
  if (events.some(({ json }) => json.length > longestEvent))
    throw problem(
      'query_too_large',
      'A part of the answer is too large to be kept.',
      'Ask for fewer or shorter values.',
    )
  const wrong = events.find((event, index) => event.seq !== first.seq + index)
  if (wrong !== undefined) throw new Error(`Event ${wrong.seq} of turn ${turnId} is out of order.`)
}

/** Throws the reason why events were not appended; having been stored before is none. */
async function explainRefusal(
  database: Database,
  owner: { readonly ownerId: string; readonly turnId: string; readonly instanceId: string },
  events: readonly StoredEvent[],
): Promise<void> {
  const [{ selectTurn }, { isWrittenBy }] = await Promise.all([turnStatements(), eventStatements()])
  const { turnId } = owner
  const turn = await database.run((statements) => selectTurn(statements, owner.ownerId, turnId))
  if (turn === null) throw problem('not_found', 'There is no such question.', 'Check the link, or ask again.')
  if (!(await database.run((statements) => isWrittenBy(statements, owner))))
    throw problem('interrupted', 'Another process has ended this question.', 'Ask it again.')
  if (turn.lastSeq >= (events.at(-1)?.seq ?? 0)) return
  const first = events[0]?.seq ?? 0
  throw new Error(`Event ${first} of turn ${turnId} does not follow event ${turn.lastSeq}.`)
}

const everyMs = 10_000

interface HeartbeatNeeds {
  readonly database: Database
  readonly instance: Instance
  readonly onFault: (error: unknown) => void
}

/** Keeps this process on the list of living instances from its first turn on. A failed beat is reported; the next one tries again. */
function makeHeartbeat({ database, instance, onFault }: HeartbeatNeeds) {
  let started: Promise<void> | null = null
  let timer: NodeJS.Timeout | null = null

  const send = async (): Promise<void> => {
    const { beat } = await import('./turn-statements.ts')
    await database.run((statements) => beat(statements, instance))
  }
  const begin = async (): Promise<void> => {
    await send()
    timer = setInterval(() => {
      send().catch(onFault)
    }, everyMs)
    timer.unref()
  }
  return {
    /** Resolves once the instance is on the list. */
    start: (): Promise<void> => {
      started ??= begin().catch((error: unknown) => {
        started = null
        throw error
      })
      return started
    },
    stop: async (): Promise<void> => {
      if (started === null) return
      if (timer !== null) clearInterval(timer)
      const { forget } = await import('./turn-statements.ts')
      // Closing goes on without the database: an instance whose heartbeat stops counts as gone as well.
      await database.run((statements) => forget(statements, instance.id)).catch(onFault)
    },
  }
}

/**
 * Names the space in which this process's id is unique: the machine since its last boot, and on Linux the process-id namespace, because
 * containers may share a host name.
 */
const readHost = (): string =>
  [
    hostname(),
    readOr('', () => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    readOr('', () => readlinkSync('/proc/self/ns/pid')),
  ]
    .filter((part) => part !== '')
    .join(' ')

function readOr(otherwise: string, read: () => string): string {
  try {
    return read()
  } catch {
    // Only Linux has these files.
    return otherwise
  }
}

/** Whether a process with this id runs on this machine, under any user. */
function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/**
 * Runs long writes one after another, so that a short statement of anybody else waits for one at most. While more of them wait, each is
 * followed by a pause as long as it took: half of the store's time is left to the others.
 */
function makeLongWrites(): <T>(write: () => Promise<T>) => Promise<T> {
  let waiting = 0
  let previous: Promise<unknown> = Promise.resolve()
  return (write) => {
    waiting += 1
    let tookMs = 0
    const written = previous.then(async () => {
      waiting -= 1
      const begunMs = performance.now()
      try {
        return await write()
      } finally {
        tookMs = performance.now() - begunMs
      }
    })
    const pause = () => (waiting > 0 ? delay(Math.min(tookMs, longestPauseMs)) : undefined)
    previous = written.then(pause, pause)
    return written
  }
}
