import { quotedName } from '../../../core/catalog/sql-quoting.ts'
import { readCount, readRows } from '../discovery/result-rows.ts'
import { defaultSetup } from '../setup/setup-choices.ts'
import { asScript } from '../setup/setup-statements.ts'
import {
  found,
  ok,
  type AskDoctor,
  type Examined,
  type Finding,
  type LastingFinding,
  type SessionFacts,
} from './doctor.ts'

const sessionStatement = 'SELECT CURRENT_USER(), CURRENT_ROLE(), CURRENT_SECONDARY_ROLES(), CURRENT_WAREHOUSE()'

/** Signs in and asks where the session stands. Throws what the link throws. */
export async function readSession(ask: AskDoctor): Promise<SessionFacts> {
  const { rows } = await ask(sessionStatement)
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

/** Roles that may do everything somewhere. */
export const mightyRoles = ['ACCOUNTADMIN', 'ORGADMIN', 'SECURITYADMIN', 'SYSADMIN', 'USERADMIN', 'GLOBALORGADMIN']

/** The role of the session, and that no other one is active beside it. */
export function examineRole({ session, needs }: Examined): LastingFinding {
  const { role, user, secondaryRoles } = session
  if (role === null)
    return {
      finding: found(
        'failed',
        `Snowflake gave ${user} no role.`,
        'Name a role in this connection, or give the user a default one.',
        needs.target.role === null
          ? null
          : asScript([`GRANT ROLE ${quotedName(needs.target.role)} TO USER ${quotedName(user)}`]),
      ),
      warning: null,
    }
  if (secondaryRoles.length === 0)
    return { finding: ok(`${user} works as ${role}, and as nothing else.`), warning: null }
  const others = secondaryRoles.join(', ')
  return {
    finding: found(
      'warning',
      `Beside ${role} these roles are active, too: ${others}. What they may do, this connection may do.`,
      'An administrator switches secondary roles off for this user.',
      asScript([`ALTER USER ${quotedName(user)} SET DEFAULT_SECONDARY_ROLES = ()`]),
    ),
    warning: `Other roles are active beside ${role}: ${others}.`,
  }
}

const longestSeconds = 3_600

/** How long Snowflake itself lets a forgotten query run. Two days is its default; 0 means just that. */
export async function examineTimeout({ ask, session, needs }: Examined): Promise<Finding> {
  const rows = readRows(await ask("SHOW PARAMETERS LIKE 'STATEMENT%TIMEOUT_IN_SECONDS' IN SESSION"))
  const of = (key: string): number | null => readCount(rows.find((row) => row('key') === key)?.('value') ?? null)
  const [running, queued] = [of('STATEMENT_TIMEOUT_IN_SECONDS'), of('STATEMENT_QUEUED_TIMEOUT_IN_SECONDS')]
  if (running !== null && running > 0 && running <= longestSeconds)
    return ok(
      `A query ends after ${running} seconds at the latest${queued === null || queued === 0 ? '' : `, and after ${queued} seconds in the queue`}.`,
    )
  const warehouse = session.warehouse ?? needs.target.warehouse
  return found(
    'warning',
    running === null ? 'Snowflake did not tell how long a query may run.' : 'A forgotten query may run for hours.',
    'An administrator limits how long queries may run.',
    asScript([
      warehouse === null
        ? `ALTER USER ${quotedName(session.user)} SET STATEMENT_TIMEOUT_IN_SECONDS = ${defaultSetup.statementTimeoutSeconds}`
        : `ALTER WAREHOUSE ${quotedName(warehouse)} SET STATEMENT_TIMEOUT_IN_SECONDS = ${defaultSetup.statementTimeoutSeconds}`,
    ]),
  )
}
