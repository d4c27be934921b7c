import { quotedName, quotedPath, quotedText } from '../../../core/catalog/sql-quoting.ts'
import type { DatabaseGrant, SetupChoices } from './setup-choices.ts'

/** Statements without the semicolon that ends each. */
export type Statements = readonly string[]

/** Statements as a text to run. */
export const asScript = (statements: Statements): string => statements.map((one) => `${one};`).join('\n')

/** Everything below can be run again: what is there stays. */
export const createRole = ({ role }: Pick<SetupChoices, 'role'>): Statements => [
  `CREATE ROLE IF NOT EXISTS ${quotedName(role)}`,
]

export const createWarehouse = ({
  warehouse,
  role,
  monthlyCredits,
  statementTimeoutSeconds,
}: Pick<SetupChoices, 'warehouse' | 'role' | 'monthlyCredits' | 'statementTimeoutSeconds'>): Statements => {
  const monitor = quotedName(`${warehouse}_MONITOR`)
  return [
    `CREATE WAREHOUSE IF NOT EXISTS ${quotedName(warehouse)} WAREHOUSE_SIZE = XSMALL AUTO_SUSPEND = 60 AUTO_RESUME = TRUE` +
      ` INITIALLY_SUSPENDED = TRUE STATEMENT_TIMEOUT_IN_SECONDS = ${statementTimeoutSeconds} STATEMENT_QUEUED_TIMEOUT_IN_SECONDS = 60`,
    `CREATE RESOURCE MONITOR IF NOT EXISTS ${monitor} WITH CREDIT_QUOTA = ${monthlyCredits} FREQUENCY = MONTHLY` +
      ' START_TIMESTAMP = IMMEDIATELY TRIGGERS ON 80 PERCENT DO NOTIFY ON 100 PERCENT DO SUSPEND',
    `ALTER WAREHOUSE ${quotedName(warehouse)} SET RESOURCE_MONITOR = ${monitor}`,
    ...grantWarehouse({ warehouse, role }),
  ]
}

export const grantWarehouse = ({ warehouse, role }: Pick<SetupChoices, 'warehouse' | 'role'>): Statements => [
  `GRANT USAGE ON WAREHOUSE ${quotedName(warehouse)} TO ROLE ${quotedName(role)}`,
]

const relations = ['TABLES', 'VIEWS', 'MATERIALIZED VIEWS', 'EXTERNAL TABLES', 'DYNAMIC TABLES', 'SEMANTIC VIEWS']

/** Reading one database, what is made in it later included. Nothing else. */
export function grantDatabase(role: string, { name, isShare }: DatabaseGrant): Statements {
  const [database, reader] = [quotedName(name), quotedName(role)]
  if (isShare) return [`GRANT IMPORTED PRIVILEGES ON DATABASE ${database} TO ROLE ${reader}`]
  return [
    `GRANT USAGE ON DATABASE ${database} TO ROLE ${reader}`,
    ...['ALL', 'FUTURE'].map((which) => `GRANT USAGE ON ${which} SCHEMAS IN DATABASE ${database} TO ROLE ${reader}`),
    ...relations.flatMap((kind) =>
      ['ALL', 'FUTURE'].map((which) => `GRANT SELECT ON ${which} ${kind} IN DATABASE ${database} TO ROLE ${reader}`),
    ),
  ]
}

/** The user Floe signs in as: of the kind whose every session Snowflake knows to be an agent's. */
export function createUser({ user, role, warehouse, signIn }: SetupChoices): Statements {
  if (signIn.kind === 'oauth') return []
  const key = signIn.kind === 'key_pair' ? ` RSA_PUBLIC_KEY = ${quotedText(signIn.publicKey)}` : ''
  return [
    `CREATE USER IF NOT EXISTS ${quotedName(user)} TYPE = SERVICE_AGENT DEFAULT_ROLE = ${quotedName(role)}` +
      ` DEFAULT_WAREHOUSE = ${quotedName(warehouse)} DEFAULT_SECONDARY_ROLES = ()${key}`,
    ...grantRole(role, user),
  ]
}

export const grantRole = (role: string, user: string): Statements => [
  `GRANT ROLE ${quotedName(role)} TO USER ${quotedName(user)}`,
]

/** A token that stands for the user in this one role. Snowflake shows it once. */
export const createToken = ({ user, role }: Pick<SetupChoices, 'user' | 'role'>): Statements => [
  `ALTER USER ${quotedName(user)} ADD PROGRAMMATIC ACCESS TOKEN IF NOT EXISTS FLOE_TOKEN ROLE_RESTRICTION = ${quotedText(role)} DAYS_TO_EXPIRY = 90`,
]

export const createPolicyPlace = ({ policies }: Pick<SetupChoices, 'policies'>): Statements => [
  `CREATE DATABASE IF NOT EXISTS ${quotedName(policies.database)}`,
  `CREATE SCHEMA IF NOT EXISTS ${quotedPath(policies.database, policies.schema)}`,
]

/** Only Floe's addresses may use the user. A rule that exists gets the new addresses. */
export function restrictNetwork({
  egress,
  policies,
  user,
}: Pick<SetupChoices, 'egress' | 'policies' | 'user'>): Statements {
  if (egress.length === 0) return []
  const rule = quotedPath(policies.database, policies.schema, 'FLOE_ADDRESSES')
  const list = `(${egress.map(quotedText).join(', ')})`
  return [
    `CREATE OR ALTER NETWORK RULE ${rule} TYPE = IPV4 VALUE_LIST = ${list} MODE = INGRESS`,
    `CREATE NETWORK POLICY IF NOT EXISTS "FLOE_NETWORK" ALLOWED_NETWORK_RULE_LIST = (${quotedText(rule)})`,
    `ALTER USER ${quotedName(user)} SET NETWORK_POLICY = "FLOE_NETWORK"`,
  ]
}

/**
 * The ceiling: whatever the role may, an agent's session of these users only reads. Other sessions of theirs are not touched. A session policy
 * that a user has already is replaced for users made for Floe alone.
 */
export function restrictSessions(
  policies: SetupChoices['policies'],
  users: readonly string[],
  areOurs: boolean,
): Statements {
  const policy = quotedPath(policies.database, policies.schema, 'FLOE_SESSIONS')
  return [
    `CREATE SESSION POLICY IF NOT EXISTS ${policy} SESSION_IDLE_TIMEOUT_MINS = 60 BLOCKED_SECONDARY_ROLES = ('ALL')` +
      ` AGENT_RESTRICTED_SESSION_SCOPE = 'SNOWFLAKE$DATA_READ'`,
    ...users.map((user) => `ALTER USER ${quotedName(user)} SET SESSION POLICY ${policy}${areOurs ? ' FORCE' : ''}`),
  ]
}

/** People sign in with their own users; Snowflake knows that an agent acts for them. */
export function createIntegration({ signIn, role }: Pick<SetupChoices, 'signIn' | 'role'>): Statements {
  if (signIn.kind !== 'oauth') return []
  return [
    `CREATE SECURITY INTEGRATION IF NOT EXISTS ${quotedName(signIn.integration)} TYPE = OAUTH ENABLED = TRUE OAUTH_CLIENT = CUSTOM` +
      ` OAUTH_CLIENT_TYPE = 'CONFIDENTIAL' OAUTH_REDIRECT_URI = ${quotedText(signIn.redirectUri)} OAUTH_ENFORCE_PKCE = TRUE` +
      ' OAUTH_ISSUE_REFRESH_TOKENS = TRUE OAUTH_REFRESH_TOKEN_VALIDITY = 7776000 OAUTH_SINGLE_USE_REFRESH_TOKENS_REQUIRED = TRUE' +
      ' OAUTH_USE_SECONDARY_ROLES = NONE' +
      ` BLOCKED_ROLES_LIST = ('SYSADMIN') IS_AGENTIC = TRUE`,
    ...signIn.users.flatMap((user) => grantRole(role, user)),
    `SELECT SYSTEM$SHOW_OAUTH_CLIENT_SECRETS(${quotedText(signIn.integration)})`,
  ]
}
