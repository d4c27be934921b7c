import * as z from 'zod/mini'
import { ChartSettings } from './chart-settings.ts'
import { TurnEvent } from './turn-event.ts'

/** Who may read what is shared: everybody who may sign in, or the members of one group. */
export const ShareAudience = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('everyone') }),
  z.object({ kind: z.literal('group'), groupId: z.uuid(), name: z.string() }),
])
export type ShareAudience = z.infer<typeof ShareAudience>

export const NewShare = z.object({
  conversationId: z.uuid(),
  /** One turn of the conversation; left out for all its turns up to now. */
  turnId: z.optional(z.uuid()),
  /** A group must be one that the owner is in. */
  audience: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('everyone') }),
    z.object({ kind: z.literal('group'), groupId: z.uuid() }),
  ]),
  /** Whether readers see the rows, and what was said and drawn of them, as they were then. */
  withRows: z._default(z.boolean(), false),
})
export type NewShare = z.infer<typeof NewShare>

/** A share as its owner sees it. The page shows it to others at `/shared/{id}`. */
export const Share = z.object({
  id: z.uuid(),
  conversationId: z.uuid(),
  /** Null for the conversation. */
  turnId: z.nullable(z.uuid()),
  /** The first question that is shared, or what stands for it. */
  title: z.string(),
  audience: ShareAudience,
  withRows: z.boolean(),
  createdAt: z.iso.datetime(),
})
export type Share = z.infer<typeof Share>

/** A turn as its readers see it. */
export const SharedTurn = z.object({
  id: z.uuid(),
  question: z.nullable(z.string()),
  /** The connection it was asked of, by the owner's name for it. */
  connection: z.string(),
  writer: z.string(),
  createdAt: z.iso.datetime(),
  /** How the owner wants the answer drawn; left out where its rows are not shared, and for the chart that was chosen by rule. */
  chart: z.optional(ChartSettings),
})
export type SharedTurn = z.infer<typeof SharedTurn>

/** What a link leads to. */
export const SharedConversation = z.object({
  share: z.object({
    id: z.uuid(),
    title: z.string(),
    owner: z.object({ name: z.string() }),
    /** Whether the reader is the owner. */
    isMine: z.boolean(),
    withRows: z.boolean(),
    createdAt: z.iso.datetime(),
  }),
  /**
   * Oldest first. Without rows the events hold nothing that was read from the data: kinds that would are left out, the rest is numbered anew
   * and has stand-ins for the fields that would.
   */
  turns: z.array(z.object({ turn: SharedTurn, events: z.array(TurnEvent) })),
})
export type SharedConversation = z.infer<typeof SharedConversation>
