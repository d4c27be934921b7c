import { problem } from '../problem.ts'
import { holdBack } from './describe-estimate.ts'
import { judge, type CheckedQuery } from './check-query.ts'
import type { JourneyNeeds, JourneyOrder, Place } from './journey.ts'
import type { LiveFact } from './live-event.ts'
import type { Steer, Steering } from './steering.ts'

/** Proposes a query and waits until exactly that text is approved; an edit proposes anew. Returns what was approved. */
export async function* awaitApproval(
  needs: JourneyNeeds,
  order: JourneyOrder,
  place: Place,
  first: CheckedQuery,
  steering: Steering,
  signal: AbortSignal,
): AsyncGenerator<LiveFact, CheckedQuery> {
  let query = first
  const heldBack = order.autoRun ? holdBack(query.estimate, needs.limits) : null
  yield propose(query, heldBack)
  if (order.autoRun && heldBack === null) {
    yield { kind: 'query.approved', digest: query.digest, by: 'auto' }
    return query
  }
  for (;;) {
    const steer = await steering.next(signal)
    if (steer.kind === 'edit') {
      const edited = await judgeEdit(needs, order, place, steer, signal)
      if (edited === null) continue
      query = edited
      yield propose(query, null)
      steer.accept()
    } else if (steer.digest === query.digest) {
      yield { kind: 'query.approved', digest: query.digest, by: 'person' }
      steer.accept()
      return query
    } else {
      steer.refuse(stale())
    }
  }
}

const stale = () =>
  problem(
    'stale_approval',
    'The query has changed since it was shown.',
    'Read the query as it stands now and approve that one.',
  )

const propose = (
  { draft, digest, tables, estimate, explanation }: CheckedQuery,
  heldBack: string | null,
): LiveFact => ({
  kind: 'query.proposed',
  sql: draft.sql,
  digest,
  tables: [...tables],
  interpretation: draft.interpretation,
  explanation,
  assumptions: [...draft.assumptions],
  estimate,
  ...(heldBack === null ? {} : { heldBack }),
  edited: draft.edited,
})

/** An edit that does not pass is refused to whoever made it; the proposal stands. */
async function judgeEdit(
  needs: JourneyNeeds,
  order: JourneyOrder,
  place: Place,
  steer: Steer & { readonly kind: 'edit' },
  signal: AbortSignal,
): Promise<CheckedQuery | null> {
  const draft = { sql: steer.sql, interpretation: null, assumptions: [], chart: null, edited: true }
  try {
    return (await judge(needs, order, place, draft, signal)).value
  } catch (error) {
    steer.refuse(error)
    if (signal.aborted) throw error
    return null
  }
}
