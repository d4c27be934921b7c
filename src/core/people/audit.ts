import type { AuditAction, AuditEntry, AuditFormat, AuditPage } from '../../contract/audit.ts'
import { csvLine } from '../../contract/words/spreadsheet.ts'
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
  /**
   * Every entry that holds these words as the text of a file, newest first, read page by page. CSV begins with a head; JSON lines hold an
   * `AuditEntry` each. Throws `forbidden` before anything is read, and itself becomes an entry.
   */
  export(
    caller: Caller,
    asked: { readonly words: string; readonly format: AuditFormat },
  ): Promise<AsyncIterable<string>>
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
  const note: Audit['note'] = (actor, action, facts) =>
    store.append({
      id: identity.uuid(),
      at: clock.now(),
      userId: actor?.userId ?? null,
      door: actor?.door ?? null,
      action,
      facts,
    })
  return {
    note,
    list: async (caller, { words, before, limit }) => {
      demandRight(caller, 'manage_people')
      const rows = await store.list({ words, before, limit: limit + 1 })
      const page = rows.slice(0, limit)
      return { entries: [...page], next: rows.length > limit ? (page.at(-1)?.cursor ?? null) : null }
    },
    export: async (caller, { words, format }) => {
      demandRight(caller, 'manage_people')
      await note(caller, 'audit.exported', { words, format })
      return writeFile(store, words, format)
    },
  }
}

/** Entries read at once for a file. */
const entriesAtOnce = 500

async function* writeFile(store: AuditStore, words: string, format: AuditFormat): AsyncGenerator<string, void> {
  if (format === 'csv') yield csvLine(['at', 'person_id', 'person', 'email', 'door', 'action', 'facts'])
  for (let before: string | null = null; ;) {
    const entries: readonly AuditEntry[] = await store.list({ words, before, limit: entriesAtOnce })
    if (entries.length > 0) yield entries.map((entry) => lineOf(entry, format)).join('')
    if (entries.length < entriesAtOnce) return
    before = entries.at(-1)?.cursor ?? null
  }
}

function lineOf(entry: AuditEntry, format: AuditFormat): string {
  if (format === 'ndjson') return `${JSON.stringify(entry)}\n`
  const { at, person, door, action, facts } = entry
  return csvLine([
    at,
    person?.id ?? null,
    person?.name ?? null,
    person?.email ?? null,
    door,
    action,
    JSON.stringify(facts),
  ])
}
