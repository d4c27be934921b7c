import type { StorageUse } from '../../contract/storage.ts'
import type { Caller } from '../caller.ts'
import type { Audit } from '../people/audit.ts'
import type { Clock } from '../ports/clock.ts'
import type { HistoryStore } from '../ports/history-store.ts'
import type { RetentionStore, StoredConversation } from '../ports/retention-store.ts'

/** How much is kept and for how long; null for no limit. */
export interface RetentionPolicy {
  /** Bytes of all questions and answers of one person. */
  readonly bytesPerPerson: number | null
  /** Days that a conversation stays after its last use. */
  readonly conversationDays: number | null
  readonly auditDays: number | null
}

/** Removes what is older or larger than the installation keeps, of which each person is told before, and what people have removed themselves. */
export interface Retention {
  readUse(caller: Caller): Promise<StorageUse>
  /** Removes what is due now. */
  apply(): Promise<void>
  /** Applies it from time to time until `end`. */
  begin(): void
  end(): void
}

interface RetentionNeeds {
  readonly store: RetentionStore
  readonly history: Pick<HistoryStore, 'purge'>
  readonly audit: Audit
  readonly clock: Clock
  readonly policy: RetentionPolicy
  /** Removes for good what people removed and can no longer bring back. */
  readonly purge: () => Promise<void>
  readonly onFault: (error: unknown) => void
}

const dayMs = 24 * 3_600_000
/** After the start, so that a process that is only up for a moment removes nothing. */
const firstAfterMs = 5 * 60_000
const everyMs = 3_600_000
/** What people remove can be brought back for so long. */
const undoMs = dayMs
/** Conversations are told of so long before they are removed. */
const toldBeforeMs = 14 * dayMs
/** How long a conversation that its person has removed can be restored at least. */
const restorableMs = 10 * 60_000
/** Rows are removed down to this part of the limit, so that not every answer removes another. */
const trimTo = 0.9
const mostListed = 100

export function makeRetention({ store, history, audit, clock, policy, purge, onFault }: RetentionNeeds): Retention {
  const { bytesPerPerson, conversationDays, auditDays } = policy
  const apply = async (): Promise<void> => {
    await purge()
    const now = clock.now()
    await store.dropRemoved(now - undoMs)
    const removed = {
      deleted: await history.purge(now - restorableMs),
      conversations: conversationDays === null ? 0 : await store.removeConversations(now - conversationDays * dayMs),
      results: bytesPerPerson === null ? 0 : await trimResults(store, bytesPerPerson),
      entries: auditDays === null ? 0 : await store.removeAudit(now - auditDays * dayMs),
    }
    if (Object.values(removed).some((count) => count > 0)) await audit.note(null, 'retention.applied', removed)
  }
  let takeBack = (): void => undefined
  let hasEnded = false
  const applyAfter = (delayMs: number): void => {
    takeBack = clock.after(delayMs, () => {
      apply()
        .catch(onFault)
        .finally(() => hasEnded || applyAfter(everyMs))
    })
  }
  return {
    readUse: async ({ userId }) => {
      const dueAfterMs = conversationDays === null ? null : conversationDays * dayMs
      const [use, kept, aging] = await Promise.all([
        store.readUse(userId),
        store.listKept(userId, mostListed),
        dueAfterMs === null ? [] : store.listAging(userId, clock.now() - dueAfterMs + toldBeforeMs, mostListed),
      ])
      return {
        ...use,
        limitBytes: bytesPerPerson,
        conversationDays,
        kept: kept.map((one) => present(one, null)),
        leaving: aging.map((one) => present(one, dueAfterMs)),
      }
    },
    apply,
    begin: () => applyAfter(firstAfterMs),
    end: () => {
      hasEnded = true
      takeBack()
    },
  }
}

async function trimResults(store: RetentionStore, limit: number): Promise<number> {
  let removed = 0
  for (const ownerId of await store.findOwnersAbove(limit)) removed += await store.removeRows(ownerId, limit * trimTo)
  return removed
}

const present = ({ id, title, updatedAt, bytes }: StoredConversation, dueAfterMs: number | null) => ({
  id,
  title,
  updatedAt,
  bytes,
  leavesAt: dueAfterMs === null ? null : new Date(Date.parse(updatedAt) + dueAfterMs).toISOString(),
})
