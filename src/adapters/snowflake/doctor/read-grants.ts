import { quotedName, quotedPath } from '../../../core/catalog/sql-quoting.ts'
import { showCap } from '../discovery/account-statements.ts'
import { isOneStatements } from '../discovery/ask-account.ts'
import { eachRow } from '../discovery/result-rows.ts'
import type { AskDoctor } from './doctor.ts'

/** One privilege of a role, its own or one it inherits. */
export interface Grant {
  readonly privilege: string
  /** The kind of object, as Snowflake writes it: `TABLE`, `DATABASE_ROLE`. */
  readonly on: string
  /** The object's name as Snowflake writes it. */
  readonly name: string
  /** The role that holds it. */
  readonly holder: string
}

export interface Grants {
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
export async function readGrants(ask: AskDoctor, role: string): Promise<Grants> {
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
export const isSnowflakes = (name: string): boolean => /^"?SNOWFLAKE"?[.!]/.test(name)

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
export function splitPath(text: string): readonly string[] | null {
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
