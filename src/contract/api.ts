import { oc } from '@orpc/contract'
import * as z from 'zod/mini'
import { ChartSettings } from './chart-settings.ts'
import { Approve, Cancel, Edit, Mention } from './command.ts'
import { Me } from './people.ts'
import { PreferencesChange, PreferencesState } from './preferences.ts'
import { Problem } from './problem.ts'
import { ok, problems } from './route-parts.ts'
import { TurnEvent } from './turn-event.ts'

/** How the uses of a connection went lately, as the copy of the server that answers has seen them since its start. */
const ConnectionState = z.object({
  /** When its warehouse answered last; null for not yet. */
  answeredAt: z.nullable(z.iso.datetime()),
  /** When it could not be used last, and why, one sentence. */
  failedAt: z.nullable(z.iso.datetime()),
  failure: z.nullable(z.string()),
})
export type ConnectionState = z.infer<typeof ConnectionState>

const ConnectionSummary = z.object({
  /** What `connection` takes in commands. */
  ref: z.string(),
  label: z.string(),
  /** The engine behind it, in words: shown beside answers so that the sample is not mistaken for Snowflake. */
  engine: z.string(),
  /** What makes it less safe than it should be, one sentence: shown as a badge wherever the connection is used. */
  warning: z.nullable(z.string()),
  /** Null for connections that are not saved: the sample and folders. */
  saved: z.nullable(z.object({ id: z.uuid(), needsSignIn: z.boolean() })),
  /** Left out for a connection that was not used yet. */
  state: z.optional(ConnectionState),
  /** Who shares it with the person's groups, as which role its queries run there, and what is not allowed; left out for one's own. */
  shared: z.optional(
    z.object({
      by: z.string(),
      /** Null for the connection's own. */
      role: z.nullable(z.string()),
      /** Roles that others of the person's groups have, and that are not used. */
      otherRoles: z.array(z.string()),
      mayExport: z.boolean(),
      mayAutoRun: z.boolean(),
      /** Null for all. */
      writers: z.nullable(z.array(z.string())),
    }),
  ),
})
export type ConnectionSummary = z.infer<typeof ConnectionSummary>

const WriterSummary = z.object({ id: z.string(), label: z.string() })
export type WriterSummary = z.infer<typeof WriterSummary>

/** What the page needs to know before the first question. */
export const AppInfo = z.object({
  version: z.string(),
  connections: z.array(ConnectionSummary),
  /** Why saved connections are missing from the list; null when none are. */
  connectionsProblem: z.nullable(Problem),
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
  question: z.nullable(z.string()),
  connection: z.string(),
  writer: z.string(),
  state: TurnState,
  lastSeq: z.int().check(z.nonnegative()),
  createdAt: z.iso.datetime(),
  /** The turn it follows, null for none; left out by turns of earlier versions, which follow the one before them. */
  follows: z.optional(z.nullable(z.uuid())),
  /** Inherited parts that the person took off; left out for none. */
  leaveOut: z.optional(z.array(z.string())),
  /** What the person noted about it; left out for nothing. */
  note: z.optional(z.string()),
  /** How the person wants its answer drawn; left out for the chart that was chosen by rule. */
  chart: z.optional(ChartSettings),
  /** What the person tied places of the question to; left out for none. */
  mentions: z.optional(z.array(Mention)),
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

/**
 * Addresses under `apiPrefix` that answer with a file to keep: `audit` takes `q` and `format` as an `AuditFormat`, `verifiedQueries` takes
 * `connection`.
 */
export const downloadPaths = {
  audit: '/audit/export',
  person: '/me/export',
  verifiedQueries: '/verified-queries/export',
  result: '/turns/{turnId}/export',
  exportFile: '/exports/{exportId}/file',
} as const

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
      .input(z.object({ turnId: z.uuid(), afterSeq: z._default(z.coerce.number().check(z.int(), z.nonnegative()), 0) }))
      .errors(problems)
      .output(z.object({ turn: TurnSummary, events: z.array(TurnEvent) })),
    approve: oc.route({ method: 'POST', path: '/turns/{turnId}/approve' }).input(Approve).errors(problems).output(ok),
    edit: oc.route({ method: 'POST', path: '/turns/{turnId}/edit' }).input(Edit).errors(problems).output(ok),
    cancel: oc.route({ method: 'POST', path: '/turns/{turnId}/cancel' }).input(Cancel).errors(problems).output(ok),
  },
}
