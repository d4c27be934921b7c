import { strictPolicy } from '../../contract/guard-policy.ts'
import type { Estimate } from '../../contract/result.ts'
import type { TableName } from '../../contract/turn-event.ts'
import { estimateInWords } from '../../contract/words/amounts.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { Guard } from '../guard/make-guard.ts'
import type { ReadOnlySql } from '../guard/read-only-sql.ts'
import { refusalProblem } from '../guard/verdict.ts'
import { refuseTooLarge } from './describe-estimate.ts'
import type { Asker } from '../ports/warehouse.ts'
import { inStep, type StepResult } from './in-step.ts'
import type { Draft, JourneyNeeds, JourneyOrder, Place } from './journey.ts'
import type { LiveFact } from './live-event.ts'
import { whileUnread } from './while-unread.ts'

/** A draft that passed: what will be shown, and what will be run. */
export interface CheckedQuery {
  readonly draft: Draft
  /** The statement with its row limit; the only text that is ever run. */
  readonly runnable: ReadOnlySql
  readonly tables: readonly TableName[]
  readonly estimate: Estimate
  /** The query in plain words. */
  readonly explanation: string
  /** Binds an approval to connection, text and row limit. */
  readonly digest: string
}

type Needs = Pick<JourneyNeeds, 'guard' | 'identity' | 'explain' | 'limits'>

/** Judges a draft, has the warehouse compile it, and says what it will read. Throws `sql_refused`, `sql_invalid`, `sql_unsupported`, `query_too_large`. */
export async function* checkQuery(
  needs: Needs,
  order: JourneyOrder,
  place: Place,
  draft: Draft,
  signal: AbortSignal,
): AsyncGenerator<LiveFact, CheckedQuery> {
  const checked = yield* inStep('check-query', () => judge(needs, order, place, draft, signal))
  const fact = [estimateInWords(checked.estimate), ...(checked.estimate.warnings ?? [])].join('. ')
  return yield* inStep('estimate', () => Promise.resolve({ fact, value: checked }))
}

/** The same without events, for text that may be refused while an earlier proposal stands. */
export async function judge(
  needs: Needs,
  order: JourneyOrder,
  { connection, catalog }: Place,
  draft: Draft,
  signal: AbortSignal,
): Promise<StepResult<CheckedQuery>> {
  const { verdict, mended } = await guardDraft(needs.guard, draft.sql, catalog)
  // One row more than asked for: it proves that there was more, and is never delivered.
  const runnable = await needs.guard.capRows(verdict.sql, order.maxRows + 1, { catalog, policy: strictPolicy })
  const [{ estimate }, explanation] = await Promise.all([
    connection.warehouse.compile(runnable, { signal, asker: askerOf(order) }),
    needs.explain(verdict.sql),
  ])
  refuseTooLarge(estimate, needs.limits)
  const digest = needs.identity.sha256(JSON.stringify([connection.ref, verdict.sql, order.maxRows]))
  return {
    fact: 'Only reads; every name exists; the warehouse accepts it',
    value: {
      draft: { ...draft, sql: verdict.sql, assumptions: [...draft.assumptions, ...mended] },
      runnable,
      tables: verdict.tables,
      estimate,
      explanation,
      digest,
    },
  }
}

/** Judges a text; names that only need their case, quotes or qualifier are mended, and the mending is told. */
export async function guardDraft(guard: Guard, sql: string, catalog: Catalog) {
  const verdict = await guard.guardSql(sql, { catalog, policy: strictPolicy })
  if (verdict.ok) return { verdict, mended: [] }
  if (verdict.repaired === null) throw refusalProblem(whileUnread(verdict, catalog))
  const again = await guard.guardSql(verdict.repaired, { catalog, policy: strictPolicy })
  if (!again.ok) throw refusalProblem(whileUnread(again, catalog))
  return { verdict: again, mended: ['Names were spelled as the warehouse stores them.'] }
}

/** Who a turn's statements are for. */
export const askerOf = ({ caller, turnId }: JourneyOrder): Asker => ({ userId: caller.userId, turnId })
