import { z } from 'zod'
import type { SignInMethod } from '../../../contract/snowflake/sign-in.ts'
import type { CommandLineField } from '../../../core/ports/connection-kind.ts'
import type { OauthOrder, OauthSecret } from './oauth-client.ts'
import type { TokenSource } from './renew-token.ts'
import type { BrowserGrant, CredentialRequest, Remedy, SignInImplementation, Stored } from './sign-in-method.ts'
import { readStoredSecret } from './stored-secret.ts'

const Secret = z.object({
  clientSecret: z.string().nullable(),
  refreshToken: z.string().nullable(),
  accessToken: z.string().nullable(),
  /** When the access token ends, in milliseconds since 1970. */
  expiresAt: z.number().nullable(),
})

export const readOauthSecret = (text: string | null): OauthSecret => readStoredSecret(Secret, text)

/** What is sealed before anybody has signed in: the client's own secret, and no grant. */
export const ungranted = (clientSecret: string | null): string =>
  JSON.stringify({ clientSecret, refreshToken: null, accessToken: null, expiresAt: null } satisfies OauthSecret)

/** The OAuth scope of one role. A role whose name Snowflake's scope grammar does not take as it is goes percent-encoded. */
export const roleScope = (role: string): string =>
  /^[A-Za-z_][A-Za-z0-9_$]*$/.test(role) ? `session:role:${role}` : `session:role-encoded:${encodeURIComponent(role)}`

/** What every OAuth client has. */
export const clientFields: readonly CommandLineField[] = [
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
export function makeBrowserMethod<Method extends SignInMethod>(
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
