import type { TurnSummary } from '../../contract/api.ts'
import type { Clock } from '../ports/clock.ts'
import type { StoredEvent, TurnStore } from '../ports/turn-store.ts'
import { problem } from '../problem.ts'
import { isOver } from './turn-facts.ts'

/** A clock whose time passes only when a test says so. */
export function makeManualClock() {
  let now = Date.UTC(2026, 0, 1)
  let monotonic = 0
  let timers: { readonly at: number; readonly call: () => void }[] = []
  const clock: Clock = {
    now: () => now,
    monotonicMs: () => monotonic,
    after: (ms, call) => {
      const timer = { at: monotonic + ms, call }
      timers.push(timer)
      return () => {
        timers = timers.filter((other) => other !== timer)
      }
    },
  }
  return {
    clock,
    setBack: (ms: number) => {
      now -= ms
    },
    pending: () => timers.length,
    /** Lets time pass, one due timer after the other, each followed by what it causes. */
    pass: async (ms: number): Promise<void> => {
      const end = monotonic + ms
      for (;;) {
        await settle()
        const next = timers.filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at)[0]
        if (next === undefined) break
        timers = timers.filter((timer) => timer !== next)
        now += next.at - monotonic
        monotonic = next.at
        next.call()
      }
      now += end - monotonic
      monotonic = end
      await settle()
    },
  }
}

/** Resolves once everything that waits for nothing else has happened. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

const away = () => problem('store_unavailable', 'The store is away.', 'Wait.')

/** What a stored ask says of the turn it follows. */
function threadOf(askJson: string): Pick<TurnSummary, 'follows' | 'leaveOut' | 'mentions'> {
  const { follows, leaveOut, mentions } = JSON.parse(askJson) as ReturnType<typeof threadOf>
  return {
    ...(follows === undefined ? {} : { follows }),
    ...(leaveOut === undefined ? {} : { leaveOut }),
    ...(mentions === undefined ? {} : { mentions }),
  }
}

/** A turn store in memory. `fault` makes its writes fail: before they are done, after, or by never answering. */
export function makeMemoryStore() {
  const turns = new Map<string, Parameters<TurnStore['createTurn']>[0] & { state: string; events: StoredEvent[] }>()
  const fault: { append: (() => Promise<void>) | null; create: 'before' | 'after' | null } = {
    append: null,
    create: null,
  }
  const own = (ownerId: string, turnId: string) => {
    const turn = turns.get(turnId)
    return turn?.ownerId === ownerId ? turn : undefined
  }
  const summary = (turn: NonNullable<ReturnType<typeof own>>) => ({
    id: turn.id,
    conversationId: turn.conversationId,
    question: turn.question,
    connection: turn.connection,
    writer: turn.writer,
    state: turn.state as 'running',
    lastSeq: turn.events.length,
    createdAt: turn.createdAt,
    ...threadOf(turn.askJson),
  })
  const store: TurnStore = {
    async createTurn(turn) {
      if (fault.create === 'before') throw away()
      const found = turns.get(turn.id)
      if (found === undefined) turns.set(turn.id, { ...turn, state: 'running', events: [] })
      if (fault.create === 'after') throw away()
      return found === undefined ? 'created' : found.ownerId === turn.ownerId ? 'exists' : 'taken'
    },
    countRunningElsewhere: () => Promise.resolve(0),
    async append(ownerId, turnId, events, state) {
      await fault.append?.()
      const turn = own(ownerId, turnId)
      if (turn === undefined) throw new Error('no such turn')
      const fresh = events.filter(({ seq }) => seq > turn.events.length)
      if (fresh.length === 0) return
      if (fresh[0]?.seq !== turn.events.length + 1) throw new Error('a gap')
      turn.events.push(...fresh)
      turn.state = state
    },
    readTurn: (ownerId, turnId) => {
      const turn = own(ownerId, turnId)
      return Promise.resolve(turn === undefined ? null : summary(turn))
    },
    readEvents: (ownerId, turnId, afterSeq, limit = Infinity) =>
      Promise.resolve((own(ownerId, turnId)?.events ?? []).slice(afterSeq, afterSeq + limit)),
    listConversations: () => Promise.resolve([]),
    readConversation: (ownerId, conversationId) => {
      const found = [...turns.values()].filter(
        (turn) => turn.conversationId === conversationId && turn.ownerId === ownerId,
      )
      const conversation = { id: conversationId, title: 't', createdAt: 'c', updatedAt: 'u' }
      return Promise.resolve(found.length === 0 ? null : { conversation, turns: found.map(summary) })
    },
    findOrphans: (isRunHere) =>
      Promise.resolve(
        [...turns.values()]
          .filter(({ id, state }) => !isOver(state as 'running') && !isRunHere(id))
          .map(({ id, ownerId, events }) => ({ ownerId, turnId: id, lastSeq: events.length, isOwn: true })),
      ),
  }
  return { store, turns, fault, away: () => Promise.reject(away()) }
}
