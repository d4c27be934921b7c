import { createStore, type StoreApi } from 'zustand/vanilla'
import type { TurnSummary } from '../../contract/api.ts'
import type { Problem } from '../../contract/problem.ts'
import { applyEvents, leavesGap, type ReceivedEvent } from './apply-event.ts'
import { makeFrameBatcher } from './frame-batcher.ts'
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
  const store = createStore<WorkspaceState>(() => ({
    turns: {},
    conversations: {},
    link: 'connecting',
    autoRun: false,
    writer: null,
  }))
  const batcher = makeFrameBatcher<ReceivedEvent>((events) => receive(events))
  const channel = open({
    onEvent: batcher.add,
    onLink: (link) => store.setState({ link }),
    positions: () => positionsOf(store.getState()),
    onLost: (turnId, problem) => fail(turnId, problem),
  })

  const receive = (events: readonly ReceivedEvent[]): void => {
    const changed: Record<string, TurnView> = {}
    for (const [turnId, own] of Map.groupBy(events, (event) => event.turnId)) {
      const before = store.getState().turns[turnId]
      if (before === undefined) continue
      const after = applyEvents(before, own)
      changed[turnId] = after
      // Missed something: what came after the gap comes again.
      if (own.some((event) => leavesGap(after, event))) channel.resume({ turnId, afterSeq: after.lastSeq })
    }
    store.setState(({ turns }) => ({ turns: { ...turns, ...changed } }))
  }

  const fail = (turnId: string, problem: Problem): void =>
    store.setState(({ turns }) => {
      const view = turns[turnId]
      if (view === undefined || isOver(view)) return {}
      return { turns: { ...turns, [turnId]: { ...view, status: 'failed', problem, endedAtMs: Date.now() } } }
    })

  const ask = (asked: Question) => {
    const turnId = crypto.randomUUID()
    const conversationId = asked.conversationId ?? crypto.randomUUID()
    const { question, connection, writer } = asked
    add(store, conversationId, [startTurnView({ turnId, conversationId, question, connection, writer })])
    channel
      .ask({
        turnId,
        conversationId,
        connection,
        autoRun: store.getState().autoRun,
        ...(question === null ? { sql: asked.sql ?? '' } : { question }),
        ...(writer === null ? {} : { model: writer }),
      })
      .catch((error: unknown) => fail(turnId, problemOf(error)))
    return { conversationId, turnId }
  }

  return {
    store,
    ask,
    approve: (turnId, digest) => channel.approve({ turnId, digest }),
    edit: (turnId, sql) => channel.edit({ turnId, sql }),
    cancel: (turnId) => channel.cancel({ turnId }),
    restore: (conversationId, turns) => {
      const known = store.getState().turns
      const fresh = turns.filter((turn) => known[turn.id] === undefined)
      add(store, conversationId, fresh.map(restoredView))
      for (const turn of fresh) channel.resume({ turnId: turn.id, afterSeq: 0 })
    },
    setAutoRun: (autoRun) => store.setState({ autoRun }),
    setWriter: (writer) => store.setState({ writer }),
    hurry: channel.hurry,
    close: channel.close,
  }
}

const restoredView = ({ id, conversationId, question, connection, writer }: TurnSummary): TurnView =>
  startTurnView({ turnId: id, conversationId, question, connection, writer })

const positionsOf = ({ turns }: WorkspaceState): readonly Position[] =>
  Object.values(turns)
    .filter((view) => !isOver(view))
    .map((view) => ({ turnId: view.turnId, afterSeq: view.lastSeq }))

function add(store: StoreApi<WorkspaceState>, conversationId: string, views: readonly TurnView[]): void {
  store.setState(({ turns, conversations }) => ({
    turns: { ...turns, ...Object.fromEntries(views.map((view) => [view.turnId, view])) },
    conversations: {
      ...conversations,
      [conversationId]: [...(conversations[conversationId] ?? []), ...views.map((view) => view.turnId)],
    },
  }))
}
