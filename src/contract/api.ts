import { oc } from '@orpc/contract'
import { z } from 'zod'
import { Approve, Cancel, Edit } from './command.ts'
import { Me } from './people.ts'
import { PreferencesChange, PreferencesState } from './preferences.ts'
import { Problem } from './problem.ts'
import { ok, problems } from './route-parts.ts'
import { TurnEvent } from './turn-event.ts'

const ConnectionSummary = z.object({
  /** What `connection` takes in commands. */
  ref: z.string(),
  label: z.string(),
  /** The engine behind it, in words: shown beside answers so that the sample is not mistaken for Snowflake. */
  engine: z.string(),
  /** What makes it less safe than it should be, one sentence: shown as a badge wherever the connection is used. */
  warning: z.string().nullable(),
  /** Null for connections that are not saved: the sample and folders. */
  saved: z.object({ id: z.uuid(), needsSignIn: z.boolean() }).nullable(),
  /** Who shares it with the person's groups, as which role its queries run there, and what is not allowed; left out for one's own. */
  shared: z
    .object({
      by: z.string(),
      /** Null for the connection's own. */
      role: z.string().nullable(),
      /** Roles that others of the person's groups have, and that are not used. */
      otherRoles: z.array(z.string()),
      mayExport: z.boolean(),
      mayAutoRun: z.boolean(),
      /** Null for all. */
      writers: z.array(z.string()).nullable(),
    })
    .optional(),
})
export type ConnectionSummary = z.infer<typeof ConnectionSummary>

const WriterSummary = z.object({ id: z.string(), label: z.string() })
export type WriterSummary = z.infer<typeof WriterSummary>

/** What the page needs to know before the first question. */
export const AppInfo = z.object({
  version: z.string(),
  connections: z.array(ConnectionSummary),
  /** Why saved connections are missing from the list; null when none are. */
  connectionsProblem: Problem.nullable(),
  writers: z.array(WriterSummary),
  defaultWriter: z.string(),
  /** Questions the default connection can answer, made from its own tables. */
  starters: z.array(z.string()),
})
export type AppInfo = z.infer<typeof AppInfo>

export const TurnState = z.enum(['running', 'waiting', 'done', 'failed', 'cancelled', 'interrupted'])
export type TurnState = z.infer<typeof TurnState>

export const TurnSummary = z.object({
  id: z.uuid(),
  conversationId: z.uuid(),
  question: z.string().nullable(),
  connection: z.string(),
  writer: z.string(),
  state: TurnState,
  lastSeq: z.int().nonnegative(),
  createdAt: z.iso.datetime(),
  /** The turn it follows, null for none; left out by turns of earlier versions, which follow the one before them. */
  follows: z.uuid().nullable().optional(),
  /** Inherited parts that the person took off; left out for none. */
  leaveOut: z.array(z.string()).optional(),
})
export type TurnSummary = z.infer<typeof TurnSummary>

export const ConversationSummary = z.object({
  id: z.uuid(),
  /** The first question. */
  title: z.string(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
})
export type ConversationSummary = z.infer<typeof ConversationSummary>

/** A conversation with all its turns, oldest first. */
export const Conversation = z.object({ conversation: ConversationSummary, turns: z.array(TurnSummary) })
export type Conversation = z.infer<typeof Conversation>

/** Where the HTTP interface begins. */
export const apiPrefix = '/api/v1'

/**
 * Addresses under `apiPrefix` that answer with streams, served beside the REST contract because their events pass through as the text
 * they are stored as: `ask` takes an `Ask` and, like `follow`, answers with server-sent TurnEvents (`id` is the `seq`; an event named
 * `problem` ends a broken reading); `socket` takes SocketCommands and answers with SocketReplies and TurnEvents.
 */
export const streamPaths = { ask: '/turns', follow: '/turns/{turnId}/events', socket: '/socket' } as const

/** Addresses under `apiPrefix` that answer with a file to keep: `audit` takes `q` and `format` as an `AuditFormat`. */
export const downloadPaths = { audit: '/audit/export', person: '/me/export' } as const

/** The close code of a socket whose session has ended: the page signs in again instead of reconnecting. */
export const signedOutCloseCode = 4401

/** The header that names the turn in an answer to `streamPaths.ask`, before its first event. */
export const turnIdHeader = 'floe-turn-id'

/** The routes that asking needs, which the page loads first; `routes.ts` has them all. */
export const askingApi = {
  app: oc.route({ method: 'GET', path: '/app' }).errors(problems).output(AppInfo),
  /** Questions that a connection can answer, made from its own tables; none while those are not to be had. */
  starters: oc
    .route({ method: 'GET', path: '/starters' })
    .input(z.object({ connection: z.string() }))
    .errors(problems)
    .output(z.array(z.string())),
  conversations: {
    read: oc
      .route({ method: 'GET', path: '/conversations/{conversationId}' })
      .input(z.object({ conversationId: z.uuid() }))
      .errors(problems)
      .output(Conversation),
  },
  me: {
    read: oc.route({ method: 'GET', path: '/me' }).errors(problems).output(Me),
    preferences: oc.route({ method: 'GET', path: '/me/preferences' }).errors(problems).output(PreferencesState),
    /** Sets the given fields, null back to the default; answers the whole. */
    changePreferences: oc
      .route({ method: 'PATCH', path: '/me/preferences' })
      .input(PreferencesChange)
      .errors(problems)
      .output(PreferencesState),
  },
  turns: {
    events: oc
      .route({ method: 'GET', path: '/turns/{turnId}' })
      .input(z.object({ turnId: z.uuid(), afterSeq: z.coerce.number().int().nonnegative().default(0) }))
      .errors(problems)
      .output(z.object({ turn: TurnSummary, events: z.array(TurnEvent) })),
    approve: oc.route({ method: 'POST', path: '/turns/{turnId}/approve' }).input(Approve).errors(problems).output(ok),
    edit: oc.route({ method: 'POST', path: '/turns/{turnId}/edit' }).input(Edit).errors(problems).output(ok),
    cancel: oc.route({ method: 'POST', path: '/turns/{turnId}/cancel' }).input(Cancel).errors(problems).output(ok),
  },
}
