import { z } from 'zod'
import { quotedName } from '../../../core/catalog/sql-quoting.ts'
import { problem } from '../../../core/problem.ts'
import { defaultSetup } from '../setup/setup-choices.ts'
import { asScript, createToken } from '../setup/setup-statements.ts'
import { makeUserAgent, type SignInImplementation } from './sign-in-method.ts'
import { readStoredSecret } from './stored-secret.ts'

const Secret = z.object({ token: z.string() })

/** A programmatic access token, made in Snowflake. */
export const accessToken: SignInImplementation<'access_token'> = {
  method: 'access_token',
  optionName: 'access-token',
  fields: [
    { field: 'user', option: '--user <user>', description: "the user's name in Snowflake", question: 'User' },
    {
      field: 'token',
      option: '--token-file <path>',
      description: 'a file with the programmatic access token; - reads stdin',
      question: 'Programmatic access token',
      secret: 'required',
    },
  ],
  async prepare({ user, token }) {
    const trimmed = token.trim()
    if (!/^[\x21-\x7e]+$/.test(trimmed))
      throw problem(
        'bad_request',
        'This is no access token: it has blanks or line breaks inside.',
        'Paste the token alone.',
      )
    const signIn = { method: 'access_token' as const, user }
    return await Promise.resolve({ signIn, secret: JSON.stringify({ token: trimmed }), needsSignIn: false })
  },
  async credential({ user }, { openSecret }) {
    return { method: 'access_token', user, ...readStoredSecret(Secret, await openSecret()) }
  },
  setupSql: () => null,
  browser: null,
  isForPeople: false,
  markAsAgent: (user) => ({
    action: "An administrator makes the user an agent's and sets the scope.",
    statements: makeUserAgent(quotedName(user)),
  }),
  explainedCodes: ['394400'],
  explain: (code, { user, role }) =>
    code === '394400'
      ? {
          detail:
            'Snowflake did not accept the access token (394400): it has expired, was removed, or belongs to another account.',
          action: 'Make a new token and store it in this connection. Snowflake shows it once.',
          sql:
            user === null
              ? null
              : asScript([
                  `SHOW USER PROGRAMMATIC ACCESS TOKENS FOR USER ${quotedName(user)}`,
                  ...createToken({ user, role: role ?? defaultSetup.role }),
                ]),
        }
      : null,
}
