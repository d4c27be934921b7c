import { asScript } from '../setup/setup-statements.ts'
import { quotedName } from '../../../core/catalog/sql-quoting.ts'
import { found, ok, type Examined, type LastingFinding } from './doctor.ts'

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
