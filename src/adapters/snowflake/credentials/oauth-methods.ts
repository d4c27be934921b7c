import { z } from 'zod'
import type { SignInMethod } from '../../../contract/snowflake/sign-in.ts'
import { quotedName } from '../../../core/catalog/sql-quoting.ts'
import type { CommandLineField } from '../../../core/ports/connection-kind.ts'
import { problem } from '../../../core/problem.ts'
import { isPublicAddress } from '../../http-client/guarded-fetch.ts'
import type { OauthOrder, OauthSecret } from './oauth-client.ts'
import type { TokenSource } from './renew-token.ts'
import {
  type BrowserGrant,
  type CredentialRequest,
  makeUserAgent,
  type Remedy,
  type SignInImplementation,
  type Stored,
} from './sign-in-method.ts'
import { readStoredSecret } from './stored-secret.ts'

const Secret = z.object({
  clientSecret: z.string().nullable(),
  refreshToken: z.string().nullable(),
  accessToken: z.string().nullable(),
  /** When the access token ends, in milliseconds since 1970. */
  expiresAt: z.number().nullable(),
})

const readOauthSecret = (text: string | null): OauthSecret => readStoredSecret(Secret, text)

/** What is sealed before anybody has signed in: the client's own secret, and no grant. */
const ungranted = (clientSecret: string | null): string =>
  JSON.stringify({ clientSecret, refreshToken: null, accessToken: null, expiresAt: null } satisfies OauthSecret)

/** The OAuth scope of one role. A role whose name Snowflake's scope grammar does not take as it is goes percent-encoded. */
const roleScope = (role: string): string =>
  /^[A-Za-z_][A-Za-z0-9_$]*$/.test(role) ? `session:role:${role}` : `session:role-encoded:${encodeURIComponent(role)}`

/** What every OAuth client has. */
const clientFields: readonly CommandLineField[] = [
  { field: 'clientId', option: '--client-id <id>', description: 'the OAuth client', question: 'OAuth client id' },
  {
    field: 'clientSecret',
    option: '--client-secret-file <path>',
    description: "a file with the OAuth client's secret; - reads stdin",
    question: 'OAuth client secret (empty for a public client)',
    secret: 'optional',
    isOneLine: true,
  },
]

const grantEndedCodes: readonly string[] = ['390303', '390318']
const signInAgain: Remedy = { action: 'Sign in to Snowflake again from this connection.', sql: null }

/** The parts that are the same for every method with a browser. `orderOf` leaves out the secret, which is opened here. */
function makeBrowserMethod<Method extends SignInMethod>(
  token: TokenSource,
  orderOf: (signIn: Stored<Method>, place: Pick<CredentialRequest, 'accessUrl' | 'role'>) => Omit<OauthOrder, 'secret'>,
): Pick<SignInImplementation<Method>, 'credential' | 'setupSql' | 'isForPeople' | 'explainedCodes' | 'explain'> & {
  readonly browser: BrowserGrant<Method>
} {
  const order: BrowserGrant<Method>['order'] = (signIn, place, secret) => ({
    ...orderOf(signIn, place),
    secret: readOauthSecret(secret),
  })
  return {
    credential: async (signIn, request) => {
      const { ownerId, connectionId: id, revision, isRefused } = request
      const toOrder = (secret: string | null): OauthOrder => order(signIn, request, secret)
      return { method: 'oauth', token: await token({ ownerId, id, revision }, toOrder, isRefused) }
    },
    setupSql: () => null,
    browser: { order, withoutGrant: (secret) => ungranted(readOauthSecret(secret).clientSecret) },
    isForPeople: true,
    explainedCodes: grantEndedCodes,
    explain: (code) => (grantEndedCodes.includes(code) ? signInAgain : null),
  }
}

interface ExternalOauthNeeds {
  readonly token: TokenSource
  /** For tests alone: sign-in servers may run on this machine. */
  readonly allowLoopback: boolean
}

/** An outside issuer that the account trusts, such as Entra or Okta. */
export function makeExternalOauth({
  token,
  allowLoopback,
}: ExternalOauthNeeds): SignInImplementation<'external_oauth'> {
  return {
    method: 'external_oauth',
    optionName: 'external-oauth',
    fields: [
      ...clientFields,
      { field: 'issuer', option: '--issuer <url>', description: 'the sign-in server' },
      {
        field: 'authorizationUrl',
        option: '--authorization-url <url>',
        description: 'its authorization address, where it publishes no metadata',
      },
      { field: 'tokenUrl', option: '--token-url <url>', description: 'its token address, likewise' },
      { field: 'scope', option: '--scope <scope>', description: 'the scope to ask it for' },
    ],
    ...makeBrowserMethod<'external_oauth'>(token, (signIn, { accessUrl, role }) => ({
      clientId: signIn.clientId,
      server: serverOf(signIn),
      host: new URL(signIn.tokenUrl ?? signIn.issuer ?? accessUrl).host,
      clientAuthentication: 'post',
      scope: signIn.scope ?? `offline_access ${role === null ? 'session:role-any' : roleScope(role)}`,
    })),
    async prepare({ clientSecret = null, ...signIn }) {
      checkServer(signIn, allowLoopback)
      return await Promise.resolve({ signIn, secret: ungranted(clientSecret), needsSignIn: true })
    },
    markAsAgent: (user) => ({
      action: "An administrator makes the user an agent's and sets the scope.",
      statements: makeUserAgent(quotedName(user)),
    }),
  }
}

type SignIn = Stored<'external_oauth'>

function serverOf({ issuer, authorizationUrl, tokenUrl }: SignIn): OauthOrder['server'] {
  if (authorizationUrl !== null && tokenUrl !== null)
    return {
      issuer: issuer ?? new URL(tokenUrl).origin,
      authorizationUrl,
      tokenUrl,
    }
  return issuer === null ? null : { discover: issuer }
}

function checkServer({ issuer, authorizationUrl, tokenUrl }: SignIn, allowLoopback: boolean): void {
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

/** Snowflake's own OAuth server: every person signs in with their own user. */
export function makeSnowflakeOauth(token: TokenSource): SignInImplementation<'snowflake_oauth'> {
  return {
    method: 'snowflake_oauth',
    optionName: 'snowflake-oauth',
    fields: clientFields,
    ...makeBrowserMethod<'snowflake_oauth'>(token, ({ clientId }, { accessUrl, role }) => ({
      clientId,
      server: {
        issuer: accessUrl,
        authorizationUrl: `${accessUrl}/oauth/authorize`,
        tokenUrl: `${accessUrl}/oauth/token-request`,
      },
      host: new URL(accessUrl).host,
      clientAuthentication: 'basic',
      scope: role === null ? 'refresh_token' : `refresh_token ${roleScope(role)}`,
    })),
    prepare: async ({ method, clientId, clientSecret = null }) =>
      await Promise.resolve({ signIn: { method, clientId }, secret: ungranted(clientSecret), needsSignIn: true }),
    markAsAgent: () => ({
      action:
        "An administrator marks the integration as an agent's (put its name in, if it is not FLOE) and sets the scope.",
      statements: ['ALTER SECURITY INTEGRATION "FLOE" SET IS_AGENTIC = TRUE'],
    }),
  }
}
