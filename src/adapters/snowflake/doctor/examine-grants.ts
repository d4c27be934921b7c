import { quotedName, quotedPath } from '../../../core/catalog/sql-quoting.ts'
import { asScript, createRole, grantRole, type Statements } from '../setup/setup-statements.ts'
import { defaultSetup } from '../setup/setup-choices.ts'
import { mightyRoles } from './examine-session.ts'
import { found, ok, type Examined, type LastingFinding } from './doctor.ts'
import { isSnowflakes, readGrants, splitPath, type Grant, type Grants } from './read-grants.ts'

/** Privileges that change nothing; calling models costs, which the guard refuses unless it is allowed. Whatever is not here counts as more. */
const reading = new Set([
  'USAGE',
  'SELECT',
  'REFERENCES',
  'MONITOR',
  'MONITOR USAGE',
  'READ',
  'REFERENCE_USAGE',
  'USE AI FUNCTIONS',
])
/** Things whose use runs somebody's code or reaches outside, under rights that are not the role's own. */
const acting = new Set(['PROCEDURE', 'INTEGRATION', 'SERVICE'])
/** Objects named by a path, so that a statement about them can be made. */
const revocable = new Set(
  'DATABASE SCHEMA TABLE VIEW WAREHOUSE STAGE EXTERNAL_TABLE DYNAMIC_TABLE MATERIALIZED_VIEW SEQUENCE FILE_FORMAT STREAM TASK PIPE'.split(
    ' ',
  ),
)
const namedInDetail = 3
const mostRevoked = 20

/** Whether the role may do more than read, by whatever way it came to it. */
export async function examineGrants({ ask, session }: Examined): Promise<LastingFinding> {
  const role = session.role ?? 'PUBLIC'
  if (mightyRoles.includes(role)) return mighty(role, session.user)
  const read = await readGrants(ask, role)
  const more = read.grants.filter(isMore)
  if (more.length > 0) return canWrite(role, session.user, more)
  return read.unknown.length > 0
    ? notTold(role, read)
    : { finding: ok(`Role ${role} reads and can do nothing else.`), warning: null }
}

const isMore = ({ privilege, on, name }: Grant): boolean =>
  !reading.has(privilege) || (acting.has(on) && !isSnowflakes(name))

const mighty = (role: string, user: string): LastingFinding => ({
  finding: found(
    'warning',
    `${role} may change almost anything in the account.`,
    'An administrator makes a role that only reads; choose it in this connection. floe connection setup-sql prints the whole script.',
    asScript([...createRole(defaultSetup), ...grantRole(defaultSetup.role, user)]),
  ),
  warning: `This connection uses ${role}, which may change almost anything in the account.`,
})

function canWrite(role: string, user: string, more: readonly Grant[]): LastingFinding {
  const shown = more
    .slice(0, namedInDetail)
    .map((grant) => describe(role, grant))
    .join(', ')
  const rest = more.length > namedInDetail ? ` and ${more.length - namedInDetail} more` : ''
  const revoking = more.flatMap(revoke)
  const isFew = more.length <= mostRevoked && revoking.length > 0
  const everyone = more.some(({ holder }) => holder === 'PUBLIC')
    ? ' PUBLIC is everyone: others may rely on what it has.'
    : ''
  return {
    finding: found(
      'warning',
      `Role ${role} can do more than read: ${shown}${rest}.`,
      isFew
        ? `An administrator takes that away, or makes a role that only reads.${everyone}`
        : 'An administrator makes a role that only reads; choose it in this connection. floe connection setup-sql prints the whole script.',
      asScript(isFew ? revoking : [...createRole(defaultSetup), ...grantRole(defaultSetup.role, user)]),
    ),
    warning: `Role ${role} can do more than read: ${shown}${rest}.`,
  }
}

const describe = (role: string, { privilege, on, name, holder }: Grant): string =>
  `${privilege} on ${on.toLowerCase().replaceAll('_', ' ')} ${name}${holder === role ? '' : ` through ${holder}`}`

/** The statement that takes a privilege away. Ownership goes to someone else instead. Names are quoted anew: they may hold anything. */
function revoke({ privilege, on, name, holder }: Grant): Statements {
  const parts = splitPath(name)
  const isPlain = /^[A-Z][A-Z ]*$/.test(privilege) && (revocable.has(on) || on === 'ACCOUNT')
  if (!isPlain || (parts === null && on !== 'ACCOUNT')) return []
  const object = on === 'ACCOUNT' ? 'ACCOUNT' : `${on.replaceAll('_', ' ')} ${quotedPath(...(parts ?? []))}`
  if (privilege === 'OWNERSHIP') return [`GRANT OWNERSHIP ON ${object} TO ROLE "SYSADMIN" COPY CURRENT GRANTS`]
  const from = splitPath(holder)
  const role = from?.length === 2 ? `DATABASE ROLE ${quotedPath(...from)}` : `ROLE ${quotedName(holder)}`
  return [`REVOKE ${privilege} ON ${object} FROM ${role}`]
}

const notTold = (role: string, { unknown }: Grants): LastingFinding => ({
  finding: found(
    'warning',
    `Whether role ${role} can only read could not be told: ${unknown.slice(0, 5).join(', ')} may not be looked at, or hold too much to be listed.`,
    'An administrator looks at what these roles hold.',
    asScript(
      unknown.slice(0, 5).map((name) => {
        const parts = splitPath(name)
        return parts?.length === 2
          ? `SHOW GRANTS TO DATABASE ROLE ${quotedPath(...parts)}`
          : `SHOW GRANTS TO ROLE ${quotedName(name)}`
      }),
    ),
  ),
  warning: `Whether role ${role} can only read could not be told.`,
})
