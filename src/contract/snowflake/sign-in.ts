import { z } from 'zod'
import { identifier, line, secret, webAddress } from '../text-fields.ts'

export const WorkloadProvider = z.enum(['AWS', 'AZURE', 'GCP', 'OIDC'])
export type WorkloadProvider = z.infer<typeof WorkloadProvider>

const keyPair = z.object({ method: z.literal('key_pair'), user: identifier })
const accessToken = z.object({ method: z.literal('access_token'), user: identifier.nullable().default(null) })
const snowflakeOauth = z.object({ method: z.literal('snowflake_oauth'), clientId: line(1_000) })
const externalOauth = z.object({
  method: z.literal('external_oauth'),
  clientId: line(1_000),
  /** Its published metadata names the endpoints; null when they are given. */
  issuer: webAddress.nullable().default(null),
  authorizationUrl: webAddress.nullable().default(null),
  tokenUrl: webAddress.nullable().default(null),
  /** Null asks for the connection's role and for a refresh token. */
  scope: line(2_000).nullable().default(null),
})
const workloadIdentity = z.object({ method: z.literal('workload_identity'), provider: WorkloadProvider })
const clientSecret = { clientSecret: secret(2_000).optional() }

/**
 * Every way to sign in to Snowflake: what a person enters, secrets included, and what is stored and shown. A further way is one more entry;
 * the compiler then asks for its implementation beside the others in the adapter.
 */
const methods = [
  {
    entered: keyPair.extend({
      /** PEM of an RSA key, PKCS#1 or PKCS#8; left out, Floe makes a key that never leaves it. */
      privateKey: secret(20_000).optional(),
      passphrase: secret(1_000).optional(),
    }),
    stored: keyPair.extend({
      /** Base64 without PEM lines, as Snowflake's RSA_PUBLIC_KEY takes it. */
      publicKey: z.string(),
      /** `SHA256:…`, as Snowflake's RSA_PUBLIC_KEY_FP shows it. */
      fingerprint: z.string(),
    }),
  },
  { entered: accessToken.extend({ token: secret(20_000) }), stored: accessToken },
  { entered: snowflakeOauth.extend(clientSecret), stored: snowflakeOauth },
  { entered: externalOauth.extend(clientSecret), stored: externalOauth },
  { entered: workloadIdentity, stored: workloadIdentity },
] as const

type Side = 'entered' | 'stored'
type SchemasOf<List extends readonly { readonly [Key in Side]: unknown }[], Key extends Side> = {
  readonly [Index in keyof List]: List[Index][Key]
}
const schemasOf = <Key extends Side>(side: Key) =>
  methods.map((method) => method[side]) as unknown as SchemasOf<typeof methods, Key>

/** How a saved connection signs in, without anything secret. */
export const SignIn = z.discriminatedUnion('method', schemasOf('stored'))
export type SignIn = z.infer<typeof SignIn>
export type SignInMethod = SignIn['method']

/** How a new connection signs in, secrets included. */
export const NewSignIn = z.discriminatedUnion('method', schemasOf('entered'))
export type NewSignIn = z.infer<typeof NewSignIn>
