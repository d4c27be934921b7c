import { z } from 'zod'

const line = (longest: number) =>
  z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(longest, `must have at most ${longest} characters`)
    .regex(/^\P{Cc}*$/u, 'must be one line without control characters')
/** A name inside Snowflake, as stored there. */
const identifier = line(255)
const webAddress = line(2_000).regex(/^https?:\/\//, 'must start with https://')
/** A secret on its way in; it never comes back out. */
const secret = (longest: number) =>
  z.string().min(1, 'must not be empty').max(longest, `must have at most ${longest} characters`)

/** What people call a connection; commands take it as `--connection`. */
export const ConnectionName = line(64)
  .regex(/^[\p{L}\p{N}][\p{L}\p{N}_. -]*$/u, 'may hold letters, digits, blanks, dots, dashes and underscores')
  .refine((name) => name.toLowerCase() !== 'sample', 'is taken by the sample warehouse')

export const WorkloadProvider = z.enum(['AWS', 'AZURE', 'GCP', 'OIDC'])
export type WorkloadProvider = z.infer<typeof WorkloadProvider>

const ways = {
  keyPair: { method: z.literal('key_pair'), user: identifier },
  accessToken: { method: z.literal('access_token'), user: identifier.nullable().default(null) },
  snowflakeOauth: { method: z.literal('snowflake_oauth'), clientId: line(1_000) },
  externalOauth: {
    method: z.literal('external_oauth'),
    clientId: line(1_000),
    /** Its published metadata names the endpoints; null when they are given. */
    issuer: webAddress.nullable().default(null),
    authorizationUrl: webAddress.nullable().default(null),
    tokenUrl: webAddress.nullable().default(null),
    /** Null asks for the connection's role and for a refresh token. */
    scope: line(2_000).nullable().default(null),
  },
  workloadIdentity: { method: z.literal('workload_identity'), provider: WorkloadProvider },
} as const

/** How a saved connection signs in, without anything secret. */
export const SignIn = z.discriminatedUnion('method', [
  z.object({
    ...ways.keyPair,
    /** Base64 without PEM lines, as Snowflake's RSA_PUBLIC_KEY takes it. */
    publicKey: z.string(),
    /** `SHA256:…`, as Snowflake's RSA_PUBLIC_KEY_FP shows it. */
    fingerprint: z.string(),
  }),
  z.object(ways.accessToken),
  z.object(ways.snowflakeOauth),
  z.object(ways.externalOauth),
  z.object(ways.workloadIdentity),
])
export type SignIn = z.infer<typeof SignIn>
export type SignInMethod = SignIn['method']

/** How a new connection signs in, secrets included. */
export const NewSignIn = z.discriminatedUnion('method', [
  z.object({
    ...ways.keyPair,
    /** PEM of an RSA key, PKCS#1 or PKCS#8; left out, Floe makes a key that never leaves it. */
    privateKey: secret(20_000).optional(),
    passphrase: secret(1_000).optional(),
  }),
  z.object({ ...ways.accessToken, token: secret(20_000) }),
  z.object({ ...ways.snowflakeOauth, clientSecret: secret(2_000).optional() }),
  z.object({ ...ways.externalOauth, clientSecret: secret(2_000).optional() }),
  z.object(ways.workloadIdentity),
])
export type NewSignIn = z.infer<typeof NewSignIn>

const place = {
  /** Null takes the user's default role. */
  role: identifier.nullable().default(null),
  warehouse: identifier.nullable().default(null),
  database: identifier.nullable().default(null),
  schema: identifier.nullable().default(null),
}

/** A connection to save. */
export const NewConnection = z.object({
  name: ConnectionName,
  /** An account in any form people paste: a page's address, `org-account`, a locator with region, a private link. */
  account: line(500),
  ...place,
  signIn: NewSignIn,
})
export type NewConnection = z.infer<typeof NewConnection>

/** What changes; whatever is left out stays. A new sign-in replaces the old one and its secret. */
export const ConnectionChange = z.object({
  name: ConnectionName.optional(),
  account: line(500).optional(),
  role: identifier.nullable().optional(),
  warehouse: identifier.nullable().optional(),
  database: identifier.nullable().optional(),
  schema: identifier.nullable().optional(),
  signIn: NewSignIn.optional(),
})
export type ConnectionChange = z.infer<typeof ConnectionChange>

/** A saved connection as its owner sees it. No secret is in it, not even sealed. */
export const SavedConnection = z.object({
  id: z.uuid(),
  name: z.string(),
  /** As Snowflake's driver takes it. */
  account: z.string(),
  accessUrl: z.string(),
  role: z.string().nullable(),
  warehouse: z.string().nullable(),
  database: z.string().nullable(),
  schema: z.string().nullable(),
  signIn: SignIn,
  /** True where a person has to sign in with their browser before the connection can be used. */
  needsSignIn: z.boolean(),
  /** What makes this connection less safe than it should be, in one sentence: a role that can write, an inactive ceiling. */
  warning: z.string().nullable(),
  /** SQL that an administrator has to run once for this sign-in; null where there is none. */
  setupSql: z.string().nullable(),
  /** When it was last tried from end to end; null when never. */
  checkedAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
})
export type SavedConnection = z.infer<typeof SavedConnection>

/** What the doctor looks at, in this order. */
export const doctorStepNames = [
  'reach',
  'sign-in',
  'role',
  'warehouse',
  'databases',
  'can-write',
  'read-only-ceiling',
  'statement-timeout',
] as const

/** One finding of the doctor. */
export const DoctorStep = z.object({
  name: z.enum(doctorStepNames),
  /** `skipped` where an earlier failure leaves nothing to look at. */
  state: z.enum(['ok', 'warning', 'failed', 'skipped']),
  /** What was seen, one sentence. */
  detail: z.string(),
  /** What to do; null when nothing is to be done. */
  action: z.string().nullable(),
  /** The SQL to run for that, made for this account, role and network; null where SQL does not help. */
  sql: z.string().nullable(),
})
export type DoctorStep = z.infer<typeof DoctorStep>

/** What trying a connection from end to end has shown. */
export const ConnectionReport = z.object({
  steps: z.array(DoctorStep),
  /** As the connection carries it from now on. */
  warning: z.string().nullable(),
})
export type ConnectionReport = z.infer<typeof ConnectionReport>

/** How far the tables of a connection are known. */
export const CatalogState = z.object({
  state: z.enum(['unread', 'partial', 'complete']),
  tables: z.int().nonnegative(),
  columns: z.int().nonnegative(),
  /** When it was last compared with the account. */
  readAt: z.iso.datetime().nullable(),
})
export type CatalogState = z.infer<typeof CatalogState>

/** Where a person signs in with their browser. */
export const SignInStart = z.object({ url: z.string() })
export type SignInStart = z.infer<typeof SignInStart>
