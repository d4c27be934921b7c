import { createHash, createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { problem } from '../../../core/problem.ts'

/** An RSA key, ready to sign in with. */
export interface PrivateKey {
  /** PKCS#8, not encrypted. */
  readonly privateKeyPem: string
  /** Base64 of the public half (SPKI), as Snowflake's RSA_PUBLIC_KEY takes it. */
  readonly publicKey: string
  /** `SHA256:…`, as Snowflake's RSA_PUBLIC_KEY_FP shows it. */
  readonly fingerprint: string
}

/** Snowflake takes nothing shorter. */
const leastBits = 2_048
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
      'Make one with: openssl genrsa 2048 | openssl pkcs8 -topk8 -v2 aes-256-cbc -inform PEM -out rsa_key.p8, or let Floe make one.',
    )
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0
  if (bits < leastBits)
    throw bad(`This RSA key has ${bits} bits; Snowflake takes ${leastBits} or more.`, 'Make a longer key.')
  return describe(key)
}

/** Makes a new RSA key of 2,048 bits. */
export async function makePrivateKey(): Promise<PrivateKey> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: leastBits })
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
