import * as z from 'zod/mini'

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

/** The most places of one question that may be tied to a name. */
export const maxMentions = 50

/**
 * Words of a question that stand for exactly one table or column, as a person chose it. Offsets are into the question as it is sent, in UTF-16
 * code units, the end exclusive. `name` is dotted, its parts quoted where they are no plain words: `DATABASE.SCHEMA.TABLE`, and `.COLUMN`
 * after it for a column; parts in front may be left out where the name stays the only one.
 */
export const Mention = z.object({
  from: z.int().check(z.nonnegative()),
  to: z.int().check(z.positive()),
  kind: z.enum(['table', 'column']),
  name: z.string().check(z.minLength(1), z.maxLength(1_100)),
})
export type Mention = z.infer<typeof Mention>

/** Starts a turn from a question or from given SQL (one of the two). Repeating it with the same `turnId` resumes that turn. */
export const Ask = z
  .object({
    turnId: z.optional(z.uuid()),
    conversationId: z.optional(z.uuid()),
    /** The turn that the question follows, null for none; left out for the last turn of the conversation. */
    follows: z.optional(z.nullable(z.uuid())),
    /** Inherited parts to go without, by the ids that the proposal gave them. */
    leaveOut: z.optional(z.array(z.string().check(z.maxLength(500))).check(z.maxLength(50))),
    question: z.optional(text),
    /** What places of the question stand for. Names of tables written in it as `@NAME` need none. */
    mentions: z.optional(z.array(Mention).check(z.maxLength(maxMentions))),
    sql: z.optional(text),
    /** A saved name, `sample` or `folder:PATH`. Like all that follow, without it the person's own setting holds; without that, the sample. */
    connection: z.optional(z.string()),
    /** `offline` or `provider:model`; without it the server's default writer. */
    model: z.optional(z.string()),
    /** Runs the query without waiting for an approval; without it queries wait. */
    autoRun: z.optional(z.boolean()),
    /** The most rows to deliver; without it 10,000. */
    maxRows: z.optional(z.int().check(z.positive(), z.lte(maxRowsLimit))),
  })
  .check(z.refine((ask) => (ask.question === undefined) !== (ask.sql === undefined), 'Give either a question or sql.'))
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
export const Resume = z.object({ turnId: z.uuid(), afterSeq: z._default(z.int().check(z.nonnegative()), 0) })
export type Resume = z.infer<typeof Resume>

/** What a person asks, with the id that makes asking it twice harmless. */
export type AskOnce = z.input<typeof Ask> & { readonly turnId: string }

/** What a client does with turns over any transport. */
export type TurnCommand =
  | { readonly command: 'ask'; readonly ask: AskOnce }
  | { readonly command: 'approve'; readonly approve: Approve }
  | { readonly command: 'edit'; readonly edit: Edit }
  | { readonly command: 'cancel'; readonly cancel: Cancel }
