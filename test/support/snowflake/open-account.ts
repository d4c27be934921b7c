import { type SnowflakeLinkNeeds, makeSnowflakeLink } from '../../../src/adapters/snowflake/make-snowflake-link.ts'
import type { DoubleAccount } from './double-account.ts'

/** The token that every account under test accepts. */
export const token = 'pat-that-must-not-leak'

/** A link to an account of the double, signed in by access token; what differs is given. */
export function openAccount(
  account: DoubleAccount,
  { accessUrl = account.accessUrl, ...own }: Partial<SnowflakeLinkNeeds> & { readonly accessUrl?: string } = {},
) {
  return makeSnowflakeLink({
    target: {
      account: account.account,
      accessUrl,
      role: 'ANALYST',
      warehouse: 'WH',
      database: 'SALES',
      schema: 'PUBLIC',
    },
    credential: () => Promise.resolve({ method: 'access_token', user: 'READER', token }),
    onFault: () => undefined,
    ...own,
  })
}

/** An account with one user, one warehouse and a database SALES with what the statements make. */
export async function prepareAccount(account: DoubleAccount, statements: readonly string[] = []): Promise<void> {
  await account.configure({
    users: [{ name: 'READER', pats: [token], roles: ['ANALYST'], defaultRole: 'ANALYST' }],
    warehouses: [{ name: 'WH', state: 'STARTED' }],
    largeResults: [{ match: 'FROM FLOOD', rows: 2_000_000, chunkRows: 10_000 }],
  })
  await account.seed(['CREATE TABLE FLOOD (ID INT)', ...statements], { database: 'SALES', schema: 'PUBLIC' })
}
