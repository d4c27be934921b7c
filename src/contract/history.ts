import * as z from 'zod/mini'
import { TurnState } from './api.ts'
import { line, uuidPattern } from './text-fields.ts'

/** The longest note on a turn, in characters. */
export const longestNote = 2_000
/** The longest title of a conversation, in characters. */
export const longestTitle = 200

const moment = z.iso.datetime({ offset: true })
/** `any` for all, else only those that are, or only those that are not. */
const Whether = z.enum(['true', 'false', 'any'])

/** What of the history is asked for. Everything named has to hold. */
export const HistoryQuery = z.object({
  /** Words that a turn has in its question, its SQL, its note or the title that its conversation was given; the last may be the beginning of one. */
  q: z._default(z.string().check(z.trim(), z.maxLength(500)), ''),
  /** As it was named in the ask. */
  connection: z.optional(z.string().check(z.maxLength(1_000))),
  state: z.optional(TurnState),
  /** From this moment on; a date begins with its first moment in UTC. */
  from: z.optional(z.union([moment, z.iso.date()])),
  /** Until before this moment; a date counts whole. */
  to: z.optional(z.union([moment, z.iso.date()])),
  /** Turns that are favorites. */
  favorite: z._default(Whether, 'any'),
  /** Turns of archived conversations. */
  archived: z._default(Whether, 'false'),
  /** `next` of the page before. */
  cursor: z.optional(z.string().check(z.regex(/^\d{1,15}\.\d{1,18}$/))),
  limit: z._default(z.coerce.number().check(z.int(), z.gte(1), z.lte(100)), 30),
})
export type HistoryQuery = z.infer<typeof HistoryQuery>

/** Where the words of a search were found in a turn. */
export const FoundIn = z.enum(['question', 'sql', 'note', 'title'])
export type FoundIn = z.infer<typeof FoundIn>

/** A turn as the history lists it. */
export const HistoryEntry = z.object({
  id: z.uuid(),
  conversationId: z.uuid(),
  /** The conversation's. */
  title: z.string(),
  /** Null for SQL that a person wrote. */
  question: z.nullable(z.string()),
  /** A part of the SQL that was proposed last, around the words of the search; null where none was proposed. */
  sql: z.nullable(z.string()),
  connection: z.string(),
  writer: z.string(),
  state: TurnState,
  /** Why it failed, as a problem's code; null where it did not. */
  problemCode: z.nullable(z.string()),
  /** Null without a result, as are the next two. */
  rowCount: z.nullable(z.int()),
  /** Of the rows that were delivered. */
  bytes: z.nullable(z.int()),
  /** What the query took in the warehouse. */
  elapsedMs: z.nullable(z.number()),
  createdAt: z.iso.datetime(),
  note: z.string(),
  isFavorite: z.boolean(),
  isArchived: z.boolean(),
  /** Empty without a search. */
  foundIn: z.array(FoundIn),
})
export type HistoryEntry = z.infer<typeof HistoryEntry>

/** A page of the history, the latest first. */
export const HistoryPage = z.object({
  entries: z.array(HistoryEntry),
  /** Leads to the next page; null on the last one. */
  next: z.nullable(z.string()),
})
export type HistoryPage = z.infer<typeof HistoryPage>

/** Which conversations are asked for: the page after `cursor`, the ones used last first. */
export const ConversationsQuery = z.object({
  archived: z._default(z.enum(['true', 'false']), 'false'),
  cursor: z.optional(z.string().check(z.regex(new RegExp(String.raw`^\d{1,15}\.${uuidPattern}$`)))),
  limit: z._default(z.coerce.number().check(z.int(), z.gte(1), z.lte(100)), 30),
})
export type ConversationsQuery = z.infer<typeof ConversationsQuery>

/** A conversation as the list of conversations shows it. */
export const ListedConversation = z.object({
  id: z.uuid(),
  title: z.string(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  isKept: z.boolean(),
  isArchived: z.boolean(),
  /** Whether one of its turns is a favorite. */
  isFavorite: z.boolean(),
  turnCount: z.int(),
  /** Of its last turn. */
  state: TurnState,
})
export type ListedConversation = z.infer<typeof ListedConversation>

export const ConversationsPage = z.object({
  conversations: z.array(ListedConversation),
  /** Leads to the next page; null on the last one. */
  next: z.nullable(z.string()),
})
export type ConversationsPage = z.infer<typeof ConversationsPage>

/** What is changed of a conversation; what is left out stays. */
export const ConversationChange = z
  .object({
    title: z.optional(line(longestTitle)),
    /** An archived conversation is in no list unless it is asked for. A new question in it takes it back. */
    archived: z.optional(z.boolean()),
    /** Keeps it however old it is. */
    isKept: z.optional(z.boolean()),
  })
  .check(
    z.refine(
      ({ title, archived, isKept }) => [title, archived, isKept].some((value) => value !== undefined),
      'Name what to change.',
    ),
  )
export type ConversationChange = z.infer<typeof ConversationChange>
