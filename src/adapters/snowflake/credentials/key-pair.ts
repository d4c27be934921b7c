import { createHash, createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { z } from 'zod'
import { quotedName, quotedText } from '../../../core/catalog/sql-quoting.ts'
import { problem } from '../../../core/problem.ts'
import { asScript } from '../setup/setup-statements.ts'
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

/** An RSA key, ready to sign in with. */
interface PrivateKey {
  /** PKCS#8, not encrypted. */
  readonly privateKeyPem: string
  /** Base64 of the public half (SPKI), as Snowflake's RSA_PUBLIC_KEY takes it. */
  readonly publicKey: string
  /** `SHA256:…`, as Snowflake's RSA_PUBLIC_KEY_FP shows it. */
  readonly fingerprint: string
}

/** Snowflake takes nothing shorter. */
const leastBits = 2_048
/** As strong as the other keys: 128 bits of security (NIST SP 800-57). */
const madeBits = 3_072
const pemPattern = /-----BEGIN ([A-Z0-9 ]+)-----([\s\S]*?)-----END \1-----/

/** Reads an RSA private key from PEM: PKCS#1 or PKCS#8, encrypted or not, also pasted on one line. Throws `bad_request`. */
export function readPrivateKey(pasted: string, passphrase: string | null): PrivateKey {
  const text = pasted.replaceAll('\\n', '\n').replaceAll('\r', '')
  const [, kind, body] = pemPattern.exec(text) ?? []
  if (kind === undefined || body === undefined)
    throw bad('This is no private key in PEM.', 'Paste the whole file, from -----BEGIN to -----END.')
  const advice = adviceOf(kind)
  if (advice !== null) throw bad(...advice)
  const key = open(rewrap(kind, body), passphrase)
  if (key.asymmetricKeyType !== 'rsa')
    throw bad(
      `This is a key of type ${key.asymmetricKeyType ?? 'unknown'}; Snowflake takes RSA keys.`,
      'Make one with: openssl genrsa 3072 | openssl pkcs8 -topk8 -v2 aes-256-cbc -inform PEM -out rsa_key.p8, or let Floe make one.',
    )
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0
  if (bits < leastBits)
    throw bad(`This RSA key has ${bits} bits; Snowflake takes ${leastBits} or more.`, 'Make a longer key.')
  return describe(key)
}

/** Makes a new RSA key of 3,072 bits. */
export async function makePrivateKey(): Promise<PrivateKey> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: madeBits })
  return describe(privateKey)
}

function describe(key: KeyObject): PrivateKey {
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' })
  return {
    privateKeyPem: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: spki.toString('base64'),
    fingerprint: `SHA256:${createHash('sha256').update(spki).digest('base64')}`,
  }
}

function adviceOf(kind: string): readonly [string, string] | null {
  if (kind.includes('PUBLIC') || kind.includes('CERTIFICATE'))
    return ['This is the public half of a key.', 'Paste the private key; the public half belongs into Snowflake.']
  if (kind.startsWith('OPENSSH'))
    return ["This key is in OpenSSH's own format.", 'Convert a copy of it with: ssh-keygen -p -m PEM -f COPY']
  if (kind.startsWith('EC ') || kind.startsWith('DSA '))
    return [
      `This is a key of type ${kind.split(' ')[0] ?? ''}; Snowflake takes RSA keys.`,
      'Make an RSA key, or let Floe make one.',
    ]
  return null
}

/** Line breaks that were lost on the way are put back; headers of an encrypted PKCS#1 key stay lines of their own. */
function rewrap(kind: string, body: string): string {
  const headers = [...body.matchAll(/^\s*((?:Proc-Type|DEK-Info): ?[\w,-]+)\s*$/gm)].map((match) => match[1] ?? '')
  const base64 = headers.reduce((rest, header) => rest.replace(header, ''), body).replaceAll(/\s/g, '')
  const lines = base64.match(/.{1,64}/g) ?? []
  const head = headers.length === 0 ? [] : [...headers, '']
  return [`-----BEGIN ${kind}-----`, ...head, ...lines, `-----END ${kind}-----`, ''].join('\n')
}

function open(pem: string, passphrase: string | null): KeyObject {
  const isEncrypted = pem.includes('ENCRYPTED')
  if (isEncrypted && (passphrase === null || passphrase === ''))
    throw bad('The private key is encrypted.', 'Give its passphrase too.')
  try {
    return createPrivateKey({ key: pem, format: 'pem', ...(isEncrypted ? { passphrase: passphrase ?? '' } : {}) })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    // OpenSSL answers `ERR_OSSL_UNSUPPORTED` for a wrong passphrase too: 1 in 256 leaves something that ends like a text but is no key.
    if (isEncrypted && code === 'ERR_OSSL_EVP_UNSUPPORTED')
      throw bad(
        'The private key is encrypted with a cipher that is no longer supported.',
        'Encrypt it anew with: openssl pkcs8 -topk8 -v2 aes-256-cbc -in KEY -out NEW_KEY',
      )
    if (isEncrypted) throw bad('The passphrase does not open the private key.', 'Check the passphrase.')
    throw bad('The private key is damaged or incomplete.', 'Paste the whole file, from -----BEGIN to -----END.')
  }
}

const bad = (what: string, action: string) => problem('bad_request', what, action)
