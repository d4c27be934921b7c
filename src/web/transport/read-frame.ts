import * as z from 'zod/mini'
import { Problem } from '../../contract/problem.ts'
import { TurnEnvelope, TurnEvent } from '../../contract/turn-event.ts'
import type { ReceivedEvent } from '../turns/apply-event.ts'
import { favoritesNews } from '../turns/conversation-changes.ts'
import { problemWords } from '../words/shell.ts'
import { ofThisPage } from './channel.ts'

/** What a server said in one frame: an answer to a command, something that happened in a turn, what the person has set, or which conversation has changed. */
export type Frame =
  | { readonly type: 'reply'; readonly reply: string; readonly problem: Problem | null }
  | { readonly type: 'event'; readonly event: ReceivedEvent }
  | { readonly type: 'preferences'; readonly state: unknown }
  | { readonly type: 'conversation'; readonly conversationId: string }
  | { readonly type: 'unreadable' }

// Looser than the contract's own SocketReply and TurnEvent: a page that is older than its server must still read what it knows.
const Reply = z.object({ reply: z.string(), problem: z.optional(z.unknown()) })
const Told = z.object({
  reply: z.null(),
  preferences: z.optional(z.unknown()),
  conversation: z.optional(z.string()),
  favorites: z.optional(z.boolean()),
})
const AnyEvent = z.extend(TurnEnvelope, { kind: z.string() })

/** Reads one frame of the socket or the data of one server-sent event. Never throws. */
export function readFrame(text: string): Frame {
  const value = parseJson(text)
  const reply = Reply.safeParse(value)
  if (reply.success) return { type: 'reply', reply: reply.data.reply, problem: readProblem(reply.data.problem) }
  const told = Told.safeParse(value)
  if (told.success && told.data.preferences !== undefined) return { type: 'preferences', state: told.data.preferences }
  if (told.data?.conversation !== undefined) return { type: 'conversation', conversationId: told.data.conversation }
  if (told.data?.favorites === true) return { type: 'conversation', conversationId: favoritesNews }
  const event = readEvent(value)
  return event === null ? { type: 'unreadable' } : { type: 'event', event }
}

/** A refusal counts as one even when this page does not know its code yet. */
function readProblem(value: unknown): Problem | null {
  if (value === undefined || value === null) return null
  const problem = Problem.safeParse(value)
  if (problem.success) return problem.data
  return ofThisPage({
    code: 'internal',
    message: problemWords.refused,
    action: problemWords.refusedAction,
    whoseTurn: 'floe',
    details: [JSON.stringify(value)],
  })
}

function readEvent(value: unknown): ReceivedEvent | null {
  const envelope = AnyEvent.safeParse(value)
  if (!envelope.success) return null
  // Judging every cell of a large result would stop the page; the shape that the table relies on is enough.
  if (envelope.data.kind === 'result.rows' && isRows(value)) return value
  const event = TurnEvent.safeParse(value)
  return event.success ? event.data : { ...envelope.data, kind: 'unknown' }
}

const isRows = (value: unknown): value is Extract<TurnEvent, { kind: 'result.rows' }> => {
  const { rows } = value as { rows?: unknown }
  return Array.isArray(rows) && rows.every((row) => Array.isArray(row))
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
