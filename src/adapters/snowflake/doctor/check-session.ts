import type { SignIn } from '../../../contract/snowflake/sign-in.ts'
import { implementationOf, type SignInMethods } from '../credentials/sign-in-methods.ts'
import type { SnowflakeLink } from '../snowflake-link.ts'
import type { AskDoctor } from './doctor.ts'
import { examineScope } from './examine-scope.ts'
import { readSession } from './examine-session.ts'

export interface SessionCheckNeeds {
  readonly link: SnowflakeLink
  readonly signIn: SignIn
  readonly methods: SignInMethods
  readonly userId: string
  readonly signal: AbortSignal
}

const timeoutMs = 30_000

export const askDoctor =
  (link: SnowflakeLink, userId: string, signal: AbortSignal): AskDoctor =>
  (statement) =>
    link.query(statement, { tag: { purpose: 'doctor', userId, turnId: null }, timeoutMs, signal })

/**
 * Checks a session that was just opened: is a restricted session scope active, and no second role? Resolves to a sentence for the
 * connection's badge, or null. Throws what the link throws. Two short statements, no warehouse.
 */
export async function checkSession({
  link,
  signIn,
  methods,
  userId,
  signal,
}: SessionCheckNeeds): Promise<string | null> {
  const ask = askDoctor(link, userId, signal)
  const { user, role, secondaryRoles } = await readSession(ask)
  const { warning } = await examineScope(ask, user, implementationOf(methods, signIn.method))
  const others =
    secondaryRoles.length === 0
      ? null
      : `Other roles are active beside ${role ?? 'none'}: ${secondaryRoles.join(', ')}.`
  return joinWarnings([others, warning])
}

/** One sentence after the other; null where there is none. */
export const joinWarnings = (warnings: readonly (string | null)[]): string | null => {
  const present = warnings.filter((one) => one !== null)
  return present.length === 0 ? null : present.join(' ')
}
