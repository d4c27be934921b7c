import type { CommandLineField } from '../../core/ports/connection-kind.ts'

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
]
