import * as z from 'zod/mini'

/** Every intended error of Floe. A code is stable: people, scripts and tests match on it. */
export const problemCodes = [
  'bad_request',
  'bad_question',
  'not_found',
  'connection_unknown',
  'connection_broken',
  'sign_in_needed',
  'signed_out',
  'sign_in_refused',
  'sign_in_failed',
  'issuer_unavailable',
  'sql_refused',
  'sql_invalid',
  'sql_unsupported',
  'stale_approval',
  'turn_not_waiting',
  'warehouse_unreachable',
  'warehouse_failed',
  'query_timeout',
  'query_too_large',
  'result_expired',
  'budget_used',
  'model_unauthorized',
  'model_unavailable',
  'model_limited',
  'model_failed',
  'model_unknown',
  'writer_declined',
  'store_unavailable',
  'too_busy',
  'interrupted',
  'forbidden',
  'token_needed',
  'cannot_listen',
  'internal',
] as const

export const ProblemCode = z.enum(problemCodes)
export type ProblemCode = z.infer<typeof ProblemCode>

/** Who can do something about a problem: the person asking, the operator, an outside provider, or Floe's makers. */
export const WhoseTurn = z.enum(['person', 'operator', 'provider', 'floe'])
export type WhoseTurn = z.infer<typeof WhoseTurn>

/** A place in a text: offsets in UTF-16 code units, end exclusive. */
export const Span = z.object({ start: z.int().check(z.nonnegative()), end: z.int().check(z.nonnegative()) })
export type Span = z.infer<typeof Span>

/** A fault at its place in the text that was sent. */
export const Mark = z.extend(Span, { message: z.string() })
export type Mark = z.infer<typeof Mark>

/** The one intended error: what happened, what to do next, whose turn it is. Crosses the wire as it is. */
export const Problem = z.object({
  code: ProblemCode,
  /** What happened, one plain sentence. */
  message: z.string(),
  /** What to do next, one plain sentence. */
  action: z.string(),
  whoseTurn: WhoseTurn,
  /** The guard's reason code, a list of faults, a provider's own words: shown behind "details". */
  details: z.optional(z.array(z.string())),
  span: z.optional(Span),
  /** Each fault of a text at its place, where there are several; `span` is that of the main one. */
  marks: z.optional(z.array(Mark)),
})
export type Problem = z.infer<typeof Problem>
