import { asScript, createPolicyPlace, restrictSessions, type Statements } from '../setup/setup-statements.ts'
import { defaultSetup } from '../setup/setup-choices.ts'
import type { SignInMethod } from '../../../contract/snowflake/sign-in.ts'
import type { SignInImplementation } from '../credentials/sign-in-method.ts'
import { isOneStatements } from '../discovery/ask-account.ts'
import { found, ok, type AskDoctor, type LastingFinding } from './doctor.ts'

const statement =
  "SELECT SYS_CONTEXT('SNOWFLAKE$CURRENT', 'IS_AGENT_ACTIVATED'), SYS_CONTEXT('SNOWFLAKE$SESSION', 'ACTIVE_RESTRICTED_SESSION_SCOPES')"

/** A scope that limits the session. */
interface Scope {
  readonly name: string
  /** Its definition in YAML, where Snowflake tells it. */
  readonly definition: string
}

/** Whether Snowflake itself keeps this session from writing, whatever its role may. */
export async function examineCeiling(
  ask: AskDoctor,
  user: string,
  method: SignInImplementation<SignInMethod>,
): Promise<LastingFinding> {
  const told = await readContext(ask)
  const { policies } = defaultSetup
  const ceiling = [...createPolicyPlace({ policies }), ...restrictSessions(policies, [user], !method.isForPeople)]
  if (told === null)
    return inactive(
      'This account does not know restricted session scopes.',
      'Ask Snowflake support whether the account can have them.',
      null,
    )
  if (!told.isAgent) {
    const { action, statements } = method.markAsAgent(user)
    return inactive("Snowflake does not take this session for an agent's, so no ceiling applies.", action, [
      ...statements,
      ...ceiling,
    ])
  }
  if (told.scopes.length === 0)
    return inactive(
      'Snowflake knows an agent is at work, but no session policy limits it.',
      'An administrator sets the ceiling.',
      ceiling,
    )
  const names = told.scopes.map(({ name }) => name).join(', ')
  if (!told.scopes.some(isReadOnly))
    return inactive(
      `The scope ${names} limits this session, but not to reading.`,
      'An administrator sets one that only reads.',
      ceiling,
    )
  return { finding: ok(`Snowflake lets this session only read (${names}).`), warning: null }
}

const inactive = (detail: string, action: string, sql: Statements | null): LastingFinding => ({
  finding: found(
    'warning',
    `${detail} What keeps this connection from writing is its role and Floe.`,
    action,
    sql === null ? null : asScript(sql),
  ),
  warning: 'The read-only ceiling is not active in Snowflake.',
})

async function readContext(
  ask: AskDoctor,
): Promise<{ readonly isAgent: boolean; readonly scopes: readonly Scope[] } | null> {
  try {
    const [agent, scopes] = (await ask(statement)).rows[0] ?? []
    return { isAgent: (agent ?? '').toUpperCase() === 'TRUE', scopes: readScopes(scopes ?? null) }
  } catch (error) {
    if (!isOneStatements(error)) throw error
    return null
  }
}

/** Snowflake tells them as a JSON list of names and definitions; a plain name counts as one. */
function readScopes(json: string | null): readonly Scope[] {
  if (json === null || json.trim() === '') return []
  try {
    const told: unknown = JSON.parse(json)
    return (Array.isArray(told) ? told : [told]).map(scopeOf)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return [{ name: json.trim(), definition: '' }]
  }
}

function scopeOf(told: unknown): Scope {
  if (typeof told === 'string') return { name: told, definition: '' }
  const { name, definition } = (told ?? {}) as Readonly<Record<string, unknown>>
  return {
    name: typeof name === 'string' ? name : 'unnamed',
    definition: typeof definition === 'string' ? definition : '',
  }
}

/** Snowflake's own reading scopes, and those of a company whose every list of privileges is of the reading kind. */
function isReadOnly({ name, definition }: Scope): boolean {
  if (/(^|\.)SNOWFLAKE\$DATA_READ/.test(name)) return true
  const lists = [...definition.matchAll(/privileges:\s*\[([^\]]*)\]/gi)].map((list) => (list[1] ?? '').split(','))
  return lists.length > 0 && lists.flat().every((privilege) => privilege.trim().toLowerCase() === 'data read')
}
