import type { StoreApi } from 'zustand/vanilla'
import type { TurnSummary } from '../../contract/api.ts'
import type { Mention } from '../../contract/command.ts'
import type { Problem } from '../../contract/problem.ts'
import type { LinkState, Position } from '../transport/channel.ts'
import { applyEvents, leavesGap, type ReceivedEvent } from './apply-event.ts'
import type { KeptAsk } from './outbox.ts'
import { isOver, startTurnView, type TurnView } from './turn-view.ts'
import * as z from 'zod/mini'

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
  /** What places of the question stand for. */
  readonly mentions?: readonly Mention[]
  readonly connection: string
  /** Null leaves the choice to the server. */
  readonly writer: string | null
}

/** What was last chosen in the header and the composer, kept in the browser from one visit to the next; null before the first choice. */
export const Choices = z.object({ connection: z.nullable(z.string()), writer: z.nullable(z.string()) })
export type Choices = z.infer<typeof Choices>

/** Everything the page knows about turns; what it knows about the app and past conversations is fetched when needed. */
export interface WorkspaceState {
  readonly turns: Readonly<Record<string, TurnView>>
  /** The turns of each conversation known here, oldest first. */
  readonly conversations: Readonly<Record<string, readonly string[]>>
  readonly link: LinkState
  /** When the line was lost that is away now, in milliseconds since 1970; null while it is there. */
  readonly awaySinceMs: number | null
  /** How many decisions (approvals, edits, cancellations) the server has not confirmed. */
  readonly pending: number
  readonly choices: Choices
}

export type Store = StoreApi<WorkspaceState>

/** Puts a new turn into its conversation and says how to ask it. */
export function begin(store: Store, asked: Question): KeptAsk {
  const { question, sql, connection, writer, conversationId: given, follows, leaveOut = [], mentions = [] } = asked
  const command: KeptAsk = {
    turnId: crypto.randomUUID(),
    conversationId: given ?? crypto.randomUUID(),
    follows,
    ...(leaveOut.length === 0 ? {} : { leaveOut: [...leaveOut] }),
    ...(mentions.length === 0 ? {} : { mentions: [...mentions] }),
    connection,
    ...(question === null ? { sql: sql ?? '' } : { question }),
    ...(writer === null ? {} : { model: writer }),
  }
  add(store, command.conversationId, [unsentView(command)])
  return command
}

export const unsentView = ({
  turnId,
  conversationId,
  question,
  sql,
  connection,
  model,
  follows,
  leaveOut,
  mentions,
}: KeptAsk): TurnView =>
  startTurnView({
    turnId,
    conversationId,
    question: question ?? null,
    sql: sql ?? null,
    connection: connection ?? null,
    writer: model ?? null,
    follows: follows ?? null,
    leaveOut: leaveOut ?? [],
    mentions: mentions ?? [],
    delivery: 'unsent',
  })

/** Applies events to their turns; returns where something was missed, so that what came after the gap comes again. */
export function receive(store: Store, events: readonly ReceivedEvent[]): readonly Position[] {
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
export function fail(store: Store, turnId: string, problem: Problem): void {
  update(store, turnId, (view) => (isOver(view) ? view : { ...view, status: 'failed', problem, endedAtMs: Date.now() }))
}

/** Forgets a turn. A conversation that it was the only one of stays known as empty: the server has nothing of it. */
export function remove(store: Store, turnId: string): void {
  store.setState(({ turns, conversations }) => {
    const { [turnId]: _removed, ...rest } = turns
    const lists = Object.entries(conversations).map(([id, own]) => [id, own.filter((each) => each !== turnId)] as const)
    return { turns: rest, conversations: Object.fromEntries(lists) }
  })
}

export function update(store: Store, turnId: string, change: (view: TurnView) => TurnView): void {
  store.setState(({ turns }) => {
    const view = turns[turnId]
    return view === undefined ? {} : { turns: { ...turns, [turnId]: change(view) } }
  })
}

export const restoredView = ({ id, follows = null, leaveOut = [], mentions = [], ...turn }: TurnSummary): TurnView => {
  const { conversationId, question, connection, writer } = turn
  return startTurnView({
    turnId: id,
    conversationId,
    question,
    connection,
    writer,
    follows,
    leaveOut,
    mentions,
    stored: true,
  })
}

export const positionsOf = ({ turns }: WorkspaceState): readonly Position[] =>
  Object.values(turns)
    .filter((view) => !isOver(view) && view.delivery !== 'unsent')
    .map((view) => ({ turnId: view.turnId, afterSeq: view.lastSeq }))

export function add(store: Store, conversationId: string, views: readonly TurnView[]): void {
  store.setState(({ turns, conversations }) => ({
    turns: { ...turns, ...Object.fromEntries(views.map((view) => [view.turnId, view])) },
    conversations: {
      ...conversations,
      [conversationId]: [...(conversations[conversationId] ?? []), ...views.map((view) => view.turnId)],
    },
  }))
}

/** Puts the turns of a conversation into the order that the server has them in; those it does not know come last. */
export function putInOrder(store: Store, conversationId: string, order: readonly string[]): void {
  store.setState(({ conversations }) => {
    const own = (conversations[conversationId] ?? []).filter((turnId) => !order.includes(turnId))
    return { conversations: { ...conversations, [conversationId]: [...order, ...own] } }
  })
}
