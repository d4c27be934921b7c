import type { AuditAction, AuditEntry, AuditPage } from '../../contract/audit.ts'
import { demandRight, type Caller } from '../caller.ts'
import type { AuditStore } from '../ports/audit-store.ts'
import type { Clock } from '../ports/clock.ts'
import type { Identity } from '../ports/identity.ts'

/** What was done by whom. Entries are only ever added; they hold no secrets and no rows. */
export interface Audit {
  /** Adds an entry; `actor` null where nobody is signed in. */
  note(actor: Pick<Caller, 'userId' | 'door'> | null, action: AuditAction, facts: AuditEntry['facts']): Promise<void>
  /** Newest first. Throws `forbidden` for anybody but admins. */
  list(caller: Caller, query: AuditQuery): Promise<AuditPage>
}

export interface AuditQuery {
  /** Words that an entry holds in its action, its person or its facts. */
  readonly words: string
  /** Where the page before ended. */
  readonly before: string | null
  readonly limit: number
}

export function makeAudit(needs: {
  readonly store: AuditStore
  readonly clock: Clock
  readonly identity: Identity
}): Audit {
  const { store, clock, identity } = needs
  return {
    note: (actor, action, facts) =>
      store.append({
        id: identity.uuid(),
        at: clock.now(),
        userId: actor?.userId ?? null,
        door: actor?.door ?? null,
        action,
        facts,
      }),
    list: async (caller, { words, before, limit }) => {
      demandRight(caller, 'manage_people')
      const rows = await store.list({ words, before, limit: limit + 1 })
      const page = rows.slice(0, limit)
      return { entries: [...page], next: rows.length > limit ? (page.at(-1)?.cursor ?? null) : null }
    },
  }
}
