import * as z from 'zod/mini'

/** News that one copy of the server tells the others. It names what changed; whoever acts on it reads the change from the store. */
export const Notice = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('preferences'), userId: z.uuid() }),
  /** Favorites or folders of a person have changed. */
  z.object({ kind: z.literal('favorites'), userId: z.uuid() }),
  /** A session, a token or an app's grant has ended; without either, the person may not come any more. */
  z.object({
    kind: z.literal('ended'),
    userId: z.uuid(),
    sessionId: z.nullable(z.uuid()),
    tokenId: z.nullable(z.string().check(z.maxLength(64))),
  }),
  /** All sessions of a person have ended; their tokens go on. */
  z.object({ kind: z.literal('sessions_ended'), userId: z.uuid() }),
  /** A group may no longer use a connection as it did; without one, any connection. Running sessions of the share are closed. */
  z.object({ kind: z.literal('share_ended'), groupId: z.uuid(), connectionId: z.nullable(z.uuid()) }),
  /** A person may do something else than before: their role has changed. */
  z.object({ kind: z.literal('person_changed'), userId: z.uuid() }),
  /** A command was left for the copy that runs the turn. */
  z.object({ kind: z.literal('turn_command'), turnId: z.uuid() }),
  z.object({ kind: z.literal('turn_command_done'), commandId: z.uuid() }),
  /** Something in a person's conversation has changed: a turn of it, its name, or that it is there at all. */
  z.object({ kind: z.literal('conversation'), userId: z.uuid(), conversationId: z.uuid() }),
])
export type Notice = z.infer<typeof Notice>

/** A notice as it travels, with the copy that it comes from. */
export const SentNotice = z.object({ from: z.uuid(), notice: Notice })
export type SentNotice = z.infer<typeof SentNotice>
