import { createPolicyPlace, asScript, grantRole, restrictNetwork } from '../setup/setup-statements.ts'
import { quotedName } from '../../../core/catalog/sql-quoting.ts'
import { defaultSetup } from '../setup/setup-choices.ts'
import type { Problem } from '../../../contract/problem.ts'
import { implementationOf, type SignInMethods } from '../credentials/sign-in-methods.ts'
import type { Remedy } from '../credentials/sign-in-method.ts'
import { found, type DoctorNeeds, type Finding } from './doctor.ts'

/** What to do about a sign-in that failed, made for this user, role and network. */
export function explainSignIn(problem: Problem, needs: DoctorNeeds, clockAheadSeconds: number | null): Finding {
  const words = wordsOf(problem)
  const code = codeOf(problem) ?? ''
  const own = implementationOf(needs.methods, needs.signIn.method).explain(code, {
    signIn: needs.signIn,
    problem,
    user: userOf(needs),
    role: needs.target.role,
    clockAheadSeconds,
  })
  const explain = explanations[code] ?? explanations[codeByWords.find(([pattern]) => pattern.test(words))?.[1] ?? '']
  const finding = own ?? explain?.({ needs, words, user: userOf(needs) })
  const detail = `${problem.message}${code === '' ? '' : ` (${code})`}`
  if (finding === undefined) return found('failed', detail, problem.action)
  return found('failed', finding.detail ?? detail, finding.action, finding.sql)
}

const wordsOf = ({ message, details = [] }: Problem): string => [message, ...details].join('\n')

/** Snowflake's code for a sign-in it refused; null where it said nothing. */
export const codeOf = (problem: Problem): string | null => /\b(39\d{4})\b/.exec(wordsOf(problem))?.[1] ?? null

/** Refusals that are told by their words, with the code that explains them. */
const codeByWords: readonly (readonly [RegExp, string])[] = [
  [/network policy/i, '390422'],
  [/session is restricted/i, '003107'],
]

interface Clues {
  readonly needs: DoctorNeeds
  readonly words: string
  /** The user as SQL names it; null where the token alone knows. */
  readonly user: string | null
}

/** Names in sign-ins are folded as they are typed; stored names are in capitals unless they were quoted. */
const userOf = ({ signIn }: DoctorNeeds): string | null => {
  const user = 'user' in signIn ? signIn.user : null
  return user === null ? null : /^[A-Za-z_][\w$]*$/.test(user) ? user.toUpperCase() : user
}

const forUser = (user: string | null, statement: (name: string) => readonly string[]): string | null =>
  user === null ? null : asScript(statement(user))

const explanations: Readonly<Record<string, ((clues: Clues) => Remedy) | undefined>> = {
  '003107': ({ needs, user }) => ({
    action: implementationOf(needs.methods, needs.signIn.method).isForPeople
      ? 'An administrator sets OAUTH_USE_SECONDARY_ROLES = NONE on the integration, or empties the default secondary roles of the person.'
      : 'An administrator empties the default secondary roles of the user.',
    sql: forUser(user, (name) => [`ALTER USER ${quotedName(name)} SET DEFAULT_SECONDARY_ROLES = ()`]),
  }),
  '390101': ({ user }) => ({
    action: 'An administrator enables the user.',
    sql: forUser(user, (name) => [`ALTER USER ${quotedName(name)} SET DISABLED = FALSE`]),
  }),
  '390102': ({ user }) => ({
    action: 'An administrator unlocks the user, or wait a quarter of an hour.',
    sql: forUser(user, (name) => [`ALTER USER ${quotedName(name)} SET MINS_TO_UNLOCK = 0`]),
  }),
  '390186': explainRole,
  '390189': explainRole,
  '390317': ({ needs }) => ({
    action: `The integration does not allow the role${named(needs.target.role)}: choose another role, or take it off its blocked list.`,
    sql: null,
  }),
  '390422': explainNetwork,
  '390432': explainNetwork,
}

/** The codes that have an explanation of their own; docs/snowflake.md has them, too. */
export const explainedCodes = (methods: SignInMethods): readonly string[] => [
  ...new Set([...Object.keys(explanations), ...Object.values(methods).flatMap((method) => method.explainedCodes)]),
]

const named = (name: string | null): string => (name === null ? '' : ` ${name}`)

function explainRole({ needs, user }: Clues): Remedy {
  const { role } = needs.target
  return {
    detail: `The role${named(role)} does not exist or is not granted to the user.`,
    action: 'An administrator grants the role, or choose another one with floe connection update.',
    sql: role === null ? null : forUser(user, (name) => grantRole(role, name)),
  }
}

/** Snowflake names the address it saw: that is the one to allow. */
function explainNetwork({ needs, words, user }: Clues): Remedy {
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
