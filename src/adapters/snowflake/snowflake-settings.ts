import type { SnowflakeSettingsChange } from '../../contract/snowflake/connection.ts'
import { SnowflakeSettings } from '../../contract/snowflake/connection.ts'
import type { CommandLineField } from '../../core/ports/connection-kind.ts'
import type { StoredSettings } from '../../core/ports/connection-store.ts'
import { problem } from '../../core/problem.ts'
import { readAccount, type AccountPolicy } from './credentials/read-account.ts'
import type { SnowflakeTarget } from './snowflake-link.ts'

/** A connection's settings from their stored form. Throws `connection_broken`. */
export function readSettings(stored: StoredSettings): SnowflakeSettings {
  const parsed = SnowflakeSettings.safeParse(stored)
  if (parsed.success) return parsed.data
  throw problem(
    'connection_broken',
    'The settings of this connection cannot be read.',
    'Use the version of Floe that saved them, or save the connection anew.',
  )
}

/** The settings after a change, with the sign-in as it was. Throws `bad_request`. */
export function changeSettings(
  before: SnowflakeSettings,
  change: SnowflakeSettingsChange,
  policy: AccountPolicy,
): SnowflakeSettings {
  const { account, signIn, ...place } = change
  const address = account === undefined ? null : readAccount(account, policy)
  // A secret given for one account is not carried to another.
  if (address !== null && address.accessUrl !== before.accessUrl && signIn === undefined)
    throw problem(
      'bad_request',
      'Another account needs its own sign-in.',
      'Give the sign-in together with the account.',
    )
  const given = Object.fromEntries(Object.entries(place).filter(([, value]) => value !== undefined))
  return SnowflakeSettings.parse({ ...before, ...given, ...address })
}

/** Where the sessions of a connection go. */
export const targetOf = ({
  account,
  accessUrl,
  role,
  warehouse,
  database,
  schema,
}: SnowflakeSettings): SnowflakeTarget => ({ account, accessUrl, role, warehouse, database, schema })

/** What the command line takes for a Snowflake connection besides its sign-in. */
export const settingFields: readonly CommandLineField[] = [
  {
    field: 'account',
    option: '--account <account>',
    description: 'the account in any form: an address, org-account, a locator with region',
    question: 'Account (an address, or org-account)',
  },
  {
    field: 'role',
    option: '--role <role>',
    description: 'the role to use; without it the default role of the user',
    question: 'Role (empty for the default)',
    afterSignIn: true,
  },
  {
    field: 'warehouse',
    option: '--warehouse <warehouse>',
    description: 'the warehouse that runs queries',
    question: 'Warehouse (empty for the default)',
    afterSignIn: true,
  },
  { field: 'database', option: '--database <database>', description: 'where unqualified names are looked up' },
  { field: 'schema', option: '--schema <schema>', description: 'likewise' },
  {
    field: 'probing',
    option: '--probe <off|on>',
    description: 'whether Floe may check values and empty results in the account; costs warehouse time; off at first',
    choices: ['off', 'on'],
  },
]
