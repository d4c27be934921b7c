import { z } from 'zod'
import { Problem } from './problem.ts'

/** The longest question in characters; longer text is a paste, not a question. */
export const maxQuestionLength = 8_000
/** The longest SQL text in characters (UTF-16 code units) that any transport accepts: room for a list of 10,000 values. */
export const maxSqlLength = 250_000
/** The most rows one result may ask for. */
export const maxRowsLimit = 1_000_000
/** The rows delivered when a request does not say how many. */
export const defaultMaxRows = 10_000

const text = z.string()

/** Starts a turn from a question or from given SQL (one of the two). Repeating it with the same `turnId` resumes that turn. */
export const Ask = z
  .object({
    turnId: z.uuid().optional(),
    conversationId: z.uuid().optional(),
    /** The turn that the question follows, null for none; left out for the last turn of the conversation. */
    follows: z.uuid().nullable().optional(),
    /** Inherited parts to go without, by the ids that the proposal gave them. */
    leaveOut: z.array(z.string().max(500)).max(50).optional(),
    question: text.optional(),
    sql: text.optional(),
    /** A saved name, `sample` or `folder:PATH`. */
    connection: z.string().default('sample'),
    /** `offline` or `provider:model`; without it the server's default writer. */
    model: z.string().optional(),
    /** Runs the query without waiting for an approval. */
    autoRun: z.boolean().default(false),
    maxRows: z.int().positive().max(maxRowsLimit).default(defaultMaxRows),
  })
  .refine((ask) => (ask.question === undefined) !== (ask.sql === undefined), 'Give either a question or sql.')
export type Ask = z.infer<typeof Ask>

/** Approves exactly the text whose digest is named; any other digest is refused. */
export const Approve = z.object({ turnId: z.uuid(), digest: z.string() })
export type Approve = z.infer<typeof Approve>

/** Replaces the proposed text; the new text is judged and proposed anew under its own digest. */
export const Edit = z.object({ turnId: z.uuid(), sql: text })
export type Edit = z.infer<typeof Edit>

export const Cancel = z.object({ turnId: z.uuid() })
export type Cancel = z.infer<typeof Cancel>

/** Asks for the events of a turn after `afterSeq`, the stored ones first, then the live ones. */
export const Resume = z.object({ turnId: z.uuid(), afterSeq: z.int().nonnegative().default(0) })
export type Resume = z.infer<typeof Resume>

/** What a person asks, with the id that makes asking it twice harmless. */
export type AskOnce = z.input<typeof Ask> & { readonly turnId: string }

/** What a client does with turns over any transport. */
export type TurnCommand =
  | { readonly command: 'ask'; readonly ask: AskOnce }
  | { readonly command: 'approve'; readonly approve: Approve }
  | { readonly command: 'edit'; readonly edit: Edit }
  | { readonly command: 'cancel'; readonly cancel: Cancel }

/**
 * What a client says over the socket. `id` is the client's own and comes back in the reply. Answers are
 * `{"reply": id, "ok": true}` or `{"reply": id, "problem": …}`; every other frame is a TurnEvent.
 * Several turns may run on one socket; asking or resuming a turn that this socket already reads starts its reading anew.
 */
export const SocketCommand = z.discriminatedUnion('command', [
  z.object({ command: z.literal('ask'), id: z.string(), ask: Ask }),
  z.object({ command: z.literal('approve'), id: z.string(), approve: Approve }),
  z.object({ command: z.literal('edit'), id: z.string(), edit: Edit }),
  z.object({ command: z.literal('cancel'), id: z.string(), cancel: Cancel }),
  z.object({ command: z.literal('resume'), id: z.string(), resume: Resume }),
  /** Answered at once: a client that hears nothing back knows that the connection is dead. */
  z.object({ command: z.literal('ping'), id: z.string() }),
])
export type SocketCommand = z.infer<typeof SocketCommand>

/**
 * What the server answers to a command. `turnId` comes with the answer to `ask` and `resume`. A problem after an `ok` means
 * that the reading of that turn broke; the socket then closes with 1011: open it again and resume. `reply` is null for a frame whose `id` could not be read.
 */
export const SocketReply = z.union([
  z.object({ reply: z.string(), ok: z.literal(true), turnId: z.uuid().optional() }),
  z.object({ reply: z.string().nullable(), problem: Problem }),
])
export type SocketReply = z.infer<typeof SocketReply>
