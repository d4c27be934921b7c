import type { Problem } from '../../contract/problem.ts'
import type { TurnFact } from '../../contract/turn-event.ts'

type Fact<Kind extends TurnFact['kind']> = Extract<TurnFact, { readonly kind: Kind }>

/** Stands for what Floe asked back: the readings that it offers may name values of the data. */
const askedBack = 'Floe asked back which of several readings was meant.'

/** A problem without its words, in which a warehouse may quote a value. */
const withoutWords = ({ code, whoseTurn }: Problem): Problem => ({
  code,
  message: 'This question was not answered.',
  action: 'Run it yourself to see why.',
  whoseTurn,
})

/**
 * What a reader without the rows sees of each kind of fact, copied field by field, so that a field added later stays hidden until it is named
 * here. Shown are the words and the literals of the owner, the query with its explanation, and how it ended. Hidden is whatever was read from
 * the data or told by the warehouse: rows, columns (a PIVOT names them after values), sentences, charts, facts of steps, estimates.
 */
const shown: { readonly [Kind in TurnFact['kind']]: (fact: Fact<Kind>) => Fact<Kind> | null } = {
  'turn.started': ({ kind, conversationId, question, connection, writer }) => ({
    kind,
    conversationId,
    question,
    connection,
    writer,
  }),
  step: ({ kind, name, state }) => ({ kind, name, state, fact: null }),
  clarification: ({ kind }) => ({ kind, question: askedBack, options: [] }),
  'sql.delta': () => null,
  'query.proposed': ({ kind, sql, digest, tables, interpretation, explanation, assumptions, edited, ...more }) => ({
    kind,
    sql,
    digest,
    tables: tables.map(({ database, schema, name }) => ({ database, schema, name })),
    interpretation,
    explanation,
    assumptions,
    ...(more.inherited && { inherited: more.inherited.map(({ id, text }) => ({ id, text })) }),
    ...(more.ledger && {
      ledger: more.ledger.map(({ from, to, text, role, answeredBy }) => ({
        from,
        to,
        text,
        role,
        answeredBy: Array.isArray(answeredBy)
          ? answeredBy.map((span) => ({ from: span.from, to: span.to }))
          : answeredBy,
      })),
    }),
    estimate: { rows: null, bytes: null },
    edited,
    ...(more.verified && { verified: { by: more.verified.by, at: more.verified.at } }),
  }),
  'query.approved': ({ kind, digest, by }) => ({ kind, digest, by }),
  'result.columns': () => null,
  'result.rows': () => null,
  'result.done': ({ kind, rowCount, truncated, elapsedMs, file }) => ({
    kind,
    rowCount,
    truncated,
    elapsedMs,
    bytes: 0,
    ...(file && { file }),
  }),
  'answer.delta': () => null,
  chart: () => null,
  'follow-ups': () => null,
  'turn.failed': ({ kind, problem }) => ({ kind, problem: withoutWords(problem) }),
  'turn.cancelled': ({ kind, reason, unreadMs }) => ({
    kind,
    ...(reason && { reason }),
    ...(unreadMs !== undefined && { unreadMs }),
  }),
  'turn.done': ({ kind }) => ({ kind }),
}

/** The fact without anything that was read from the data; null where nothing of it may be shown. Kinds of later versions show nothing. */
export function withholdRows(fact: TurnFact): TurnFact | null {
  const show = shown[fact.kind] as ((fact: TurnFact) => TurnFact | null) | undefined
  return show?.(fact) ?? null
}
