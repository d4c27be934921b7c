import type { AskOnce } from '../../contract/command.ts'
import { keep, recall, type BrowserStorage } from './browser-storage.ts'

/** A question as it is asked, in the conversation where the page shows it. */
export type KeptAsk = AskOnce & { readonly conversationId: string }

/** Questions that the server has not accepted yet, kept in the browser: a reload without a connection loses none of them. */
export interface Outbox {
  add(ask: KeptAsk): void
  remove(turnId: string): void
  has(turnId: string): boolean
  /** Oldest first. */
  list(): readonly KeptAsk[]
}

const outboxKey = 'floe.unsent'

/** Makes the outbox. Pages of one browser share it, so each call reads and writes the storage. */
export function makeOutbox(storage: BrowserStorage): Outbox {
  const list = (): readonly KeptAsk[] => {
    const kept = recall(storage, outboxKey)
    return Array.isArray(kept) ? kept.filter(isKeptAsk) : []
  }
  const without = (turnId: string): readonly KeptAsk[] => list().filter((ask) => ask.turnId !== turnId)
  return {
    list,
    add: (ask) => keep(storage, outboxKey, [...without(ask.turnId), ask]),
    remove: (turnId) => {
      const rest = without(turnId)
      if (rest.length < list().length) keep(storage, outboxKey, rest)
    },
    has: (turnId) => list().some((ask) => ask.turnId === turnId),
  }
}

/** The server judges the rest: what is not valid is refused there and told to the person. */
const isKeptAsk = (value: unknown): value is KeptAsk =>
  typeof value === 'object' &&
  value !== null &&
  'turnId' in value &&
  typeof value.turnId === 'string' &&
  'conversationId' in value &&
  typeof value.conversationId === 'string'
