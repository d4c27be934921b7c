import {
  createToken,
  createPolicyPlace,
  asScript,
  grantRole,
  restrictNetwork,
} from '../../../core/setup/setup-statements.ts'
import { quotedName, quotedText } from '../../../core/catalog/sql-quoting.ts'
import { defaultSetup } from '../../../core/setup/setup-choices.ts'
import type { Problem } from '../../../contract/problem.ts'
import { found, type DoctorNeeds, type Finding } from './doctor.ts'
import { mostSkewSeconds } from './reach-account.ts'

/** What to do about a sign-in that failed, made for this user, role and network. */
export function explainSignIn(problem: Problem, needs: DoctorNeeds, clockAheadSeconds: number | null): Finding {
  const words = wordsOf(problem)
  const code = codeOf(problem) ?? ''
  const explain = explanations[code] ?? (/network policy/i.test(words) ? explanations['390422'] : undefined)
  const finding = explain?.({ needs, words, clockAheadSeconds, user: userOf(needs) })
  const detail = `${problem.message}${code === '' ? '' : ` (${code})`}`
  if (finding === undefined) return found('failed', detail, problem.action)
  return found('failed', finding.detail ?? detail, finding.action, finding.sql)
}

const wordsOf = ({ message, details = [] }: Problem): string => [message, ...details].join('\n')

/** Snowflake's code for a sign-in it refused; null where it said nothing. */
export const codeOf = (problem: Problem): string | null => /\b(39\d{4})\b/.exec(wordsOf(problem))?.[1] ?? null

interface Clues {
  readonly needs: DoctorNeeds
  readonly words: string
  readonly clockAheadSeconds: number | null
  /** The user as SQL names it; null where the token alone knows. */
  readonly user: string | null
}

interface Explanation {
  readonly detail?: string
  readonly action: string
  readonly sql: string | null
}

/** Names in sign-ins are folded as they are typed; stored names are in capitals unless they were quoted. */
const userOf = ({ signIn }: DoctorNeeds): string | null => {
  const user = 'user' in signIn ? signIn.user : null
  return user === null ? null : /^[A-Za-z_][\w$]*$/.test(user) ? user.toUpperCase() : user
}

const forUser = (user: string | null, statement: (name: string) => readonly string[]): string | null =>
  user === null ? null : asScript(statement(user))

const explanations: Readonly<Record<string, ((clues: Clues) => Explanation) | undefined>> = {
  '390101': ({ user }) => ({
    action: 'An administrator enables the user.',
    sql: forUser(user, (name) => [`ALTER USER ${quotedName(name)} SET DISABLED = FALSE`]),
  }),
  '390102': ({ user }) => ({
    action: 'An administrator unlocks the user, or wait a quarter of an hour.',
    sql: forUser(user, (name) => [`ALTER USER ${quotedName(name)} SET MINS_TO_UNLOCK = 0`]),
  }),
  '390144': explainKey,
  '390186': explainRole,
  '390189': explainRole,
  '390303': () => ({ action: 'Sign in to Snowflake again from this connection.', sql: null }),
  '390318': () => ({ action: 'Sign in to Snowflake again from this connection.', sql: null }),
  '390317': ({ needs }) => ({
    action: `The integration does not allow the role${named(needs.target.role)}: choose another role, or take it off its blocked list.`,
    sql: null,
  }),
  '390422': explainNetwork,
  '390432': explainNetwork,
  '394400': explainToken,
}

/** The codes that have an explanation of their own; docs/snowflake.md has them, too. */
export const explainedCodes: readonly string[] = Object.keys(explanations)

const named = (name: string | null): string => (name === null ? '' : ` ${name}`)

function explainKey({ needs, clockAheadSeconds, user }: Clues): Explanation {
  const { signIn } = needs
  const skew = clockAheadSeconds !== null && Math.abs(clockAheadSeconds) > mostSkewSeconds
  if (skew)
    return {
      detail: `Snowflake did not accept the key (390144); this machine's clock is ${Math.abs(clockAheadSeconds)} seconds off.`,
      action: 'Set the clock first: a signature is valid for about a minute.',
      sql: null,
    }
  if (signIn.method !== 'key_pair') return { action: 'Check the key of this connection.', sql: null }
  return {
    detail: `Snowflake did not accept the key (390144): for user ${signIn.user} it has no public key, or another one than ${signIn.fingerprint}.`,
    action: `An administrator looks at RSA_PUBLIC_KEY_FP of the user: unless it shows ${signIn.fingerprint}, the second statement sets the key.`,
    sql: forUser(user, (name) => [
      `DESCRIBE USER ${quotedName(name)}`,
      `ALTER USER ${quotedName(name)} SET RSA_PUBLIC_KEY = ${quotedText(signIn.publicKey)}`,
    ]),
  }
}

function explainRole({ needs, user }: Clues): Explanation {
  const { role } = needs.target
  return {
    detail: `The role${named(role)} does not exist or is not granted to the user.`,
    action: 'An administrator grants the role, or choose another one in the settings of this connection.',
    sql: role === null ? null : forUser(user, (name) => grantRole(role, name)),
  }
}

/** Snowflake names the address it saw: that is the one to allow. */
function explainNetwork({ needs, words, user }: Clues): Explanation {
  const seen = /\b(\d{1,3}(?:\.\d{1,3}){3})\b/.exec(words)?.[1]
  const egress = seen === undefined ? needs.egress : [...new Set([...needs.egress, `${seen}/32`])]
  const { policies } = defaultSetup
  const from = egress.length === 0 ? 'the addresses that Floe connects from' : egress.join(', ')
  return {
    detail: words.includes('390432')
      ? 'This token may only be used by a user with a network policy, and the user has none.'
      : `A network policy of the account does not let ${seen ?? 'this machine'} in.`,
    action: `An administrator allows ${from}, by the policy that is in force or by one for this user alone, which takes precedence.`,
    sql:
      egress.length === 0
        ? null
        : forUser(user, (name) => [
            ...createPolicyPlace({ policies }),
            ...restrictNetwork({ egress, policies, user: name }),
          ]),
  }
}

function explainToken({ needs, user }: Clues): Explanation {
  const role = needs.target.role ?? defaultSetup.role
  return {
    detail:
      'Snowflake did not accept the access token (394400): it has expired, was removed, or belongs to another account.',
    action: 'Make a new token and store it in this connection. Snowflake shows it once.',
    sql: forUser(user, (name) => [
      `SHOW USER PROGRAMMATIC ACCESS TOKENS FOR USER ${quotedName(name)}`,
      ...createToken({ user: name, role }),
    ]),
  }
}
