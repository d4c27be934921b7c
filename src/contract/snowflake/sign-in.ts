import * as z from 'zod/mini'
import { identifier, line, secret, webAddress } from '../text-fields.ts'

export const WorkloadProvider = z.enum(['AWS', 'AZURE', 'GCP', 'OIDC'])
export type WorkloadProvider = z.infer<typeof WorkloadProvider>

const keyPair = z.object({ method: z.literal('key_pair'), user: identifier })
const accessToken = z.object({ method: z.literal('access_token'), user: z._default(z.nullable(identifier), null) })
const snowflakeOauth = z.object({ method: z.literal('snowflake_oauth'), clientId: line(1_000) })
const externalOauth = z.object({
  method: z.literal('external_oauth'),
  clientId: line(1_000),
  /** Its published metadata names the endpoints; null when they are given. */
  issuer: z._default(z.nullable(webAddress), null),
  authorizationUrl: z._default(z.nullable(webAddress), null),
  tokenUrl: z._default(z.nullable(webAddress), null),
  /** Null asks for the connection's role and for a refresh token. */
  scope: z._default(z.nullable(line(2_000)), null),
})
const workloadIdentity = z.object({ method: z.literal('workload_identity'), provider: WorkloadProvider })
const clientSecret = { clientSecret: z.optional(secret(2_000)) }

/**
 * Every way to sign in to Snowflake: what a person enters, secrets included, and what is stored and shown. A further way is one more entry;
 * the compiler then asks for its implementation beside the others in the adapter.
 */
const methods = [
  {
    entered: z.extend(keyPair, {
      /** PEM of an RSA key, PKCS#1 or PKCS#8; left out, Floe makes a key that never leaves it. */
      privateKey: z.optional(secret(20_000)),
      passphrase: z.optional(secret(1_000)),
    }),
    stored: z.extend(keyPair, {
      /** Base64 without PEM lines, as Snowflake's RSA_PUBLIC_KEY takes it. */
      publicKey: z.string(),
      /** `SHA256:…`, as Snowflake's RSA_PUBLIC_KEY_FP shows it. */
      fingerprint: z.string(),
    }),
  },
  { entered: z.extend(accessToken, { token: secret(20_000) }), stored: accessToken },
  { entered: z.extend(snowflakeOauth, clientSecret), stored: snowflakeOauth },
  { entered: z.extend(externalOauth, clientSecret), stored: externalOauth },
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
