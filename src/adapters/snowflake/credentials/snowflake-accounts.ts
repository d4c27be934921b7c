import type { NewSignIn, SignIn, WorkloadProvider } from '../../../contract/connection.ts'
import type { Accounts, PreparedSignIn } from '../../../core/ports/accounts.ts'
import type { ConnectionRow } from '../../../core/ports/connection-store.ts'
import { problem } from '../../../core/problem.ts'
import { isPublicAddress } from '../../http-client/guarded-fetch.ts'
import type { OauthClient, OauthOrder, OauthTicket } from './oauth-client.ts'
import { makePrivateKey, readPrivateKey } from './private-key.ts'
import { readAccount, type AccountPolicy } from './read-account.ts'
import { readOauthSecret, type OauthSecret } from './stored-secret.ts'

interface SnowflakeAccountsNeeds {
  readonly oauth: OauthClient
  readonly policy: AccountPolicy
  /** Whose identity the machine has, if people may sign in with it; null where they may not. */
  readonly workload: WorkloadProvider | null
}

/** What signing in to Snowflake takes, method by method. There is no method with a password. */
export function makeSnowflakeAccounts({ oauth, policy, workload }: SnowflakeAccountsNeeds): Accounts {
  return {
    readAddress: (pasted) => readAccount(pasted, policy),
    readSignIn: async (given) => {
      if (given.method === 'key_pair') return await readKeyPair(given)
      if (given.method === 'access_token') return readToken(given)
      if (given.method === 'workload_identity') return readWorkload(given, workload)
      return readOauth(given, policy)
    },
    setupSql: (signIn) =>
      signIn.method === 'key_pair'
        ? `ALTER USER ${quoteUser(signIn.user)} SET RSA_PUBLIC_KEY='${signIn.publicKey}';`
        : null,
    forgetGrant: (signIn, secret) => {
      if (signIn.method !== 'snowflake_oauth' && signIn.method !== 'external_oauth')
        return { secret, needsSignIn: false }
      return { secret: JSON.stringify(withoutGrant(readOauthSecret(secret).clientSecret)), needsSignIn: true }
    },
    beginSignIn: async (row, secret, redirectUri) => {
      const { url, ticket } = await oauth.begin(orderOf(row, secret), redirectUri)
      return { url, ticket: JSON.stringify(ticket) }
    },
    finishSignIn: async (row, secret, ticket, query) =>
      // Sealed by this program for this row, so it is what `beginSignIn` made.
      JSON.stringify(await oauth.finish(orderOf(row, secret), JSON.parse(ticket) as OauthTicket, query)),
  }
}

type Given<Method extends NewSignIn['method']> = Extract<NewSignIn, { method: Method }>

async function readKeyPair({ user, privateKey, passphrase }: Given<'key_pair'>): Promise<PreparedSignIn> {
  const key = privateKey === undefined ? await makePrivateKey() : readPrivateKey(privateKey, passphrase ?? null)
  const { privateKeyPem, publicKey, fingerprint } = key
  return {
    signIn: { method: 'key_pair', user, publicKey, fingerprint },
    secret: JSON.stringify({ privateKeyPem }),
    needsSignIn: false,
  }
}

function readToken({ user, token }: Given<'access_token'>): PreparedSignIn {
  const trimmed = token.trim()
  if (!/^[\x21-\x7e]+$/.test(trimmed))
    throw problem(
      'bad_request',
      'This is no access token: it has blanks or line breaks inside.',
      'Paste the token alone.',
    )
  return { signIn: { method: 'access_token', user }, secret: JSON.stringify({ token: trimmed }), needsSignIn: false }
}

function readWorkload({ provider }: Given<'workload_identity'>, workload: WorkloadProvider | null): PreparedSignIn {
  if (provider === workload)
    return { signIn: { method: 'workload_identity', provider }, secret: null, needsSignIn: false }
  throw problem(
    'bad_request',
    workload === null
      ? 'This Floe does not lend out the identity of its machine.'
      : `The identity of this machine is one of ${workload}.`,
    'Whoever runs Floe can allow it by setting WORKLOAD_IDENTITY.',
  )
}

function readOauth(
  given: Given<'snowflake_oauth' | 'external_oauth'>,
  { allowLoopback }: AccountPolicy,
): PreparedSignIn {
  const { clientSecret = null, ...signIn } = given
  if (signIn.method === 'external_oauth') checkIssuer(signIn, allowLoopback)
  return { signIn, secret: JSON.stringify(withoutGrant(clientSecret)), needsSignIn: true }
}

function checkIssuer(signIn: Extract<SignIn, { method: 'external_oauth' }>, allowLoopback: boolean): void {
  const { issuer, authorizationUrl, tokenUrl } = signIn
  if (issuer === null && (authorizationUrl === null || tokenUrl === null))
    throw problem(
      'bad_request',
      'The sign-in server is not named.',
      'Give its issuer, or both its authorization and its token address.',
    )
  for (const address of [issuer, authorizationUrl, tokenUrl]) {
    const url = address === null ? null : URL.parse(address)
    if (address !== null && (url === null || !isPublicAddress(url, allowLoopback)))
      throw problem(
        'bad_request',
        `"${address.slice(0, 100)}" is not a public https address.`,
        'Give an address that starts with https:// and a host name, without a port.',
      )
  }
}

const withoutGrant = (clientSecret: string | null): OauthSecret => ({
  clientSecret,
  refreshToken: null,
  accessToken: null,
  expiresAt: null,
})

function orderOf({ signIn, accessUrl, role }: ConnectionRow, secret: string | null): OauthOrder {
  if (signIn.method === 'snowflake_oauth' || signIn.method === 'external_oauth')
    return { signIn, accessUrl, role, secret: readOauthSecret(secret) }
  throw problem('bad_request', 'This connection does not sign in by browser.', 'Test it; it is ready as it is.')
}

/** Snowflake folds a plain name to upper case; any other has to be quoted. */
const quoteUser = (user: string): string =>
  /^[A-Za-z_][A-Za-z0-9_$]*$/.test(user) ? user : `"${user.replaceAll('"', '""')}"`
