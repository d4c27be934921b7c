import type { PreferenceStore } from '../../core/ports/preference-store.ts'
import type { Statements } from './database.ts'
import { eq, sql } from './drizzle.ts'
import { preferences, users } from './people-schema.ts'

const columns = { version: preferences.version, fields: preferences.fields }

export async function selectPreferences(statements: Statements, userId: string): Promise<unknown> {
  const [row] = await statements.select(columns).from(preferences).where(eq(preferences.userId, userId))
  return row ?? null
}

export const changePreferences = (
  statements: Statements,
  userId: string,
  change: Parameters<PreferenceStore['change']>[1],
): ReturnType<PreferenceStore['change']> =>
  statements.transaction(async (transaction) => {
    // The row of the person is locked, because there may be none of the preferences yet.
    const [person] = await transaction
      .select({ id: users.id })
      .from(users)
      .where(eq(users.id, userId))
      .for('no key update')
    if (person === undefined) return null
    const [stored] = await transaction.select(columns).from(preferences).where(eq(preferences.userId, userId))
    const changed = change(stored ?? null)
    const set = { version: changed.version, fields: changed.fields, updatedAt: sql`now()` }
    await transaction
      .insert(preferences)
      .values({ userId, ...set })
      .onConflictDoUpdate({ target: preferences.userId, set })
    return changed
  })
