import { quotedName } from '../../../core/catalog/sql-quoting.ts'
import { problem } from '../../../core/problem.ts'
import { isPublicAddress } from '../../http-client/guarded-fetch.ts'
import { clientFields, makeBrowserMethod, roleScope, ungranted } from './browser-grant.ts'
import type { OauthOrder } from './oauth-client.ts'
import type { TokenSource } from './renew-token.ts'
import { makeUserAgent, type SignInImplementation, type Stored } from './sign-in-method.ts'

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
