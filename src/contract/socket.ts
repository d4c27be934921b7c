import * as z from 'zod/mini'
import { Approve, Ask, Cancel, Edit, Resume } from './command.ts'
import { PreferencesState } from './preferences.ts'
import { Problem } from './problem.ts'

/** What a client calls a command by. */
export const CommandId = z.string().check(z.maxLength(100))

/**
 * What a client says over the socket. `id` is the client's own and comes back in the reply, null in place of one that is too long. Answers are
 * `{"reply": id, "ok": true}` or `{"reply": id, "problem": …}`; every other frame is a TurnEvent.
 * Several turns may run on one socket; asking or resuming a turn that this socket already reads starts its reading anew.
 */
export const SocketCommand = z.discriminatedUnion('command', [
  z.object({ command: z.literal('ask'), id: CommandId, ask: Ask }),
  z.object({ command: z.literal('approve'), id: CommandId, approve: Approve }),
  z.object({ command: z.literal('edit'), id: CommandId, edit: Edit }),
  z.object({ command: z.literal('cancel'), id: CommandId, cancel: Cancel }),
  z.object({ command: z.literal('resume'), id: CommandId, resume: Resume }),
  /** Answered at once: a client that hears nothing back knows that the connection is dead. */
  z.object({ command: z.literal('ping'), id: CommandId }),
])
export type SocketCommand = z.infer<typeof SocketCommand>

/**
 * What the server answers to a command. `turnId` comes with the answer to `ask` and `resume`. A problem after an `ok` means
 * that the reading of that turn broke; the socket then closes with 1011: open it again and resume. `reply` is null for a frame whose `id` could not be read.
 */
export const SocketReply = z.union([
  /** No answer to a command: the person's preferences were changed, here or elsewhere. */
  z.object({ reply: z.null(), preferences: PreferencesState }),
  /** No answer to a command: something in this conversation of the person has changed, here or elsewhere. */
  z.object({ reply: z.null(), conversation: z.uuid() }),
  /** No answer to a command: favorites or folders of the person have changed, here or elsewhere. */
  z.object({ reply: z.null(), favorites: z.literal(true) }),
  z.object({ reply: z.string(), ok: z.literal(true), turnId: z.optional(z.uuid()) }),
  z.object({ reply: z.nullable(z.string()), problem: Problem }),
])
export type SocketReply = z.infer<typeof SocketReply>
