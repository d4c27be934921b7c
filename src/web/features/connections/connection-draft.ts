import * as z from 'zod/mini'
import { ConnectionName, type SavedConnection } from '../../../contract/connection.ts'
import { NewSignIn, type SignIn, type SignInMethod, WorkloadProvider } from '../../../contract/snowflake/sign-in.ts'
import { connectionsWords, snowflakeWords } from '../../words/connections.ts'
import { say } from '../../words/language.ts'

export type SnowflakeConnection = Extract<SavedConnection, { readonly kind: 'snowflake' }>

/** The order in which ways to sign in are offered. */
export const signInOrder = Object.keys(snowflakeWords.signIns) as readonly SignInMethod[]

const text = z.catch(z.string(), '')

/** What the form holds besides secrets, as it is typed. */
const Draft = z.object({
  name: text,
  account: text,
  role: text,
  warehouse: text,
  database: text,
  schema: text,
  probing: z.catch(z.enum(['off', 'on']), 'off'),
  method: z.catch(z.enum(signInOrder as [SignInMethod, ...SignInMethod[]]), 'access_token'),
  user: text,
  keySource: z.catch(z.enum(['own', 'made']), 'made'),
  clientId: text,
  issuer: text,
  authorizationUrl: text,
  tokenUrl: text,
  scope: text,
  provider: z.catch(WorkloadProvider, 'AWS'),
})
export type Draft = z.infer<typeof Draft>
export type DraftField = keyof Draft

/** What is never kept anywhere but in the fields themselves. */
export interface Secrets {
  readonly token: string
  readonly privateKey: string
  readonly passphrase: string
  readonly clientSecret: string
}
export const noSecrets: Secrets = { token: '', privateKey: '', passphrase: '', clientSecret: '' }

const keyOf = (id: string | null): string => `floe.connection-draft.${id ?? 'new'}`

/** The draft that this tab has kept, else the saved settings. */
export function readDraft(saved: SnowflakeConnection | null): Draft {
  const kept = sessionStorage.getItem(keyOf(saved?.id ?? null))
  return Draft.parse(kept === null ? draftOf(saved) : safeJson(kept))
}

function safeJson(kept: string): unknown {
  try {
    return JSON.parse(kept)
  } catch {
    return {}
  }
}

function draftOf(saved: SnowflakeConnection | null): object {
  if (saved === null) return {}
  const { signIn } = saved
  const fields = Object.fromEntries(Object.entries(signIn).map(([name, value]) => [name, value ?? '']))
  const places = { role: saved.role, warehouse: saved.warehouse, database: saved.database, schema: saved.schema }
  const placed = Object.fromEntries(Object.entries(places).map(([name, value]) => [name, value ?? '']))
  return { ...fields, ...placed, name: saved.name, account: saved.account, probing: saved.probing }
}

/** Survives a reload, and the way to a sign-in page and back. Secrets are not among it. */
export const keepDraft = (id: string | null, draft: Draft): void =>
  sessionStorage.setItem(keyOf(id), JSON.stringify(draft))

export const dropDraft = (id: string | null): void => sessionStorage.removeItem(keyOf(id))

const orNull = (value: string): string | null => (value.trim() === '' ? null : value.trim())

/** The settings that a draft stands for, without its sign-in. */
export const settingsOf = ({ name, account, role, warehouse, database, schema, probing }: Draft) => ({
  name: name.trim(),
  account: account.trim(),
  role: orNull(role),
  warehouse: orNull(warehouse),
  database: orNull(database),
  schema: orNull(schema),
  probing,
})

type EnteredSignIn = z.input<typeof NewSignIn>

/** The sign-in that a draft stands for, as the server takes it. */
export function signInOf(draft: Draft, secrets: Secrets): EnteredSignIn {
  const { method, user, clientId, provider } = draft
  const clientSecret = secrets.clientSecret === '' ? {} : { clientSecret: secrets.clientSecret }
  switch (method) {
    case 'access_token':
      return { method, user: orNull(user), token: secrets.token.trim() }
    case 'key_pair':
      if (draft.keySource === 'made') return { method, user: user.trim() }
      return {
        method,
        user: user.trim(),
        privateKey: secrets.privateKey,
        ...(secrets.passphrase === '' ? {} : { passphrase: secrets.passphrase }),
      }
    case 'snowflake_oauth':
      return { method, clientId: clientId.trim(), ...clientSecret }
    case 'external_oauth': {
      const { issuer, authorizationUrl, tokenUrl, scope } = draft
      return {
        method,
        clientId: clientId.trim(),
        issuer: orNull(issuer),
        authorizationUrl: orNull(authorizationUrl),
        tokenUrl: orNull(tokenUrl),
        scope: orNull(scope),
        ...clientSecret,
      }
    }
    case 'workload_identity':
      return { method, provider }
  }
}

export type Faults = Readonly<Partial<Record<DraftField | keyof Secrets, string>>>

/** What cannot be taken yet, by field. The server has the last word. */
export function faultsOf(draft: Draft, secrets: Secrets, withSignIn: boolean): Faults {
  const found: Record<string, string> = {}
  const note = (name: string, fault: string): void => {
    found[name] ??= fault
  }
  const wrongName = nameFault(draft.name)
  if (wrongName !== null) note('name', wrongName)
  const { missing } = snowflakeWords
  if (draft.account.trim() === '') note('account', missing.account)
  if (!withSignIn) return found
  if (draft.method === 'key_pair' && draft.keySource === 'own' && secrets.privateKey.trim() === '')
    note('privateKey', missing.privateKey)
  if (draft.method === 'access_token' && secrets.token.trim() === '') note('token', missing.token)
  const signIn = NewSignIn.safeParse(signInOf(draft, secrets))
  for (const issue of signIn.error?.issues ?? []) note(String(issue.path[0]), inWords(issue))
  if (draft.method === 'external_oauth' && draft.issuer.trim() === '') {
    if (draft.tokenUrl.trim() === '' || draft.authorizationUrl.trim() === '') note('issuer', missing.issuer)
  }
  return found
}

/** Why a connection cannot have this name; null where it can. */
export function nameFault(name: string): string | null {
  const issue = ConnectionName.safeParse(name).error?.issues[0]
  return issue === undefined ? null : inWords({ ...issue, path: ['name'] })
}

type Issue = Pick<z.core.$ZodIssue, 'code' | 'path'> & { readonly maximum?: unknown }

/** What is wrong with a typed text, by the check that it did not pass: the contract's own words are English only. */
function inWords({ code, path: [field], maximum }: Issue): string {
  const { faults } = connectionsWords
  if (code === 'too_small') return faults.empty
  if (code === 'too_big') return say(faults.tooLong, { count: Number(maximum) })
  if (code === 'custom') return faults.sample
  if (code !== 'invalid_format') return faults.other
  if (field === 'name') return faults.letters
  return /url$|^issuer$/i.test(String(field)) ? faults.address : faults.oneLine
}

export const isByBrowser = (method: SignIn['method']): boolean =>
  method === 'snowflake_oauth' || method === 'external_oauth'
