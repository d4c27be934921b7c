import type { AskDoctor, SessionFacts } from './doctor.ts'

const statement = 'SELECT CURRENT_USER(), CURRENT_ROLE(), CURRENT_SECONDARY_ROLES(), CURRENT_WAREHOUSE()'

/** Signs in and asks where the session stands. Throws what the link throws. */
export async function readSession(ask: AskDoctor): Promise<SessionFacts> {
  const { rows } = await ask(statement)
  const [user, role, secondaryRoles, warehouse] = rows[0] ?? []
  return {
    user: user ?? '',
    role: role ?? null,
    secondaryRoles: readSecondaryRoles(secondaryRoles ?? null),
    warehouse: warehouse ?? null,
  }
}

/** Snowflake tells them as `{"roles":"A,B","value":"ALL"}`; without any, both are empty. Text of another form counts as a role. */
export function readSecondaryRoles(json: string | null): readonly string[] {
  if (json === null || json === '') return []
  try {
    const { roles = '', value = '' } = JSON.parse(json) as { readonly roles?: string; readonly value?: string }
    const named = roles.split(',').filter((role) => role !== '')
    return named.length > 0 || value === '' || value === 'NONE' ? named : [value]
  } catch (error) {
    if (error instanceof SyntaxError) return [json]
    throw error
  }
}
