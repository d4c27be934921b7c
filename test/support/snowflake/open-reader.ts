import type { ConnectionOptions } from 'snowflake-sdk'
import type { DoubleAccount } from './double-account.ts'
import { type Driver, openDriver } from './open-driver.ts'
import type { SnowflakeDouble } from './start-snowflake-double.ts'

/** The access token of the user READER. */
export const readerToken = 'pat'

/** An account with the user READER, who may be ANALYST or ADMIN, and the table DB.S.T of two rows. */
export async function makeReaderAccount(double: SnowflakeDouble): Promise<DoubleAccount> {
  const account = await double.newAccount()
  const user = { name: 'READER', pats: [readerToken], roles: ['ANALYST', 'ADMIN'], defaultRole: 'ANALYST' }
  await account.configure({ users: [user] })
  const statements = ['CREATE TABLE T (A INT PRIMARY KEY, B TEXT)', "INSERT INTO T VALUES (1, 'one'), (2, NULL)"]
  await account.seed(statements, { database: 'DB', schema: 'S' })
  return account
}

/** Connects Snowflake's driver to an account as READER; what differs is given. */
export const openReader = (account: DoubleAccount, more: Partial<ConnectionOptions> = {}): Promise<Driver> =>
  openDriver({
    accessUrl: account.accessUrl,
    account: account.account,
    username: 'READER',
    authenticator: 'PROGRAMMATIC_ACCESS_TOKEN',
    token: readerToken,
    database: 'DB',
    schema: 'S',
    warehouse: 'WH',
    ...more,
  })
