import type { SignInMethod } from '../../../contract/snowflake/sign-in.ts'
import type { SignInImplementation } from '../credentials/sign-in-method.ts'
import { defaultSetup } from '../setup/setup-choices.ts'
import {
  allowDiscovery,
  asScript,
  createPolicyPlace,
  restrictSessions,
  type Statements,
} from '../setup/setup-statements.ts'
import { implementationOf } from '../credentials/sign-in-methods.ts'
import { found, ok, type AskDoctor, type Examined, type Finding, type LastingFinding } from './doctor.ts'
import { namesOf, reachOf, readSessionScope, scopeThatHides } from './restricted-scope.ts'

/** Whether Snowflake itself keeps this session from writing, whatever its role may. */
export async function examineScope(
  ask: AskDoctor,
  user: string,
  method: SignInImplementation<SignInMethod>,
): Promise<LastingFinding> {
  const session = await readSessionScope(ask)
  const { policies } = defaultSetup
  const restricting = [...createPolicyPlace({ policies }), ...restrictSessions(policies, [user], !method.isForPeople)]
  if (session === null)
    return inactive(
      'This account does not know restricted session scopes.',
      'Ask Snowflake support whether the account can have them.',
      null,
    )
  const { isAgent, scopes } = session
  if (!isAgent) {
    const { action, statements } = method.markAsAgent(user)
    return inactive("Snowflake does not take this session for an agent's, so no ceiling applies.", action, [
      ...statements,
      ...restricting,
    ])
  }
  if (scopes.length === 0)
    return inactive(
      'Snowflake knows an agent is at work, but no session policy limits it.',
      'An administrator sets a restricted session scope; it needs the Enterprise edition.',
      restricting,
    )
  // Several scopes hold together: one that only reads is enough.
  if (!scopes.some((scope) => reachOf(scope).isReadOnly))
    return inactive(
      `The scope ${namesOf(scopes)} limits this session, but not to reading.`,
      'An administrator sets one that only reads.',
      restricting,
    )
  return { finding: ok(`Snowflake lets this session only read (${namesOf(scopes)}).`), warning: null }
}

/** Why SHOW was refused, where it is a scope without object discovery; null where it is not. */
export async function findHidingScope({ ask, needs }: Pick<Examined, 'ask' | 'needs'>): Promise<Finding | null> {
  const names = await scopeThatHides(ask)
  if (names === null) return null
  return found(
    'failed',
    `The restricted session scope ${names} does not let Floe list databases, tables and warehouses: object discovery is not among its privileges.`,
    'An administrator allows that beside reading; put the name of your session policy in, if it is another. Sign in anew afterwards.',
    allowingSql(needs),
  )
}

/** A finding about an empty listing, with the scope that may be the reason for it. */
export async function withHidingScope(examined: Pick<Examined, 'ask' | 'needs'>, finding: Finding): Promise<Finding> {
  const names = await scopeThatHides(examined.ask)
  if (names === null) return finding
  return {
    ...finding,
    detail: `${finding.detail} Or the restricted session scope ${names} hides it: object discovery is not among its privileges.`,
    action: `${finding.action ?? ''} If that changes nothing, the last two statements allow object discovery.`,
    sql: `${finding.sql === null ? '' : `${finding.sql}\n`}${allowingSql(examined.needs)}`,
  }
}

const allowingSql = ({ methods, signIn }: Examined['needs']): string =>
  asScript(allowDiscovery(defaultSetup.policies, !implementationOf(methods, signIn.method).isForPeople))

const inactive = (detail: string, action: string, sql: Statements | null): LastingFinding => ({
  finding: found(
    'warning',
    `${detail} What keeps this connection from writing is its role and Floe.`,
    action,
    sql === null ? null : asScript(sql),
  ),
  warning: 'The read-only ceiling is not active in Snowflake.',
})
