import type { CatalogScope } from '../../../core/ports/catalog-store.ts'
import { problem } from '../../../core/problem.ts'
import type { SnowflakeLink } from '../snowflake-link.ts'

const statement =
  'SELECT CURRENT_ORGANIZATION_NAME(), CURRENT_ACCOUNT_NAME(), CURRENT_ACCOUNT(), CURRENT_REGION(), CURRENT_ROLE()'

/**
 * Signs in and asks whose view this is. Organization and account name are unique in the world; where there are none, locator and region are.
 * Throws what the link throws, and `connection_broken` where the session has no role.
 */
export async function proveScope(
  link: SnowflakeLink,
  options: { readonly userId: string; readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<CatalogScope> {
  const { userId, timeoutMs, signal } = options
  const tag = { purpose: 'connect', userId, turnId: null }
  const { rows } = await link.query(statement, { tag, timeoutMs, signal })
  const [organization, name, locator, region, role] = rows[0] ?? []
  if (typeof role !== 'string' || role === '')
    throw problem(
      'connection_broken',
      'Snowflake gave the session no role.',
      'Name a role in the connection, or have an administrator set the default role of its user.',
    )
  const account = isText(organization) && isText(name) ? `${organization}-${name}` : `${locator ?? ''}.${region ?? ''}`
  return { account, role }
}

const isText = (value: string | null | undefined): boolean => typeof value === 'string' && value !== ''
