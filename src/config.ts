import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { resolve } from 'node:path'
import { z } from 'zod'
import { ConnectionPolicies } from './contract/connection-policies.ts'
import { WorkloadProvider } from './contract/snowflake/sign-in.ts'
import { isReservedRef } from './core/connections/combine-connections.ts'
import { defaultConnectionPolicy, type ConnectionPolicy } from './core/connections/connection-policy.ts'

/** Everything that can be set from outside, read once and frozen. */
export type Config = Readonly<z.infer<typeof Config>>

const emptyAsUnset = (value: unknown): unknown => (value === '' ? undefined : value)
const optional = <T extends z.ZodType>(schema: T) => z.preprocess(emptyAsUnset, schema.optional())
const withDefault = <T extends z.ZodType>(schema: T, fallback: z.infer<T>) =>
  z.preprocess((value) => emptyAsUnset(value) ?? fallback, schema)
const number = (low: number, high: number) =>
  z.coerce
    .number(`must be a number from ${low} to ${high}`)
    .min(low, `must be at least ${low}`)
    .max(high, `must be at most ${high}`)
const whole = (low: number, high: number) => number(low, high).int('must be a whole number')
const url = (schemes: readonly string[]) =>
  z.string().refine(
    (text) => {
      const parsed = URL.parse(text)
      return parsed !== null && schemes.includes(parsed.protocol)
    },
    `must be an address starting with ${schemes.map((scheme) => `${scheme}//`).join(' or ')}`,
  )

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))

const keyLine = /^([\w-]{1,32}):([A-Za-z0-9+/]{43}=)$/

function isNetwork(text: string): boolean {
  const [address = '', prefix] = text.split('/')
  const version = isIP(address)
  const bits = version === 4 ? 32 : 128
  return version !== 0 && (prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits))
}

/** Keys as `id:base64,id:base64`, newest first. */
const SecretKeys = z.string().transform((text, context) => {
  const found = text.split(',').map((part) => keyLine.exec(part.trim()))
  const keys = found.flatMap((match) =>
    match?.[1] === undefined ? [] : [{ id: match[1], key: new Uint8Array(Buffer.from(match[2] ?? '', 'base64')) }],
  )
  if (keys.length < found.length)
    context.addIssue('must be id:key pairs with commas between them, each key 32 bytes in base64')
  else if (new Set(keys.map(({ id }) => id)).size < keys.length) context.addIssue('must not use an id twice')
  return keys
})

/** The identity that the machine has, and for OIDC where its token lies. */
const WorkloadIdentity = z
  .string()
  .regex(/^(?:AWS|AZURE|GCP|OIDC:.+)$/, 'must be AWS, AZURE, GCP or OIDC:/path/of/the/token')
  .transform((text) => ({
    provider: WorkloadProvider.parse(text.split(':')[0]),
    tokenFile: text.startsWith('OIDC:') ? resolve(text.slice('OIDC:'.length)) : null,
  }))

/** Addresses and networks with commas between them. */
const EgressAddresses = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .refine((parts) => parts.every(isNetwork), 'must be IP addresses or networks such as 203.0.113.0/24, commas between')

/** JSON, or the path of a JSON file; what is wrong inside is named by its place. */
const Policies = z
  .string()
  .transform((text, context): unknown => readJson(text, context))
  .pipe(ConnectionPolicies)

function readJson(text: string, context: { readonly addIssue: (issue: string) => void }): unknown {
  try {
    return JSON.parse(/^\s*[{[]/.test(text) ? text : readFileSync(resolve(text), 'utf8'))
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : null
    context.addIssue(
      code === null ? 'must be JSON, or the path of a JSON file' : `names a file that cannot be read (${code})`,
    )
    return z.NEVER
  }
}

/** Hosts with commas between them, each with a port where it is not 443, as the origins that results are fetched from. */
const ResultHosts = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .refine(
    (parts) =>
      parts.every((part) => /^[\w-]+(?:\.[\w-]+)+(?::\d{1,5})?$/.test(part) && URL.canParse(`https://${part}`)),
    'must be host names such as results.example.com, commas between',
  )
  .transform((parts) => parts.map((part) => new URL(`https://${part}`).origin))

/** Texts with commas between them, in lower case. */
const lowerList = (pattern: RegExp, message: string) =>
  z
    .string()
    .default('')
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim().toLowerCase())
        .filter((part) => part !== ''),
    )
    .refine((parts) => parts.every((part) => pattern.test(part)), message)
const emails = lowerList(/^[^\s@,]+@[^\s@,]+$/, 'must be e-mail addresses, commas between')

/** An issuer's address: https, or http on this machine, where nobody listens in. */
const issuerAddress = z.string().refine((text) => {
  const parsed = URL.parse(text)
  return (
    parsed !== null && (parsed.protocol === 'https:' || (parsed.protocol === 'http:' && isLoopback(parsed.hostname)))
  )
}, 'must be an address starting with https://')

const googleIssuer = 'https://accounts.google.com'

/** Further issuers besides the one of `OIDC_CLIENT_ID`. */
const Issuers = z
  .string()
  .transform((text, context): unknown => readJson(text, context))
  .pipe(
    z.array(
      z.strictObject({
        id: z.string().regex(/^(?!main$)[a-z][a-z\d-]{0,30}$/, 'must be a word of small letters other than main'),
        label: z.string().min(1).max(60),
        issuer: issuerAddress,
        clientId: z.string().min(1),
        clientSecret: z.string().min(1).optional(),
        trustEmail: z.boolean().default(false),
      }),
    ),
  )
  .refine((issuers) => new Set(issuers.map(({ id }) => id)).size === issuers.length, 'must not use an id twice')

const Variables = z.object({
  PORT: withDefault(whole(0, 65_535), 3_000),
  HOST: withDefault(z.string().regex(/^[\w.:-]+$/, 'must be an address of this machine'), '127.0.0.1'),
  PUBLIC_URL: optional(url(['http:', 'https:'])),
  REQUIRE_LOCAL_TOKEN: optional(z.enum(['true', 'false'], 'must be true or false')),
  DATA_DIR: withDefault(
    z.string().transform((path) => resolve(path)),
    '.floe',
  ),
  DATABASE_URL: optional(url(['postgres:', 'postgresql:'])),
  OIDC_ISSUER: withDefault(issuerAddress, googleIssuer),
  OIDC_LABEL: optional(z.string().max(60)),
  OIDC_CLIENT_ID: optional(z.string()),
  OIDC_CLIENT_SECRET: optional(z.string()),
  OIDC_TRUST_EMAIL: withDefault(z.enum(['true', 'false'], 'must be true or false'), 'false'),
  OIDC_ISSUERS: optional(Issuers),
  ALLOWED_EMAIL_DOMAINS: lowerList(/^[\w-]+(?:\.[\w-]+)+$/, 'must be domains such as example.com, commas between'),
  ALLOWED_EMAILS: emails,
  ADMIN_EMAILS: emails,
  SECRET_KEYS: optional(SecretKeys),
  WORKLOAD_IDENTITY: optional(WorkloadIdentity),
  EGRESS_ADDRESSES: optional(EgressAddresses),
  SNOWFLAKE_RESULT_HOSTS: optional(ResultHosts),
  SNOWFLAKE_ALLOW_LOOPBACK: withDefault(z.enum(['true', 'false'], 'must be true or false'), 'false'),
  GEMINI_API_KEY: optional(z.string().regex(/^[\x21-\x7e]+$/, 'must be a key without blanks or line breaks')),
  GEMINI_MODEL: optional(z.string().regex(/^[\w.-]+$/, 'must be a model name such as gemini-2.5-flash')),
  GEMINI_BASE_URL: optional(url(['http:', 'https:'])),
  SAMPLE_SCALE: withDefault(number(0.001, 1), 0.05),
  QUERY_TIMEOUT_SECONDS: withDefault(whole(1, 86_400), 120),
  MAX_RESULT_MEGABYTES: withDefault(whole(1, 1_024), 32),
  ASK_ABOVE_GIGABYTES: withDefault(number(0, 1_000_000), 50),
  REFUSE_ABOVE_GIGABYTES: withDefault(number(0, 1_000_000), 1_000),
  CONNECTION_POLICIES: z.preprocess((value) => emptyAsUnset(value) ?? '{}', Policies),
  LOG_LEVEL: withDefault(
    z.enum(
      ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
      'must be fatal, error, warn, info, debug, trace or silent',
    ),
    'info',
  ),
})

/** An OpenID Connect issuer that people sign in at. */
export type IssuerSettings = z.infer<typeof Issuers>[number]

/** Every issuer that is set; without any there is no sign-in, and the server serves the one person of its machine. */
export function listIssuers(config: z.infer<typeof Variables>): readonly IssuerSettings[] {
  const { OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret, OIDC_ISSUER: issuer } = config
  if (clientId === undefined) return config.OIDC_ISSUERS ?? []
  const usual = issuer === googleIssuer ? 'Google' : new URL(issuer).hostname
  const main = {
    id: 'main',
    label: config.OIDC_LABEL ?? usual,
    issuer,
    clientId,
    trustEmail: config.OIDC_TRUST_EMAIL === 'true',
  }
  return [{ ...main, ...(clientSecret === undefined ? {} : { clientSecret }) }, ...(config.OIDC_ISSUERS ?? [])]
}

/** Told beside the faults of single variables, so it reads what may not have passed. */
const always = { when: () => true }
const isForOthers = ({ HOST: host }: z.infer<typeof Variables>): boolean =>
  typeof host === 'string' && !isLoopback(host)

const hasIssuer = (config: z.infer<typeof Variables>): boolean =>
  config.OIDC_CLIENT_ID !== undefined || (config.OIDC_ISSUERS ?? []).length > 0

const Config = Variables.refine((config) => hasIssuer(config) || !isForOthers(config), {
  ...always,
  path: ['HOST'],
  error:
    'must be a loopback address such as 127.0.0.1 as long as nobody signs in: set OIDC_CLIENT_ID to serve other machines',
}).refine((config) => !hasIssuer(config) || !isForOthers(config) || config.PUBLIC_URL !== undefined, {
  ...always,
  path: ['PUBLIC_URL'],
  error: 'must be set where HOST is reached from other machines: sign-in sends people back to it',
})

/** The names of all variables, in the order they are documented. */
export const configNames: readonly string[] = Object.keys(Variables.shape)

/** Every fault of the environment at once; values never appear in it. */
export class ConfigError extends Error {
  readonly faults: readonly string[]
  constructor(faults: readonly string[]) {
    super(
      `The configuration has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:\n${faults.map((fault) => `  ${fault}`).join('\n')}`,
    )
    this.name = 'ConfigError'
    this.faults = faults
  }
}

/** Reads the configuration from environment variables. Throws ConfigError listing every fault; an empty variable counts as unset. */
export function readConfig(env: Readonly<Record<string, string | undefined>> = process.env): Config {
  const parsed = Config.safeParse(Object.fromEntries(configNames.map((name) => [name, env[name]])))
  if (parsed.success) return Object.freeze(parsed.data)
  throw new ConfigError(parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`))
}

/** The policy of a connection before `CONNECTION_POLICIES`. Values of people's own accounts reach a model only where an operator says so. */
export const installationPolicy = (config: Config, ref: string): ConnectionPolicy => ({
  guard: defaultConnectionPolicy.guard,
  limits: {
    maxRows: defaultConnectionPolicy.limits.maxRows,
    queryTimeoutMs: config.QUERY_TIMEOUT_SECONDS * 1_000,
    maxResultBytes: config.MAX_RESULT_MEGABYTES * 1_048_576,
    askAboveBytes: config.ASK_ABOVE_GIGABYTES * 1e9,
    refuseAboveBytes: config.REFUSE_ABOVE_GIGABYTES * 1e9,
  },
  samplesToModel: isReservedRef(ref),
  probing: defaultConnectionPolicy.probing,
})

const proxyNames = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy']
/** Which certificate authorities Node trusts beside or instead of its own. */
const trustNames = ['NODE_EXTRA_CA_CERTS', 'NODE_USE_SYSTEM_CA', 'SSL_CERT_FILE', 'SSL_CERT_DIR']
const trustFlags = ['--use-system-ca', '--use-openssl-ca', '--use-bundled-ca']
/** What the clouds' own libraries find a machine's identity by. */
const identityPattern = /^(?:AWS|AZURE|IDENTITY|MSI|GOOGLE|GCE|GCLOUD|ECS)_[A-Z0-9_]+$/

/**
 * The variables that a process signing in to Snowflake gets: the proxy's, those that name certificate authorities, and where it may use the
 * machine's identity, that one's. Of Node's options only those about certificate authorities are passed on.
 */
export function readDriverEnvironment(
  withIdentity: boolean,
  env: Readonly<Record<string, string | undefined>> = process.env,
  nodeFlags: readonly string[] = process.execArgv,
): Readonly<Record<string, string>> {
  const names = Object.keys(env).filter(
    (name) => proxyNames.includes(name) || trustNames.includes(name) || (withIdentity && identityPattern.test(name)),
  )
  const given = [...(env['NODE_OPTIONS'] ?? '').split(/\s+/), ...nodeFlags]
  const flags = trustFlags.filter((flag) => given.includes(flag))
  return {
    ...Object.fromEntries(names.map((name) => [name, env[name] ?? ''])),
    ...(flags.length === 0 ? {} : { NODE_OPTIONS: flags.join(' ') }),
  }
}
