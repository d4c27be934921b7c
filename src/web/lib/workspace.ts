import { createStore, type StoreApi } from 'zustand/vanilla'
import type { TurnSummary } from '../../contract/api.ts'
import type { Problem } from '../../contract/problem.ts'
import { applyEvents, leavesGap, type ReceivedEvent } from './apply-event.ts'
import { makeFrameBatcher } from './frame-batcher.ts'
import { makeRestoreQueue } from './restore-queue.ts'
import { problemOf, type ChannelOwner, type LinkState, type Position, type TurnChannel } from './turn-channel.ts'
import { isOver, startTurnView, type TurnView } from './turn-view.ts'

/** A question, or SQL to be run as it is. */
export interface Question {
  readonly question: string | null
  readonly sql: string | null
  /** Null starts a new conversation. */
  readonly conversationId: string | null
  readonly connection: string
  /** Null leaves the choice to the server. */
  readonly writer: string | null
}

/** Everything the page knows about turns; what it knows about the app and past conversations is asked for when needed. */
export interface WorkspaceState {
  readonly turns: Readonly<Record<string, TurnView>>
  /** The turns of each conversation known here, oldest first. */
  readonly conversations: Readonly<Record<string, readonly string[]>>
  readonly link: LinkState
  /** Runs queries without asking. */
  readonly autoRun: boolean
  /** The writer chosen in the composer; null for the server's default. */
  readonly writer: string | null
}

export interface Workspace {
  readonly store: StoreApi<WorkspaceState>
  /** Asks and returns where the answer will appear. */
  readonly ask: (question: Question) => { readonly conversationId: string; readonly turnId: string }
  /** Rejects with `RefusedCommand`. */
  readonly approve: (turnId: string, digest: string) => Promise<void>
  /** Rejects with `RefusedCommand`; the earlier proposal then stands. */
  readonly edit: (turnId: string, sql: string) => Promise<void>
  readonly cancel: (turnId: string) => Promise<void>
  /** Takes up turns of an earlier visit; their events follow. */
  readonly restore: (conversationId: string, turns: readonly TurnSummary[]) => void
  readonly setAutoRun: (autoRun: boolean) => void
  readonly setWriter: (writer: string) => void
  readonly hurry: () => void
  readonly close: () => void
}

/** Makes the page's state and the commands that change it. `open` starts the way to the server. */
export function makeWorkspace(open: (owner: ChannelOwner) => TurnChannel): Workspace {
  const store: Store = createStore<WorkspaceState>(() => ({
    turns: {},
    conversations: {},
    link: 'connecting',
    autoRun: false,
    writer: null,
  }))
  const restoring = makeRestoreQueue({
    viewOf: (turnId) => store.getState().turns[turnId],
    fetch: (turnId) => channel.resume({ turnId, afterSeq: 0 }),
  })
  const batcher = makeFrameBatcher<ReceivedEvent>((events) => {
    for (const position of receive(store, events)) channel.resume(position)
    restoring.next()
  })
  const lose = (turnId: string, problem: Problem): void => {
    fail(store, turnId, problem)
    restoring.next()
  }
  const channel = open({
    onEvent: batcher.add,
    onLink: (link) => store.setState({ link }),
    positions: () => positionsOf(store.getState()).filter(({ turnId }) => !restoring.isQueued(turnId)),
    onLost: lose,
  })

  return {
    store,
    ask: (asked) => {
      const command = begin(store, asked)
      channel.ask(command).catch((error: unknown) => lose(command.turnId, problemOf(error)))
      return command
    },
    approve: (turnId, digest) => channel.approve({ turnId, digest }),
    edit: (turnId, sql) => channel.edit({ turnId, sql }),
    cancel: (turnId) => channel.cancel({ turnId }),
    restore: (conversationId, turns) => {
      const known = store.getState().turns
      const fresh = turns.filter((turn) => known[turn.id] === undefined)
      add(store, conversationId, fresh.map(restoredView))
      restoring.add(fresh.map((turn) => turn.id).toReversed())
    },
    setAutoRun: (autoRun) => store.setState({ autoRun }),
    setWriter: (writer) => store.setState({ writer }),
    hurry: channel.hurry,
    close: channel.close,
  }
}

type Store = StoreApi<WorkspaceState>

/** Puts a new turn into its conversation and says how to ask it. */
function begin(store: Store, { question, sql, connection, writer, conversationId: given }: Question) {
  const turnId = crypto.randomUUID()
  const conversationId = given ?? crypto.randomUUID()
  add(store, conversationId, [startTurnView({ turnId, conversationId, question, connection, writer })])
  return {
    turnId,
    conversationId,
    connection,
    autoRun: store.getState().autoRun,
    ...(question === null ? { sql: sql ?? '' } : { question }),
    ...(writer === null ? {} : { model: writer }),
  }
}

/** Applies events to their turns; returns where something was missed, so that what came after the gap comes again. */
function receive(store: Store, events: readonly ReceivedEvent[]): readonly Position[] {
  const changed: Record<string, TurnView> = {}
  const missed: Position[] = []
  for (const [turnId, own] of Map.groupBy(events, (event) => event.turnId)) {
    const before = store.getState().turns[turnId]
    if (before === undefined) continue
    const after = applyEvents(before, own)
    changed[turnId] = after
    if (own.some((event) => leavesGap(after, event))) missed.push({ turnId, afterSeq: after.lastSeq })
  }
  store.setState(({ turns }) => ({ turns: { ...turns, ...changed } }))
  return missed
}

/** Ends a turn here that the server will not tell about. */
function fail(store: Store, turnId: string, problem: Problem): void {
  store.setState(({ turns }) => {
    const view = turns[turnId]
    if (view === undefined || isOver(view)) return {}
    return { turns: { ...turns, [turnId]: { ...view, status: 'failed', problem, endedAtMs: Date.now() } } }
  })
}

const restoredView = ({ id, conversationId, question, connection, writer }: TurnSummary): TurnView =>
  startTurnView({ turnId: id, conversationId, question, connection, writer, stored: true })

const positionsOf = ({ turns }: WorkspaceState): readonly Position[] =>
  Object.values(turns)
    .filter((view) => !isOver(view))
    .map((view) => ({ turnId: view.turnId, afterSeq: view.lastSeq }))

function add(store: Store, conversationId: string, views: readonly TurnView[]): void {
  store.setState(({ turns, conversations }) => ({
    turns: { ...turns, ...Object.fromEntries(views.map((view) => [view.turnId, view])) },
    conversations: {
      ...conversations,
      [conversationId]: [...(conversations[conversationId] ?? []), ...views.map((view) => view.turnId)],
    },
  }))
}
