import type { TurnFact } from '../../contract/turn-event.ts'
import type { EncodedEvent } from './turns.ts'

/** What a journey yields: a fact, with rows still as the text the engine encoded. */
export type LiveFact =
  Exclude<TurnFact, { kind: 'result.rows' }> | { readonly kind: 'result.rows'; readonly rowsJson: string }

/** The wire text of an event. Row text is spliced in as the engine wrote it, never parsed and printed again. */
export function encodeEvent(
  envelope: { readonly turnId: string; readonly seq: number; readonly at: string },
  fact: LiveFact,
): EncodedEvent {
  const json =
    fact.kind === 'result.rows'
      ? `${JSON.stringify({ kind: fact.kind, ...envelope }).slice(0, -1)},"rows":${fact.rowsJson}}`
      : JSON.stringify({ ...envelope, ...fact })
  return { seq: envelope.seq, kind: fact.kind, json }
}
