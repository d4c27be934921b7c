import type { ConversationSummary, TurnSummary } from '../../contract/api.ts'
import type { TurnEvent } from '../../contract/turn-event.ts'
import type { Caller } from '../caller.ts'
import type { Clock } from '../ports/clock.ts'
import type { StoredEvent, TurnStore } from '../ports/turn-store.ts'
import { offlineWriterId } from '../ports/interpreter.ts'
import { problem } from '../problem.ts'
import type { ThreadTurn } from './journey.ts'
import type { OrphanSweep } from './sweep-orphans.ts'
import type { CommandRelay } from './command-relay.ts'
import { encodeEvent, isFinal, isOver, processStopped, readStored } from './turn-facts.ts'
import type { EncodedEvent, RunningTurns } from './turns.ts'

/** Conversations and turns as they are stored. Everything is the caller's own; anything else is `not_found`. */
export interface History {
  list(caller: Caller, limit: number): Promise<readonly ConversationSummary[]>
  read(
    caller: Caller,
    conversationId: string,
  ): Promise<{ readonly conversation: ConversationSummary; readonly turns: readonly TurnSummary[] }>
  /** A turn and the text of its stored events after `afterSeq`. */
  readTurn(
    caller: Caller,
    turnId: string,
    afterSeq: number,
  ): Promise<{ readonly turn: TurnSummary; readonly events: readonly StoredEvent[] }>
}

interface HistoryNeeds {
  readonly store: TurnStore
  /** Its first run ends turns left over by dead processes; reading waits for it. */
  readonly sweep: Pick<OrphanSweep, 'first'>
  readonly turns: Pick<RunningTurns, 'stateHere'>
}

export function makeHistory({ store, sweep, turns }: HistoryNeeds): History {
  /** What is stored of a turn may be behind what its readers saw. */
  const upToDate = (turn: TurnSummary): TurnSummary => {
    const state = isOver(turn.state) ? null : turns.stateHere(turn.id)
    return state === null ? turn : { ...turn, state }
  }
  return {
    async list(caller, limit) {
      await sweep.first()
      return await store.listConversations(caller.userId, limit)
    },
    async read(caller, conversationId) {
      await sweep.first()
      const found = await store.readConversation(caller.userId, conversationId)
      if (found !== null) return { ...found, turns: found.turns.map(upToDate) }
      throw problem('not_found', 'There is no such conversation.', 'Check the link, or start a new one.')
    },
    async readTurn(caller, turnId, afterSeq) {
      await sweep.first()
      const turn = await store.readTurn(caller.userId, turnId)
      if (turn === null) throw problem('not_found', 'There is no such question.', 'Check the link, or ask again.')
      const events = await store.readEvents(caller.userId, turnId, afterSeq)
      // The turn may have ended between the two reads.
      const last = events.at(-1)
      const hasEnded = !isOver(turn.state) && last !== undefined && isFinal(readStored(last).kind)
      const latest = hasEnded ? await store.readTurn(caller.userId, turnId) : null
      return { turn: upToDate(latest ?? turn), events }
    },
  }
}

/** How often a turn that runs in another process is looked at. */
const lookAgainMs = 400
/** How often a reader here is told of to the process that runs the turn: well within its patience with turns that nobody reads. */
const attendEveryMs = 10_000
/** Events read at once, so that a long result is not held in memory whole. */
const eventsAtOnce = 50

/** Reads a turn that does not run in this process: what is stored, and what another process adds until it is over. */
export async function* followStored(
  { store, clock, relay }: { readonly store: TurnStore; readonly clock: Clock; readonly relay: CommandRelay },
  ownerId: string,
  turnId: string,
  afterSeq: number,
  signal: AbortSignal,
): AsyncGenerator<EncodedEvent, void> {
  let seen = afterSeq
  let attendedMs = Number.NEGATIVE_INFINITY
  while (!signal.aborted) {
    const turn = await store.readTurn(ownerId, turnId)
    if (turn === null) throw problem('not_found', 'There is no such question.', 'Check the link, or ask again.')
    if (!isOver(turn.state) && clock.monotonicMs() - attendedMs > attendEveryMs) {
      attendedMs = clock.monotonicMs()
      await relay.attend(ownerId, turnId)
    }
    const events = await store.readEvents(ownerId, turnId, seen, eventsAtOnce)
    for (const stored of events) {
      const event = readStored(stored)
      seen = stored.seq
      yield event
      if (isFinal(event.kind)) return
    }
    if (events.length > 0) continue
    if (isOver(turn.state) && seen >= turn.lastSeq) {
      // The reader saw events that a killed process could not store any more: it is told that the turn ended there.
      const isCutShort = turn.state === 'interrupted' && afterSeq > turn.lastSeq
      const envelope = { turnId, seq: afterSeq + 1, at: new Date(clock.now()).toISOString() }
      if (isCutShort) yield encodeEvent(envelope, { kind: 'turn.failed', problem: processStopped(false) })
      return
    }
    await pause(clock, signal)
  }
}

function pause(clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      takeBack()
      signal.removeEventListener('abort', end)
      resolve()
    }
    const takeBack = clock.after(lookAgainMs, end)
    signal.addEventListener('abort', end, { once: true })
  })
}

/** Turns that a question's thread goes back at most. */
const longestThread = 20
/** Writers that are no model. */
const builtIn: readonly string[] = [offlineWriterId, 'sql']

/** What a question of a conversation follows. */
export interface FollowedThread {
  /** The turn it follows; null for none. */
  readonly follows: string | null
  /** The questions on the way there with the SQL last proposed for each, oldest first. */
  readonly history: readonly ThreadTurn[]
}

/**
 * The thread that a question continues, from the turn it names, or from the last one of its conversation. A turn asked of another
 * connection ends it: nothing is inherited across connections.
 */
export async function readThread(
  store: TurnStore,
  ownerId: string,
  asked: { readonly conversationId: string; readonly follows: string | null | undefined; readonly connection: string },
): Promise<FollowedThread> {
  const stored = asked.follows === null ? null : await store.readConversation(ownerId, asked.conversationId)
  const turns = stored?.turns ?? []
  const thread: TurnSummary[] = []
  let turn = asked.follows === undefined ? turns.at(-1) : turns.find(({ id }) => id === asked.follows)
  const follows = turn?.id ?? null
  while (turn !== undefined && turn.connection === asked.connection && thread.length < longestThread) {
    thread.unshift(turn)
    turn = turnBefore(turn, turns)
  }
  const history = await Promise.all(
    thread.map(async ({ id, question, writer, leaveOut = [], mentions = [] }): Promise<ThreadTurn> => {
      const proposal = await lastProposal(store, ownerId, id)
      const isModels = !builtIn.includes(writer)
      const origin = question === null || proposal?.edited === true ? 'person' : isModels ? 'model' : 'interpreter'
      const explanation = proposal?.explanation ?? proposal?.interpretation ?? null
      return { question: question ?? '', sql: proposal?.sql ?? null, origin, explanation, leftOut: leaveOut, mentions }
    }),
  )
  return { follows, history }
}

/** The turn that a turn follows. Turns of earlier versions follow the one before them. */
function turnBefore(turn: TurnSummary, turns: readonly TurnSummary[]): TurnSummary | undefined {
  if (turn.follows === undefined) return turns[turns.findIndex(({ id }) => id === turn.id) - 1]
  return turns
    .slice(
      0,
      turns.findIndex(({ id }) => id === turn.id),
    )
    .find(({ id }) => id === turn.follows)
}

/** The last proposal of a turn. */
const lastProposal = async (store: TurnStore, ownerId: string, turnId: string): Promise<Proposed | null> =>
  (await readQuery(store, ownerId, turnId))?.proposal ?? null

/** What a turn proposed last, and who let it run: null for nobody so far. */
export interface TurnQuery {
  readonly proposal: Proposed
  readonly approvedBy: 'person' | 'auto' | null
}

/** The query of a turn; null where none was proposed. Events from the first row on are not read, because no proposal comes after them. */
export async function readQuery(store: TurnStore, ownerId: string, turnId: string): Promise<TurnQuery | null> {
  let found: TurnQuery | null = null
  for (let after = 0; ;) {
    const events = await store.readEvents(ownerId, turnId, after, eventsAtOnce)
    for (const { json } of events) {
      if (json.includes('"kind":"result.columns"') || json.startsWith('{"kind":"result.rows"')) return found
      if (!/"kind":"query\.(?:proposed|approved)"/.test(json)) continue
      const event = JSON.parse(json) as TurnEvent
      if (event.kind === 'query.proposed') found = { proposal: event, approvedBy: null }
      else if (event.kind === 'query.approved' && event.digest === found?.proposal.digest)
        found = { proposal: found.proposal, approvedBy: event.by }
    }
    after = events.at(-1)?.seq ?? 0
    if (events.length < eventsAtOnce) return found
  }
}

type Proposed = Extract<TurnEvent, { readonly kind: 'query.proposed' }>
