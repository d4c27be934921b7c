import { createStore, type StoreApi } from 'zustand/vanilla'
import * as z from 'zod/mini'
import type { TurnSummary } from '../../contract/api.ts'
import type { TurnCommand } from '../../contract/command.ts'
import type { Problem } from '../../contract/problem.ts'
import type { ReceivedEvent } from './apply-event.ts'
import { problemOf, type ChannelOwner, type TurnChannel } from '../transport/channel.ts'
import { keep, recall, type BrowserStorage } from './browser-storage.ts'
import { makeConversationChanges, type ConversationChanges } from './conversation-changes.ts'
import { makeOutbox, type KeptAsk } from './outbox.ts'
import type { PagePreferences } from './preferences.ts'
import { makeFrameBatcher, RestoreQueue } from './restore-queue.ts'
import {
  add,
  begin,
  Choices,
  fail,
  positionsOf,
  putInOrder,
  receive,
  remove,
  restoredView,
  unsentView,
  update,
  type Question,
  type Store,
  type WorkspaceState,
} from './turn-store.ts'
import { isAwaited, isOver } from './turn-view.ts'

export interface Workspace {
  readonly store: StoreApi<WorkspaceState>
  /** What was changed in conversations, here or elsewhere. */
  readonly changes: ConversationChanges
  /** Asks and returns where the answer will appear. */
  readonly ask: (question: Question) => { readonly conversationId: string; readonly turnId: string }
  /** Takes a question back that was not sent yet; says whether it was. */
  readonly takeBack: (turnId: string) => boolean
  /** Shows and sends the questions of an earlier visit that the server has not accepted; called once it is known whose page it is. */
  readonly recallUnsent: () => void
  /** Whether a conversation begins with a question that the server has not accepted, and so is not to be had from there. */
  readonly isOnlyHere: (conversationId: string) => boolean
  /** Rejects with `RefusedCommand`; an edit that is refused leaves the earlier proposal standing. */
  send(command: TurnCommand): Promise<void>
  /**
   * Takes a conversation as the server has it. Of the turns that are not known here, the latest and those that are not over are resumed, and
   * their events follow; the others once they are wanted. Turns that only this page knows come last.
   */
  restore(conversationId: string, turns: readonly TurnSummary[]): void
  /** Has the events of a restored turn follow, because it comes near the screen. */
  want(turnId: string): void
  /** Forgets a conversation that the server does not have any more, unless a question of it is on its way there. */
  drop(conversationId: string): void
  /** Notes that the server has stored an ended turn after all. */
  markSaved(turnId: string): void
  choose(change: Partial<Choices>): void
  /** Checks the link to the server at once. */
  hurry(): void
  close(): void
}

/** Turns of a conversation that fill the screen when it is opened. */
const shownFirst = 3

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
    awaySinceMs: null,
    pending: 0,
    choices: readChoices(storage),
  }))
  const changes = makeConversationChanges()
  const restoring = new RestoreQueue(
    () => store.getState().turns,
    (turnId) => channel.resume({ turnId, afterSeq: 0 }),
  )
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
    onLink: (link) => {
      const before = store.getState()
      store.setState({ link, awaySinceMs: link === 'reconnecting' ? (before.awaySinceMs ?? Date.now()) : null })
      if (link !== 'open') return
      // The channel first takes up what it had sent before.
      queueMicrotask(() => asking.sendWaiting())
      // What changed while the line was away was not told.
      if (before.link === 'reconnecting') changes.tell(null)
    },
    onPreferences: preferences.receive,
    onConversation: (conversationId) => changes.tell(conversationId),
    positions: () => positionsOf(store.getState()).filter(({ turnId }) => !restoring.isQueued(turnId)),
  })
  /** The server answers by the preferences it knows, so those that are on their way go first. */
  const sendInOrder = (command: TurnCommand): Promise<void> => {
    const waiting = preferences.settled()
    return waiting === null ? channel.send(command) : waiting.then(() => channel.send(command))
  }
  const asking = makeAsking({ store, storage, send: sendInOrder, onLost })
  const decide = async (command: TurnCommand): Promise<void> => {
    store.setState(({ pending }) => ({ pending: pending + 1 }))
    try {
      await sendInOrder(command)
    } finally {
      store.setState(({ pending }) => ({ pending: pending - 1 }))
    }
  }
  return {
    store,
    changes,
    ask: asking.ask,
    takeBack: asking.takeBack,
    recallUnsent: asking.recallUnsent,
    isOnlyHere: asking.isOnlyHere,
    send: async (command) => {
      const isTakenBack = command.command === 'cancel' && asking.takeBack(command.cancel.turnId)
      if (!isTakenBack) await decide(command)
    },
    restore(conversationId, turns) {
      const known = store.getState().turns
      const fresh = turns.filter((turn) => known[turn.id] === undefined)
      add(store, conversationId, fresh.map(restoredView))
      putInOrder(
        store,
        conversationId,
        turns.map(({ id }) => id),
      )
      restoring.add(fresh.map(({ id }) => id))
      const latest = fresh
        .toReversed()
        .filter(({ state }, at) => at < shownFirst || state === 'running' || state === 'waiting')
      restoring.want(latest.map(({ id }) => id))
    },
    want: (turnId) => restoring.want([turnId]),
    drop: (conversationId) =>
      store.setState(({ conversations, turns }) => {
        const views = (conversations[conversationId] ?? []).flatMap((turnId) => turns[turnId] ?? [])
        if (!views.some(({ lastSeq }) => lastSeq > 0) || views.some((view) => !isOver(view) && !isAwaited(view)))
          return {}
        const { [conversationId]: _dropped, ...rest } = conversations
        return { conversations: rest }
      }),
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

interface AskingNeeds {
  readonly store: Store
  readonly storage: BrowserStorage
  readonly send: (command: TurnCommand) => Promise<void>
  /** A question was refused. */
  readonly onLost: (turnId: string, problem: Problem) => void
}

/** Asks questions at once or, without a line, once it is there; the browser keeps them until the server has accepted them. */
function makeAsking({ store, storage, send, onLost }: AskingNeeds) {
  const outbox = makeOutbox(storage)
  /** Questions that wait for the line, and which of them an earlier visit asked. */
  const waiting = new Map<string, KeptAsk>()
  const recalled = new Set<string>()
  const askNow = async (command: KeptAsk): Promise<void> => {
    const { turnId } = command
    update(store, turnId, (view) => ({ ...view, delivery: 'unconfirmed' }))
    try {
      await send({ command: 'ask', ask: command })
      update(store, turnId, (view) => ({ ...view, delivery: 'accepted' }))
    } catch (error) {
      onLost(turnId, problemOf(error))
    }
    outbox.remove(turnId)
  }
  /** Sends the questions that wait for the line. One that was taken back in another tab meanwhile goes from here as well. */
  const sendWaiting = (): void => {
    for (const [turnId, command] of waiting) {
      if (store.getState().link !== 'open') return
      waiting.delete(turnId)
      if (outbox.has(turnId) || !recalled.has(turnId)) void askNow(command)
      else remove(store, turnId)
    }
  }
  return {
    sendWaiting,
    ask: (asked: Question) => {
      const command = begin(store, asked)
      outbox.add(command)
      waiting.set(command.turnId, command)
      sendWaiting()
      return command
    },
    /** Whether the question was still here. */
    takeBack: (turnId: string): boolean => {
      if (!waiting.delete(turnId)) return false
      outbox.remove(turnId)
      remove(store, turnId)
      return true
    },
    isOnlyHere: (conversationId: string): boolean =>
      outbox.list().some((ask) => ask.conversationId === conversationId && (ask.follows ?? null) === null),
    recallUnsent: (): void => {
      for (const command of outbox.list()) {
        if (store.getState().turns[command.turnId] !== undefined) continue
        recalled.add(command.turnId)
        add(store, command.conversationId, [unsentView(command)])
        waiting.set(command.turnId, command)
      }
      sendWaiting()
    },
  }
}

const choicesKey = 'floe.preferences'

const readChoices = (storage: BrowserStorage): Choices =>
  z.catch(Choices, { connection: null, writer: null }).parse(recall(storage, choicesKey))
