import { clientFields, makeBrowserMethod, roleScope, ungranted } from './browser-grant.ts'
import type { TokenSource } from './renew-token.ts'
import type { SignInImplementation } from './sign-in-method.ts'

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
