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

/** What every edition has, and what only some accounts know; a grant on all of a kind covers no other kind. */
const relations = ['TABLES', 'VIEWS', 'EXTERNAL TABLES', 'DYNAMIC TABLES', 'ICEBERG TABLES']
const editionRelations = ['MATERIALIZED VIEWS', 'SEMANTIC VIEWS']

/** Reading one database, what is made in it later included. Nothing else. */
export function grantDatabase(role: string, { name, isShare }: DatabaseGrant): Statements {
  const [database, reader] = [quotedName(name), quotedName(role)]
  if (isShare) return [`GRANT IMPORTED PRIVILEGES ON DATABASE ${database} TO ROLE ${reader}`]
  return [
    `GRANT USAGE ON DATABASE ${database} TO ROLE ${reader}`,
    ...['ALL', 'FUTURE'].map((which) => `GRANT USAGE ON ${which} SCHEMAS IN DATABASE ${database} TO ROLE ${reader}`),
    ...relations.flatMap((kind) => grantSelect(kind, name, role)),
  ]
}

const grantSelect = (kind: string, database: string, role: string): Statements =>
  ['ALL', 'FUTURE'].map(
    (which) => `GRANT SELECT ON ${which} ${kind} IN DATABASE ${quotedName(database)} TO ROLE ${quotedName(role)}`,
  )

/** Reading the kinds of tables that not every edition has: a block for each kind, so that one that is missing costs no other. */
export const grantEditionKinds = (role: string, databases: readonly DatabaseGrant[]): Statements =>
  databases.every(({ isShare }) => isShare)
    ? []
    : editionRelations.map((kind) =>
        unlessMissing(databases.flatMap(({ name, isShare }) => (isShare ? [] : grantSelect(kind, name, role)))),
      )

/**
 * One statement that runs others and goes on where the account does not have what they need, because "run all" stops at the first error.
 * Names that would end the block are run from a text in which the dollar signs are escaped.
 */
export function unlessMissing(statements: Statements): string {
  const lines = statements.map((one) =>
    one.includes('$$') ? `  EXECUTE IMMEDIATE ${quotedText(one).replaceAll('$', String.raw`\x24`)};` : `  ${one};`,
  )
  const handler = ['EXCEPTION', '  WHEN OTHER THEN', "    RETURN 'Left out: ' || SQLERRM;", 'END']
  return ['EXECUTE IMMEDIATE $$', 'BEGIN', ...lines, ...handler, '$$'].join('\n')
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

const tokenName = 'FLOE_TOKEN'

/** A token that stands for the user in this one role. Snowflake shows it once. */
export const createToken = ({ user, role }: Pick<SetupChoices, 'user' | 'role'>): Statements => [
  `ALTER USER ${quotedName(user)} ADD PROGRAMMATIC ACCESS TOKEN IF NOT EXISTS ${tokenName} ROLE_RESTRICTION = ${quotedText(role)} DAYS_TO_EXPIRY = 90`,
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
 * The restricted session scope: whatever the role may, an agent's session of these users only reads. Floe's own user also loses its secondary
 * roles and idle sessions. People's policy holds nothing but the scope, because everything else in it would hold for their other tools too;
 * a policy that a person has already stays (the statement fails), while one of Floe's own user is replaced.
 */
export function restrictSessions(
  policies: SetupChoices['policies'],
  users: readonly string[],
  areOurs: boolean,
): Statements {
  const policy = quotedPath(policies.database, policies.schema, areOurs ? 'FLOE_SESSIONS' : 'FLOE_AGENTS')
  const forOurs = areOurs ? " SESSION_IDLE_TIMEOUT_MINS = 60 BLOCKED_SECONDARY_ROLES = ('ALL')" : ''
  return [
    `CREATE SESSION POLICY IF NOT EXISTS ${policy}${forOurs} AGENT_RESTRICTED_SESSION_SCOPE = 'SNOWFLAKE$DATA_READ'`,
    ...users.map((user) => `ALTER USER ${quotedName(user)} SET SESSION POLICY ${policy}${areOurs ? ' FORCE' : ''}`),
  ]
}

/** A scope that also lets SHOW list what may be read, for accounts where the scope of the script does not. */
export function allowDiscovery(policies: SetupChoices['policies'], areOurs: boolean): Statements {
  const scope = quotedPath(policies.database, policies.schema, 'FLOE_READS')
  const policy = quotedPath(policies.database, policies.schema, areOurs ? 'FLOE_SESSIONS' : 'FLOE_AGENTS')
  return [
    `CREATE OR ALTER RESTRICTED SESSION SCOPE ${scope} AS $$\nprivilege_scopes:\n  allowed_privileges:\n` +
      '    - privileges: [data read, object discovery, compute usage]\n      account: [all]\n$$',
    `ALTER SESSION POLICY ${policy} SET AGENT_RESTRICTED_SESSION_SCOPE = ${quotedText(scope)}`,
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
  ]
}

/** What takes the setup back, the last thing made first. Databases, other users and people's own sessions stay as they are. */
export function undoSetup({ signIn, role, warehouse, user, egress, policies }: SetupChoices): Statements {
  const sessions = quotedPath(
    policies.database,
    policies.schema,
    signIn.kind === 'oauth' ? 'FLOE_AGENTS' : 'FLOE_SESSIONS',
  )
  const people = signIn.kind === 'oauth' ? signIn.users : []
  return [
    ...(signIn.kind === 'oauth' ? [`DROP SECURITY INTEGRATION IF EXISTS ${quotedName(signIn.integration)}`] : []),
    ...people.map((person) => `ALTER USER ${quotedName(person)} UNSET SESSION POLICY`),
    ...(signIn.kind === 'oauth' ? [] : [`DROP USER IF EXISTS ${quotedName(user)}`]),
    `DROP SESSION POLICY IF EXISTS ${sessions}`,
    ...(egress.length === 0 || signIn.kind === 'oauth' ? [] : ['DROP NETWORK POLICY IF EXISTS "FLOE_NETWORK"']),
    `DROP WAREHOUSE IF EXISTS ${quotedName(warehouse)}`,
    `DROP RESOURCE MONITOR IF EXISTS ${quotedName(`${warehouse}_MONITOR`)}`,
    `DROP ROLE IF EXISTS ${quotedName(role)}`,
  ]
}
