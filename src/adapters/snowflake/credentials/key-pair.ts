import { z } from 'zod'
import { quotedName, quotedText } from '../../../core/catalog/sql-quoting.ts'
import { asScript } from '../setup/setup-statements.ts'
import { makePrivateKey, readPrivateKey } from './private-key.ts'
import {
  makeUserAgent,
  mostSkewSeconds,
  type RefusedSignIn,
  type Remedy,
  type SignInImplementation,
} from './sign-in-method.ts'
import { readStoredSecret } from './stored-secret.ts'

const Secret = z.object({ privateKeyPem: z.string() })

/** JWT refused: on the whole (390144), or because of the key, the user, its issue or expiry time (394300 to 394306). */
const refusedKeyCodes: readonly string[] = [
  '390144',
  '394300',
  '394301',
  '394302',
  '394303',
  '394304',
  '394305',
  '394306',
]

/** A private key that Floe keeps; Snowflake knows its public half. */
export const keyPair: SignInImplementation<'key_pair'> = {
  method: 'key_pair',
  optionName: 'key-pair',
  fields: [
    { field: 'user', option: '--user <user>', description: "the user's name in Snowflake", question: 'User' },
    {
      field: 'privateKey',
      option: '--key-file <path>',
      description: 'a file with the private key in PEM; - reads stdin',
      secret: 'required',
      instead: {
        option: '--generate-key',
        description: 'makes a key that never leaves Floe and prints what an administrator has to run',
      },
    },
    {
      field: 'passphrase',
      option: '--passphrase-file <path>',
      description: "a file with the key's passphrase; - reads stdin",
      question: 'Passphrase of the key',
      secret: 'required',
      isOneLine: true,
      isNeeded: ({ privateKey }) => typeof privateKey === 'string' && privateKey.includes('ENCRYPTED'),
    },
  ],
  async prepare({ user, privateKey, passphrase }) {
    const key = privateKey === undefined ? await makePrivateKey() : readPrivateKey(privateKey, passphrase ?? null)
    const { privateKeyPem, publicKey, fingerprint } = key
    const signIn = { method: 'key_pair' as const, user, publicKey, fingerprint }
    return { signIn, secret: JSON.stringify({ privateKeyPem }), needsSignIn: false }
  },
  async credential({ user }, { openSecret }) {
    return { method: 'key_pair', user, ...readStoredSecret(Secret, await openSecret()) }
  },
  setupSql: ({ user, publicKey }) => `ALTER USER ${quotedUser(user)} SET RSA_PUBLIC_KEY='${publicKey}';`,
  browser: null,
  isForPeople: false,
  markAsAgent: (user) => ({
    action: "An administrator makes the user an agent's and sets the scope.",
    statements: makeUserAgent(quotedName(user)),
  }),
  explainedCodes: refusedKeyCodes,
  explain: (code, refused) => (refusedKeyCodes.includes(code) ? explainKey(code, refused) : null),
}

function explainKey(code: string, { signIn, user, clockAheadSeconds }: RefusedSignIn<'key_pair'>): Remedy {
  if (clockAheadSeconds !== null && Math.abs(clockAheadSeconds) > mostSkewSeconds)
    return {
      detail: `Snowflake did not accept the key (${code}); this machine's clock is ${Math.abs(clockAheadSeconds)} seconds off.`,
      action: 'Set the clock first: a signature is valid for about a minute.',
      sql: null,
    }
  return {
    detail: `Snowflake did not accept the key (${code}): for user ${signIn.user} it has no public key, or another one than ${signIn.fingerprint}.`,
    action: `An administrator looks at RSA_PUBLIC_KEY_FP of the user: unless it shows ${signIn.fingerprint}, the second statement sets the key.`,
    sql:
      user === null
        ? null
        : asScript([
            `DESCRIBE USER ${quotedName(user)}`,
            `ALTER USER ${quotedName(user)} SET RSA_PUBLIC_KEY = ${quotedText(signIn.publicKey)}`,
          ]),
  }
}

/** Snowflake folds a plain name to upper case; any other has to be quoted. */
const quotedUser = (user: string): string =>
  /^[A-Za-z_][A-Za-z0-9_$]*$/.test(user) ? user : `"${user.replaceAll('"', '""')}"`
