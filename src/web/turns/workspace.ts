import { z } from 'zod'
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { TurnSummary } from '../../contract/api.ts'
import type { TurnCommand } from '../../contract/command.ts'
import type { Problem } from '../../contract/problem.ts'
import { applyEvents, leavesGap, type ReceivedEvent } from './apply-event.ts'
import { problemOf, type ChannelOwner, type LinkState, type Position, type TurnChannel } from '../transport/channel.ts'
import { keep, recall, type BrowserStorage } from './browser-storage.ts'
import type { PagePreferences } from './preferences.ts'
import { isOver, startTurnView, type TurnView } from './turn-view.ts'

/** A question, or SQL to be run as it is. */
export interface Question {
  readonly question: string | null
  readonly sql: string | null
  /** Null starts a new conversation. */
  readonly conversationId: string | null
  /** The turn it follows, as the page shows it; null for none. */
  readonly follows: string | null
  /** Inherited parts to go without. */
  readonly leaveOut?: readonly string[]
  readonly connection: string
  /** Null leaves the choice to the server. */
  readonly writer: string | null
}

/** What was last chosen in the header and the composer, kept in the browser from one visit to the next; null before the first choice. */
export const Choices = z.object({ connection: z.string().nullable(), writer: z.string().nullable() })
export type Choices = z.infer<typeof Choices>

/** Everything the page knows about turns; what it knows about the app and past conversations is fetched when needed. */
export interface WorkspaceState {
  readonly turns: Readonly<Record<string, TurnView>>
  /** The turns of each conversation known here, oldest first. */
  readonly conversations: Readonly<Record<string, readonly string[]>>
  readonly link: LinkState
  readonly choices: Choices
}

export interface Workspace {
  readonly store: StoreApi<WorkspaceState>
  /** Asks and returns where the answer will appear. */
  ask(question: Question): { readonly conversationId: string; readonly turnId: string }
  /** Rejects with `RefusedCommand`; an edit that is refused leaves the earlier proposal standing. */
  send(command: TurnCommand): Promise<void>
  /** Resumes turns of an earlier visit; their events follow. */
  restore(conversationId: string, turns: readonly TurnSummary[]): void
  /** Notes that the server has stored an ended turn after all. */
  markSaved(turnId: string): void
  choose(change: Partial<Choices>): void
  /** Checks the link to the server at once. */
  hurry(): void
  close(): void
}

/** Makes the page's state and the commands that change it. `open` starts the connection to the server; `storage` keeps choices. */
export function makeWorkspace(
  open: (owner: ChannelOwner) => TurnChannel,
  storage: BrowserStorage,
  preferences: Pick<PagePreferences, 'receive' | 'settled'>,
): Workspace {
  const store: Store = createStore<WorkspaceState>(() => ({
    turns: {},
    conversations: {},
    link: 'connecting',
    choices: readChoices(storage),
  }))
  const restoring = new RestoreQueue(store, (turnId) => channel.resume({ turnId, afterSeq: 0 }))
  const onEvent = makeFrameBatcher<ReceivedEvent>((events) => {
    for (const position of receive(store, events)) channel.resume(position)
    restoring.next()
  })
  const onLost = (turnId: string, problem: Problem): void => {
    if (problem.code === 'signed_out') store.setState({ link: 'signed_out' })
    fail(store, turnId, problem)
    restoring.next()
  }
  const channel = open({
    onEvent,
    onLost,
    onLink: (link) => store.setState({ link }),
    onPreferences: preferences.receive,
    positions: () => positionsOf(store.getState()).filter(({ turnId }) => !restoring.isQueued(turnId)),
  })
  /** The server answers by the preferences it knows, so those that are on their way go first. */
  const sendInOrder = (command: TurnCommand): Promise<void> => {
    const waiting = preferences.settled()
    return waiting === null ? channel.send(command) : waiting.then(() => channel.send(command))
  }
  return {
    store,
    ask(asked) {
      const command = begin(store, asked)
      sendInOrder({ command: 'ask', ask: command }).catch((error: unknown) => onLost(command.turnId, problemOf(error)))
      return command
    },
    send: sendInOrder,
    restore(conversationId, turns) {
      const known = store.getState().turns
      const fresh = turns.filter((turn) => known[turn.id] === undefined)
      add(store, conversationId, fresh.map(restoredView))
      restoring.add(fresh.map((turn) => turn.id).toReversed())
    },
    markSaved: (turnId) => update(store, turnId, (view) => ({ ...view, saved: true })),
    choose(change) {
      const choices = { ...store.getState().choices, ...change }
      store.setState({ choices })
      keep(storage, choicesKey, choices)
    },
    hurry: () => channel.hurry(),
    close: () => channel.close(),
  }
}

const choicesKey = 'floe.preferences'

const readChoices = (storage: BrowserStorage): Choices =>
  Choices.catch({ connection: null, writer: null }).parse(recall(storage, choicesKey))

type Store = StoreApi<WorkspaceState>

/** Puts a new turn into its conversation and says how to ask it. */
function begin(store: Store, asked: Question) {
  const { question, sql, connection, writer, conversationId: given, follows, leaveOut = [] } = asked
  const turnId = crypto.randomUUID()
  const conversationId = given ?? crypto.randomUUID()
  add(store, conversationId, [
    startTurnView({ turnId, conversationId, question, connection, writer, follows, leaveOut }),
  ])
  return {
    turnId,
    conversationId,
    follows,
    ...(leaveOut.length === 0 ? {} : { leaveOut: [...leaveOut] }),
    connection,
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
  update(store, turnId, (view) => (isOver(view) ? view : { ...view, status: 'failed', problem, endedAtMs: Date.now() }))
}

function update(store: Store, turnId: string, change: (view: TurnView) => TurnView): void {
  store.setState(({ turns }) => {
    const view = turns[turnId]
    return view === undefined ? {} : { turns: { ...turns, [turnId]: change(view) } }
  })
}

const restoredView = ({ id, follows = null, leaveOut = [], ...turn }: TurnSummary): TurnView => {
  const { conversationId, question, connection, writer } = turn
  return startTurnView({ turnId: id, conversationId, question, connection, writer, follows, leaveOut, stored: true })
}

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

/**
 * Collects what arrives and hands it on once per drawn frame, so that a fast stream costs one rendering a frame.
 * A page in the background draws no frames; there a timer takes their place.
 */
function makeFrameBatcher<T>(flush: (items: readonly T[]) => void): (item: T) => void {
  let items: T[] = []
  const run = (): void => {
    const batch = items
    items = []
    flush(batch)
  }
  return (item) => {
    items.push(item)
    if (items.length > 1) return
    if (typeof document !== 'undefined' && document.visibilityState === 'visible') requestAnimationFrame(run)
    else setTimeout(run, 50)
  }
}

/** Turns of an earlier visit that are fetched at once; the server reads a limited number for one page. */
const fetchedAtOnce = 8

/** Fetches the turns of an earlier visit a few at a time, the first ones added first. */
class RestoreQueue {
  readonly #store: Store
  readonly #fetch: (turnId: string) => void
  readonly #underWay = new Set<string>()
  #queued: readonly string[] = []

  constructor(store: Store, fetch: (turnId: string) => void) {
    this.#store = store
    this.#fetch = fetch
  }

  add(turnIds: readonly string[]): void {
    this.#queued = [...this.#queued, ...turnIds]
    this.next()
  }

  /** Goes on when turns have arrived, that is when nothing more of them comes without somebody doing something. */
  next(): void {
    const { turns } = this.#store.getState()
    for (const turnId of this.#underWay) {
      const view = turns[turnId]
      if (view === undefined || isOver(view) || view.status === 'waiting') this.#underWay.delete(turnId)
    }
    const free = Math.max(0, fetchedAtOnce - this.#underWay.size)
    const wanted = this.#queued.slice(0, free)
    this.#queued = this.#queued.slice(free)
    for (const turnId of wanted) {
      this.#underWay.add(turnId)
      this.#fetch(turnId)
    }
  }

  isQueued(turnId: string): boolean {
    return this.#queued.includes(turnId)
  }
}
