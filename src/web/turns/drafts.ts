import * as z from 'zod/mini'
import { createStore, type StoreApi } from 'zustand/vanilla'
import { keep, recall } from './browser-storage.ts'

/** A table or column that was chosen from the list after `@`, with the text that names it in the question. */
const ChosenName = z.object({
  /** As it stands in the question, the `@` included. */
  text: z.string(),
  kind: z.enum(['table', 'column']),
  /** As a mention writes it. */
  name: z.string(),
})
export type ChosenName = z.infer<typeof ChosenName>

/** What is being written in a conversation and has not been sent. */
const Draft = z.object({
  text: z.string(),
  names: z.array(ChosenName),
  /** SQL that is written in the place of a question. */
  sql: z.string(),
  /** Whether the SQL is in sight, and not the question. */
  isSql: z.boolean(),
  /** When it was last changed, in milliseconds since 1970. */
  at: z.number(),
})
export type Draft = z.infer<typeof Draft>

const draftKey = (conversationId: string | null): string => `floe.draft.${conversationId ?? 'new'}`

/** Older drafts make room for newer ones. */
const mostKept = 60

const emptyDraft: Draft = { text: '', names: [], sql: '', isSql: false, at: 0 }

/** The drafts of a page: what is written stands in the store at once, and in the browser for the next visit. */
export interface Drafts {
  readonly store: StoreApi<Readonly<Record<string, Draft>>>
  read(conversationId: string | null): Draft
  write(conversationId: string | null, change: Partial<Draft>): void
}

export function makeDrafts(storage: Storage): Drafts {
  const store = createStore<Readonly<Record<string, Draft>>>(() => ({}))
  const read = (conversationId: string | null): Draft =>
    store.getState()[draftKey(conversationId)] ?? readDraft(storage, conversationId)
  return {
    store,
    read,
    write(conversationId, change) {
      const draft = { ...read(conversationId), ...change }
      store.setState({ [draftKey(conversationId)]: draft })
      keepDraft(storage, conversationId, draft)
    },
  }
}

/** What was left unsent in a conversation; `null` is the one that is not begun. It outlives a reload, a lost session and the tab. */
function readDraft(storage: Storage, conversationId: string | null): Draft {
  return z.catch(Draft, emptyDraft).parse(recall(storage, draftKey(conversationId)))
}

function keepDraft(storage: Storage, conversationId: string | null, draft: Draft): void {
  if (draft.text === '' && draft.sql === '') storage.removeItem(draftKey(conversationId))
  else keepDated(storage, draftKey(conversationId), draft)
}

/** Keeps a question that the server never heard, unless something else is being written there. */
export function keepUnsent(storage: Storage, conversationId: string | null, question: string): void {
  const draft = readDraft(storage, conversationId)
  if (draft.text === '' && question !== '') keepDraft(storage, conversationId, { ...draft, text: question })
}

function keepDated(storage: Storage, key: string, value: object): void {
  if (storage.getItem(key) === null) makeRoom(storage)
  keep(storage, key, { ...value, at: Date.now() })
}

function makeRoom(storage: Storage): void {
  const kept = Object.keys(storage).filter((key) => key.startsWith('floe.draft.'))
  if (kept.length < mostKept) return
  const age = (key: string): number => {
    const value: unknown = recall(storage, key)
    return typeof value === 'object' && value !== null && 'at' in value ? Number(value.at) : 0
  }
  const [oldest] = kept.toSorted((a, b) => age(a) - age(b))
  if (oldest !== undefined) storage.removeItem(oldest)
}
