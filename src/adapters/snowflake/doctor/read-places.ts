import type { ConnectionPlaces } from '../../../contract/connection-setup.ts'
import { ProblemError } from '../../../core/problem.ts'
import { readRows, readText, type RowReader } from '../discovery/result-rows.ts'
import type { AskDoctor } from './doctor.ts'

/** Names that a picker offers; more would not be looked through. */
const mostListed = 1_000

/**
 * Lists what the signed-in user may choose from. `SHOW` wakes no warehouse, and the roles come from the session itself, because `SHOW ROLES`
 * lists those of other people as well. A list that Snowflake refuses is left empty with a notice. Throws what the sign-in throws.
 */
export async function readPlaces(ask: AskDoctor): Promise<ConnectionPlaces> {
  const notices: string[] = []
  // Signs in first, so that a sign-in that fails is one problem instead of three notices.
  const roles = rolesOf((await ask('SELECT CURRENT_AVAILABLE_ROLES()')).rows[0]?.[0] ?? null)
  const list = async (what: 'WAREHOUSES' | 'DATABASES'): Promise<readonly RowReader[]> => {
    try {
      return readRows(await ask(`SHOW ${what}`)).filter((row) => readText(row('name')) !== null)
    } catch (error) {
      if (!(error instanceof ProblemError) || error.problem.code === 'warehouse_unreachable') throw error
      notices.push(`${what === 'WAREHOUSES' ? 'Warehouses' : 'Databases'} cannot be listed: ${error.problem.message}`)
      return []
    }
  }
  const warehouses = await list('WAREHOUSES')
  const databases = await list('DATABASES')
  return {
    roles: [...roles],
    warehouses: warehouses.slice(0, mostListed).map((row) => ({
      name: row('name') ?? '',
      size: readText(row('size')),
      state: readText(row('state')),
    })),
    databases: databases.slice(0, mostListed).map((row) => row('name') ?? ''),
    notices,
  }
}

/** The names in Snowflake's JSON list; none where it is something else. */
function rolesOf(text: string | null): readonly string[] {
  try {
    const parsed: unknown = JSON.parse(text ?? '[]')
    return Array.isArray(parsed)
      ? parsed
          .filter((name) => typeof name === 'string')
          .toSorted()
          .slice(0, mostListed)
      : []
  } catch (error) {
    if (error instanceof SyntaxError) return []
    throw error
  }
}
