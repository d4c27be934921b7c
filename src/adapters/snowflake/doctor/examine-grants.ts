import { quotedName, quotedPath } from '../../../core/catalog/sql-quoting.ts'
import { showCap } from '../discovery/account-statements.ts'
import { isOneStatements } from '../discovery/ask-account.ts'
import { eachRow } from '../discovery/result-rows.ts'
import { defaultSetup } from '../setup/setup-choices.ts'
import { asScript, createRole, grantRole, type Statements } from '../setup/setup-statements.ts'
import { type AskDoctor, type Examined, found, type LastingFinding, ok } from './doctor.ts'
import { mightyRoles } from './examine-session.ts'

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

/** One privilege of a role, its own or one it inherits. */
interface Grant {
  readonly privilege: string
  /** The kind of object, as Snowflake writes it: `TABLE`, `DATABASE_ROLE`. */
  readonly on: string
  /** The object's name as Snowflake writes it. */
  readonly name: string
  /** The role that holds it. */
  readonly holder: string
}

interface Grants {
  readonly grants: readonly Grant[]
  /** Roles whose grants may not be looked at, or are too many to be listed whole. */
  readonly unknown: readonly string[]
}

/** A role with the statement that lists what it holds. */
interface Role {
  readonly name: string
  readonly statement: string
}

/** Roles looked at; a hierarchy of more is unknown. */
const mostRoles = 200

/** Everything a role may do, by itself, by the roles granted to it, and as everyone (PUBLIC). */
async function readGrants(ask: AskDoctor, role: string): Promise<Grants> {
  const open: Role[] = [accountRole(role), accountRole('PUBLIC')]
  const seen = new Set(open.map(({ statement }) => statement))
  const grants: Grant[] = []
  const unknown: string[] = []
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    const held = await grantsOf(ask, next)
    if (held === null || held.length >= showCap) unknown.push(next.name)
    for (const grant of held ?? []) {
      const inherited = inheritedRole(grant)
      if (inherited === null) grants.push(grant)
      else if (!seen.has(inherited.statement)) {
        seen.add(inherited.statement)
        if (seen.size > mostRoles) unknown.push(inherited.name)
        else open.push(inherited)
      }
    }
  }
  return { grants, unknown }
}

const accountRole = (name: string): Role => ({ name, statement: `SHOW GRANTS TO ROLE ${quotedName(name)}` })

/** Inside the database that comes with every account and that nobody but Snowflake writes to; everyone may use parts of it. */
const isSnowflakes = (name: string): boolean => /^"?SNOWFLAKE"?[.!]/.test(name)

function inheritedRole({ privilege, on, name }: Grant): Role | null {
  if (privilege !== 'USAGE') return null
  const parts = splitPath(name)
  if (on === 'ROLE' && parts?.length === 1) return accountRole(parts[0] ?? name)
  if (on === 'DATABASE_ROLE' && parts?.length === 2 && !isSnowflakes(name))
    return { name, statement: `SHOW GRANTS TO DATABASE ROLE ${quotedPath(...parts)}` }
  return null
}

/** Null where the role may not be looked at. */
async function grantsOf(ask: AskDoctor, { name: holder, statement }: Role): Promise<readonly Grant[] | null> {
  try {
    const grants: Grant[] = []
    await eachRow(await ask(statement), (row) => {
      grants.push({
        privilege: (row('privilege') ?? '').toUpperCase(),
        on: (row('granted_on') ?? '').toUpperCase().replaceAll(' ', '_'),
        name: row('name') ?? '',
        holder,
      })
    })
    return grants
  } catch (error) {
    if (!isOneStatements(error)) throw error
    return null
  }
}

/** The parts of a name as Snowflake displays it, quotes undone; null for anything that is no plain path, such as a function's signature. */
function splitPath(text: string): readonly string[] | null {
  const part = /"((?:[^"]|"")+)"|([^."():, ]+)/y
  const parts: string[] = []
  for (let at = 0; at <= text.length;) {
    part.lastIndex = at
    const found = part.exec(text)
    if (found === null) return null
    parts.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? '')
    if (part.lastIndex === text.length) return parts
    if (text[part.lastIndex] !== '.') return null
    at = part.lastIndex + 1
  }
  return null
}
