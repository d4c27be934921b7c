import { resolve } from 'node:path'
import { z } from 'zod'
import {
  claimName,
  emptyAsUnset,
  optional,
  withDefault,
  number,
  whole,
  url,
  isLoopback,
  SecretKeys,
  WorkloadIdentity,
  Networks,
  OtlpHeaders,
  Folders,
  Origins,
  Policies,
  ResultHosts,
  OwnKeyProviders,
  ModelAddresses,
  ModelPrices,
  lowerList,
  emails,
  issuerAddress,
  googleIssuer,
  Issuers,
} from './config-values.ts'
import { isReservedRef } from './core/connections/combine-connections.ts'
import { defaultConnectionPolicy, type ConnectionPolicy } from './core/connections/connection-policy.ts'

/** Everything that can be set from outside, read once and frozen. */
export type Config = Readonly<z.infer<typeof Config>>

const Variables = z.object({
  PORT: withDefault(whole(0, 65_535), 3_000),
  HOST: withDefault(z.string().regex(/^[\w.:-]+$/, 'must be an address of this machine'), '127.0.0.1'),
  PUBLIC_URL: optional(
    // Where addresses begin: paths are put behind it.
    url(['http:', 'https:']).transform((text) => text.replace(/[?#].*$/, '').replace(/\/+$/, '')),
  ),
  TRUSTED_PROXIES: optional(Networks),
  CORS_ORIGINS: optional(Origins),
  REQUIRE_LOCAL_TOKEN: optional(z.enum(['true', 'false'], 'must be true or false')),
  CONTAINER_NETWORK: withDefault(z.enum(['true', 'false'], 'must be true or false'), 'false'),
  DATA_DIR: withDefault(
    z.string().transform((path) => resolve(path)),
    '.floe',
  ),
  DATABASE_URL: optional(url(['postgres:', 'postgresql:'])),
  REDIS_URL: optional(
    url(['redis:', 'rediss:']).regex(/^(?!redis:.*[?&]ssl)/, 'must start with rediss:// where it names certificates'),
  ),
  OIDC_ISSUER: withDefault(issuerAddress, googleIssuer),
  OIDC_LABEL: optional(z.string().max(60)),
  OIDC_CLIENT_ID: optional(z.string()),
  OIDC_CLIENT_SECRET: optional(z.string()),
  OIDC_GROUPS_CLAIM: optional(claimName),
  OIDC_TRUST_EMAIL: withDefault(z.enum(['true', 'false'], 'must be true or false'), 'false'),
  OIDC_ISSUERS: optional(Issuers),
  ALLOWED_EMAIL_DOMAINS: lowerList(/^[\w-]+(?:\.[\w-]+)+$/, 'must be domains such as example.com, commas between'),
  ALLOWED_EMAILS: emails,
  ADMIN_EMAILS: emails,
  SECRET_KEYS: optional(SecretKeys),
  WORKLOAD_IDENTITY: optional(WorkloadIdentity),
  EGRESS_ADDRESSES: optional(Networks),
  SNOWFLAKE_RESULT_HOSTS: optional(ResultHosts),
  SNOWFLAKE_ALLOW_LOOPBACK: withDefault(z.enum(['true', 'false'], 'must be true or false'), 'false'),
  GEMINI_API_KEY: optional(z.string().regex(/^[\x21-\x7e]+$/, 'must be a key without blanks or line breaks')),
  GEMINI_MODEL: optional(z.string().regex(/^[\w.-]+$/, 'must be a model name such as gemini-2.5-flash')),
  GEMINI_BASE_URL: optional(url(['http:', 'https:'])),
  ANTHROPIC_BASE_URL: optional(url(['http:', 'https:'])),
  OWN_KEY_PROVIDERS: z.preprocess(
    (value) => emptyAsUnset(value) ?? 'google,anthropic,openai-compatible',
    OwnKeyProviders,
  ),
  MODEL_ADDRESSES: z.preprocess((value) => emptyAsUnset(value) ?? 'https://api.openai.com/v1', ModelAddresses),
  MODEL_PRICES: z.preprocess((value) => emptyAsUnset(value) ?? '{}', ModelPrices),
  SAMPLE: withDefault(z.enum(['on', 'off'], 'must be on or off'), 'on'),
  FOLDERS: optional(Folders),
  SAMPLE_SCALE: withDefault(number(0.001, 1), 0.05),
  QUERY_TIMEOUT_SECONDS: withDefault(whole(1, 86_400), 120),
  MAX_RESULT_MEGABYTES: withDefault(whole(1, 1_024), 32),
  ASK_ABOVE_GIGABYTES: withDefault(number(0, 1_000_000), 50),
  REFUSE_ABOVE_GIGABYTES: withDefault(number(0, 1_000_000), 1_000),
  KEEP_MEGABYTES_PER_PERSON: withDefault(whole(0, 1_000_000), 2_048),
  KEEP_RESULTS_MEGABYTES: withDefault(whole(1, 10_000_000), 4_096),
  KEEP_CONVERSATIONS_DAYS: optional(whole(1, 36_500)),
  KEEP_AUDIT_DAYS: optional(whole(30, 36_500)),
  CONNECTION_POLICIES: z.preprocess((value) => emptyAsUnset(value) ?? '{}', Policies),
  METRICS_PORT: optional(whole(0, 65_535)),
  METRICS_HOST: withDefault(z.string().regex(/^[\w.:-]+$/, 'must be an address of this machine'), '127.0.0.1'),
  METRICS_TOKEN: optional(z.string().regex(/^[!-~]{16,}$/, 'must have at least 16 characters, none of them blank')),
  OTEL_EXPORTER_OTLP_ENDPOINT: optional(url(['http:', 'https:'])),
  OTEL_EXPORTER_OTLP_HEADERS: optional(OtlpHeaders),
  OTEL_SERVICE_NAME: withDefault(z.string().max(100), 'floe'),
  OTEL_TRACES_SAMPLER_ARG: withDefault(number(0, 1), 1),
  LOG_LEVEL: withDefault(
    z.enum(
      ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
      'must be fatal, error, warn, info, debug, trace or silent',
    ),
    'info',
  ),
  LOG_SQL: withDefault(z.enum(['on', 'off'], 'must be on or off'), 'off'),
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
  const groupsClaim = config.OIDC_GROUPS_CLAIM
  const more = {
    ...(clientSecret === undefined ? {} : { clientSecret }),
    ...(groupsClaim === undefined ? {} : { groupsClaim }),
  }
  return [{ ...main, ...more }, ...(config.OIDC_ISSUERS ?? [])]
}

/** Told beside the faults of single variables, so it reads what may not have passed. */
const always = { when: () => true }
const isForOthers = ({ HOST: host }: z.infer<typeof Variables>): boolean =>
  typeof host === 'string' && !isLoopback(host)

const isReachedByOthers = (config: z.infer<typeof Variables>): boolean => {
  const published = URL.parse(String(config.PUBLIC_URL))
  return isForOthers(config) || (published !== null && !isLoopback(published.hostname.replace(/^\[|\]$/g, '')))
}

const hasIssuer = (config: z.infer<typeof Variables>): boolean =>
  config.OIDC_CLIENT_ID !== undefined || (config.OIDC_ISSUERS ?? []).length > 0

/** Whether one person's server listens to a container's network: whoever reaches it there needs the token. */
export const isOneInContainer = (config: z.infer<typeof Variables>): boolean =>
  config.CONTAINER_NETWORK === 'true' && !hasIssuer(config) && isForOthers(config)

const Config = Variables.refine(
  (config) => hasIssuer(config) || !isForOthers(config) || config.CONTAINER_NETWORK === 'true',
  {
    ...always,
    path: ['HOST'],
    error:
      'must be a loopback address such as 127.0.0.1 as long as nobody signs in: set OIDC_CLIENT_ID to serve other machines',
  },
)
  .refine((config) => !isOneInContainer(config) || config.REQUIRE_LOCAL_TOKEN !== 'false', {
    ...always,
    path: ['REQUIRE_LOCAL_TOKEN'],
    error: 'must not be false where a container serves one person: its port may be reached from other machines',
  })
  .refine((config) => !hasIssuer(config) || !isForOthers(config) || config.PUBLIC_URL !== undefined, {
    ...always,
    path: ['PUBLIC_URL'],
    error: 'must be set where HOST is reached from other machines: sign-in sends people back to it',
  })
  .refine((config) => config.SNOWFLAKE_ALLOW_LOOPBACK !== 'true' || !isReachedByOthers(config), {
    ...always,
    path: ['SNOWFLAKE_ALLOW_LOOPBACK'],
    error: 'must be false where other machines reach the server: it is for tests alone',
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
  ...defaultConnectionPolicy,
  limits: {
    maxRows: defaultConnectionPolicy.limits.maxRows,
    queryTimeoutMs: config.QUERY_TIMEOUT_SECONDS * 1_000,
    maxResultBytes: config.MAX_RESULT_MEGABYTES * 1_048_576,
    askAboveBytes: config.ASK_ABOVE_GIGABYTES * 1e9,
    refuseAboveBytes: config.REFUSE_ABOVE_GIGABYTES * 1e9,
  },
  samplesToModel: isReservedRef(ref),
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
