import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { isAbsolute, resolve } from 'node:path'
import { z } from 'zod'
import { ConnectionPolicies } from './contract/connection-policies.ts'
import { ModelProvider } from './contract/models.ts'
import { WorkloadProvider } from './contract/snowflake/sign-in.ts'

export const emptyAsUnset = (value: unknown): unknown => (value === '' ? undefined : value)
export const optional = <T extends z.ZodType>(schema: T) => z.preprocess(emptyAsUnset, schema.optional())
export const withDefault = <T extends z.ZodType>(schema: T, fallback: z.infer<T>) =>
  z.preprocess((value) => emptyAsUnset(value) ?? fallback, schema)
export const number = (low: number, high: number) =>
  z.coerce
    .number(`must be a number from ${low} to ${high}`)
    .min(low, `must be at least ${low}`)
    .max(high, `must be at most ${high}`)
export const whole = (low: number, high: number) => number(low, high).int('must be a whole number')
export const url = (schemes: readonly string[]) =>
  z.string().refine(
    (text) => {
      const parsed = URL.parse(text)
      return parsed !== null && schemes.includes(parsed.protocol)
    },
    `must be an address starting with ${schemes.map((scheme) => `${scheme}//`).join(' or ')}`,
  )

export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))

const keyLine = /^([\w-]{1,32}):([A-Za-z0-9+/]{43}=)$/

function isNetwork(text: string): boolean {
  const [address = '', prefix] = text.split('/')
  const version = isIP(address)
  const bits = version === 4 ? 32 : 128
  return version !== 0 && (prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits))
}

/** Keys as `id:base64,id:base64`, newest first. */
export const SecretKeys = z.string().transform((text, context) => {
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
export const WorkloadIdentity = z
  .string()
  .regex(/^(?:AWS|AZURE|GCP|OIDC:.+)$/, 'must be AWS, AZURE, GCP or OIDC:/path/of/the/token')
  .transform((text) => ({
    provider: WorkloadProvider.parse(text.split(':')[0]),
    tokenFile: text.startsWith('OIDC:') ? resolve(text.slice('OIDC:'.length)) : null,
  }))

/** Headers as `name=value,name=value`, values escaped as in addresses, as OpenTelemetry writes them. */
export const OtlpHeaders = z.string().transform((text, context) => {
  try {
    const pairs = text.split(',').map((pair) => /^\s*([\w-]+)=(.*?)\s*$/.exec(pair))
    const headers = pairs.flatMap((match) =>
      match?.[1] === undefined ? [] : [[match[1], decodeURIComponent(match[2] ?? '')] as const],
    )
    if (headers.length === pairs.length) return Object.fromEntries(headers)
  } catch (error) {
    if (!(error instanceof URIError)) throw error
  }
  context.addIssue('must be name=value pairs with commas between them, values escaped as in addresses')
  return z.NEVER
})

/** Addresses and networks with commas between them. */
export const Networks = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .refine((parts) => parts.every(isNetwork), 'must be IP addresses or networks such as 203.0.113.0/24, commas between')

/** JSON, or the path of a JSON file; what is wrong inside is named by its place. */
export const Policies = z
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
export const ResultHosts = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .refine(
    (parts) =>
      parts.every((part) => /^[\w-]+(?:\.[\w-]+)+(?::\d{1,5})?$/.test(part) && URL.canParse(`https://${part}`)),
    'must be host names such as results.example.com, commas between',
  )
  .transform((parts) => parts.map((part) => new URL(`https://${part}`).origin))

/** Folders with commas between them; `off` for none. */
export const Folders = z
  .string()
  .transform((text) => (text.trim() === 'off' ? [] : text.split(',').map((part) => part.trim())))
  .refine((paths) => paths.every(isAbsolute), 'must be off, or whole paths such as /srv/data with commas between')
  .transform((paths) => paths.map((path) => resolve(path)))

/** Origins with commas between them, such as https://app.example.com. */
export const Origins = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .refine(
    (parts) => parts.every((part) => /^https?:\/\//.test(part) && URL.parse(part)?.origin === part),
    'must be origins such as https://app.example.com without a path, commas between',
  )

/** Texts with commas between them, in lower case. */
export const lowerList = (pattern: RegExp, message: string) =>
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
export const emails = lowerList(/^[^\s@,]+@[^\s@,]+$/, 'must be e-mail addresses, commas between')

/** An issuer's address: https, or http on this machine, where nobody listens in. */
export const issuerAddress = z.string().refine((text) => {
  const parsed = URL.parse(text)
  return (
    parsed !== null && (parsed.protocol === 'https:' || (parsed.protocol === 'http:' && isLoopback(parsed.hostname)))
  )
}, 'must be an address starting with https://')

/** Providers that people may have keys of their own for; `none` for none at all. */
export const OwnKeyProviders = z
  .string()
  .transform((text) => (text.trim() === 'none' ? [] : text.split(',').map((part) => part.trim())))
  .pipe(z.array(ModelProvider, 'must be none, or google, anthropic and openai-compatible with commas between'))
  .refine((providers) => new Set(providers).size === providers.length, 'must not name a provider twice')

/** Addresses of model servers with commas between them; `public` for every https address of the public internet. */
export const ModelAddresses = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .refine(
    (parts) => parts.every((part) => part === 'public' || /^https?:\/\/[^\s/?#@]+(?:\/[^\s?#%]*)?$/.test(part)),
    'must be addresses such as https://llm.example.com/v1, commas between',
  )
  .transform((parts) => ({
    listed: parts.filter((part) => part !== 'public'),
    allowsPublic: parts.includes('public'),
  }))

/** What models cost by `provider:model`: JSON, or the path of a JSON file. */
export const ModelPrices = z
  .string()
  .transform((text, context): unknown => readJson(text, context))
  .pipe(
    z.record(
      z.string().regex(/^[^:]+:.+$/, 'must be provider:model'),
      z.strictObject({ inputPerMillion: z.number().min(0), outputPerMillion: z.number().min(0) }),
    ),
  )
  .transform((prices) => Object.entries(prices).map(([model, price]) => ({ model, ...price })))

export const googleIssuer = 'https://accounts.google.com'

/** A claim of an identity token: a name, or an address as issuers use for claims of their own. */
export const claimName = z.string().regex(/^[\w:/.-]{1,200}$/, 'must be the name of a claim such as groups')

/** Further issuers besides the one of `OIDC_CLIENT_ID`. */
export const Issuers = z
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
        groupsClaim: claimName.optional(),
      }),
    ),
  )
  .refine((issuers) => new Set(issuers.map(({ id }) => id)).size === issuers.length, 'must not use an id twice')
