import { problem } from '../problem.ts'
import { draftOfPerson, type RunningJourney } from './journey.ts'
import { notWaiting, type Decision, type PendingDecision } from './pending-decision.ts'
import type { LiveFact } from './turn-facts.ts'
import { reasonToAsk, reasonToHold, validateEdit, type ValidatedQuery } from './validate-query.ts'

/** Proposes a query and waits until exactly that text is approved; an edit proposes anew. Returns what was approved. */
export async function* awaitApproval(
  run: RunningJourney,
  first: ValidatedQuery,
  decision: Pick<PendingDecision, 'next'>,
): AsyncGenerator<LiveFact, ValidatedQuery> {
  const { autoRun } = run.order
  const limit = typeof autoRun === 'boolean' ? null : autoRun
  const heldBack =
    autoRun === false
      ? null
      : (reasonToHold(first, run.connection.policy) ?? (limit === null ? null : reasonToAsk(first, limit)))
  yield propose(first, heldBack)
  if (autoRun !== false && heldBack === null) {
    yield { kind: 'query.approved', digest: first.digest, by: 'auto', ...(limit === null ? {} : { setting: limit }) }
    run.signal.throwIfAborted()
    return first
  }
  let query = first
  let lastEdit: string | null = null
  for (;;) {
    const decided = await decision.next(run.signal)
    // A page whose line broke says it once more, not knowing whether it arrived.
    if (decided.kind === 'edit' && decided.sql === lastEdit) decided.accept()
    else if (decided.kind === 'edit') {
      const edited = await validateOrRefuse(run, decided)
      if (edited === null) continue
      query = edited
      lastEdit = decided.sql
      yield propose(query, null)
      decided.accept()
    } else if (decided.digest === query.digest) {
      yield { kind: 'query.approved', digest: query.digest, by: 'person' }
      // The store was asked meanwhile and may have said that another process has ended the turn.
      if (run.signal.aborted) decided.refuse(notWaiting())
      run.signal.throwIfAborted()
      decided.accept()
      return query
    } else {
      decided.refuse(staleApproval())
    }
  }
}

const staleApproval = () =>
  problem(
    'stale_approval',
    'The query has changed since it was shown.',
    'Read the query as it stands now and approve that one.',
  )

const propose = (
  { draft, digest, tables, estimate, explanation, ledger }: ValidatedQuery,
  heldBack: string | null,
): LiveFact => ({
  kind: 'query.proposed',
  sql: draft.sql,
  digest,
  tables: [...tables],
  interpretation: draft.interpretation,
  explanation,
  assumptions: [...draft.assumptions],
  ...(draft.inherited === undefined || draft.inherited.length === 0 ? {} : { inherited: [...draft.inherited] }),
  ...(ledger === null ? {} : { ledger: [...ledger] }),
  estimate,
  ...(heldBack === null ? {} : { heldBack }),
  edited: draft.edited,
  ...(draft.verified === undefined ? {} : { verified: draft.verified }),
})

/** An edit that does not pass is refused to the person who made it; the proposal stands. */
async function validateOrRefuse(
  run: RunningJourney,
  edit: Decision & { readonly kind: 'edit' },
): Promise<ValidatedQuery | null> {
  try {
    return await validateEdit(run, draftOfPerson(edit.sql))
  } catch (error) {
    edit.refuse(run.signal.aborted ? notWaiting() : error)
    run.signal.throwIfAborted()
    return null
  }
}
