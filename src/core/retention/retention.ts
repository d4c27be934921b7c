import type { StorageUse } from '../../contract/storage.ts'
import type { Caller } from '../caller.ts'
import type { Audit } from '../people/audit.ts'
import type { Clock } from '../ports/clock.ts'
import type { RetentionStore, StoredConversation } from '../ports/retention-store.ts'
import { problem } from '../problem.ts'

/** How much is kept and for how long; null for no limit. */
export interface RetentionPolicy {
  /** Bytes of all questions and answers of one person. */
  readonly bytesPerPerson: number | null
  /** Days that a conversation stays after its last use. */
  readonly conversationDays: number | null
  readonly auditDays: number | null
}

/** Removes what is older or larger than the installation keeps, and tells each person before. */
export interface Retention {
  readUse(caller: Caller): Promise<StorageUse>
  /** Keeps a conversation however old it is, or no more. Throws `not_found`. */
  keep(caller: Caller, conversationId: string, isKept: boolean): Promise<void>
  /** Removes what is due now. */
  apply(): Promise<void>
  /** Applies it from time to time until `end`. */
  begin(): void
  end(): void
}

interface RetentionNeeds {
  readonly store: RetentionStore
  readonly audit: Audit
  readonly clock: Clock
  readonly policy: RetentionPolicy
  readonly onFault: (error: unknown) => void
}

const dayMs = 24 * 3_600_000
/** After the start, so that a process that is only up for a moment removes nothing. */
const firstAfterMs = 5 * 60_000
const everyMs = 3_600_000
/** Conversations are told of so long before they are removed. */
const toldBeforeMs = 14 * dayMs
/** Rows are removed down to this part of the limit, so that not every answer removes another. */
const trimTo = 0.9
const mostListed = 100

export function makeRetention({ store, audit, clock, policy, onFault }: RetentionNeeds): Retention {
  const { bytesPerPerson, conversationDays, auditDays } = policy
  const apply = async (): Promise<void> => {
    const now = clock.now()
    const removed = {
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
    keep: async ({ userId }, conversationId, isKept) => {
      if (await store.keep(userId, conversationId, isKept)) return
      throw problem('not_found', 'There is no such conversation.', 'Check the link, or start a new one.')
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
