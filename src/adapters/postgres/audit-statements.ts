import type { AuditEntry } from '../../contract/audit.ts'
import { operatorId } from '../../core/caller.ts'
import type { AuditRow, AuditStore } from '../../core/ports/audit-store.ts'
import type { Statements } from './database.ts'
import { and, desc, eq, sql } from './drizzle.ts'
import { auditEntries, users } from './people-schema.ts'

export async function insertEntry(statements: Statements, { at, ...row }: AuditRow): Promise<void> {
  await statements
    .insert(auditEntries)
    .values({ ...row, at: new Date(at) })
    .onConflictDoNothing()
}

export async function selectEntries(
  statements: Statements,
  { words, before, limit }: Parameters<AuditStore['list']>[0],
): Promise<readonly AuditEntry[]> {
  const pattern = `%${words.replaceAll(/[\\%_]/g, '\\$&')}%`
  const rows = await statements
    .select({ entry: auditEntries, name: users.name, email: users.email })
    .from(auditEntries)
    .leftJoin(users, eq(users.id, auditEntries.userId))
    .where(
      and(
        before === null ? undefined : sql`${auditEntries.ordinal} < ${before}::bigint`,
        words === ''
          ? undefined
          : sql`concat_ws(' ', ${auditEntries.action}, ${users.name}, ${users.email}, ${auditEntries.facts}::text) ilike ${pattern}`,
      ),
    )
    .orderBy(desc(auditEntries.ordinal))
    .limit(limit)
  return rows.map(({ entry: { ordinal, at, userId, door, action, facts }, name, email }) => ({
    cursor: String(ordinal),
    at: at.toISOString(),
    person:
      userId === null
        ? null
        : { id: userId, name: name ?? (userId === operatorId ? 'The operator' : 'Somebody who left'), email },
    door,
    action,
    facts,
  }))
}
