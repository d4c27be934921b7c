import { z } from 'zod'

/** The longest question in characters; longer text is a paste, not a question. */
export const maxQuestionLength = 8_000
/** The longest SQL text in characters (UTF-16 code units) that any transport accepts: room for a list of 10,000 values. */
export const maxSqlLength = 250_000
/** The most rows one result may ask for. */
export const maxRowsLimit = 1_000_000
/** The connection that is asked when nobody says which. */
export const sampleConnection = 'sample'
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
    /** A saved name, `sample` or `folder:PATH`. Like all that follow, without it the person's own setting holds; without that, the sample. */
    connection: z.string().optional(),
    /** `offline` or `provider:model`; without it the server's default writer. */
    model: z.string().optional(),
    /** Runs the query without waiting for an approval; without it queries wait. */
    autoRun: z.boolean().optional(),
    /** The most rows to deliver; without it 10,000. */
    maxRows: z.int().positive().max(maxRowsLimit).optional(),
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
