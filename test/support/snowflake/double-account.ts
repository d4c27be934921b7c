import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A user of a double's account, with what it may sign in with. Without `roles` it may use every role. */
export interface DoubleUser {
  readonly name: string
  /** PEM of public keys (SPKI) whose private half signs in. */
  readonly publicKeys?: readonly string[]
  readonly pats?: readonly string[]
  readonly oauthTokens?: readonly string[]
  readonly expiredOauthTokens?: readonly string[]
  readonly workloadTokens?: readonly string[]
  /** Password logins are refused unless this is set. */
  readonly password?: string
  readonly roles?: readonly string[]
  readonly defaultRole?: string
  readonly defaultWarehouse?: string
  /** What SYS_CONTEXT answers its sessions, as `{ 'SNOWFLAKE$CURRENT.IS_AGENT_ACTIVATED': 'TRUE' }`, over `documented/sys-context.json`. */
  readonly context?: Readonly<Record<string, string | null>>
  /** Its sessions keep to their role: USE ROLE and USE SECONDARY ROLES are refused (003107), and no secondary roles are active. */
  readonly restricted?: boolean
}

export interface DoubleWarehouse {
  readonly name: string
  readonly state?: 'STARTED' | 'SUSPENDED'
  /** How long a suspended one takes to start when a statement needs it. */
  readonly resumeSeconds?: number
  readonly size?: string
  readonly autoSuspend?: number
}

export interface DoubleSettings {
  /** Results up to this many rows come whole in the query's answer (1,000). */
  readonly inlineRows?: number
  /** Rows in each chunk of a larger result (10,000). */
  readonly chunkRows?: number
  /** How long a request is held before the answer is 333333 (45 s, as Snowflake does). */
  readonly holdSeconds?: number
  /** Whether chunks say `Content-Encoding: gzip` (true); they are gzipped either way. */
  readonly chunkContentEncoding?: boolean
  /** An INFORMATION_SCHEMA query of more rows is refused with 090030. */
  readonly informationSchemaLimit?: number | null
  /** Whether a query over tables without a warehouse is refused with 000606. */
  readonly needsWarehouse?: boolean
}

/** An answer that takes an engine's place: what Snowflake's documentation shows. It comes before those under `documented/`, of which `readDocumentedAnswer` reads one. */
export interface CannedAnswer {
  /** A regular expression over the statement. */
  readonly match: string
  /** Where the answer is taken from. */
  readonly source: string
  /** The wire's columns; rows are its cells, a value that is no text becomes JSON. */
  readonly columns: readonly {
    readonly name: string
    readonly type?: string
    readonly precision?: number
    readonly scale?: number
    readonly nullable?: boolean
  }[]
  readonly rows: readonly (readonly unknown[])[]
}

/** Results of `rows` rows in chunks of `chunkRows`, made as they are read; see the README for their columns. */
export interface LargeResult {
  readonly match: string
  readonly rows: number
  readonly chunkRows: number
}

/** A client of Snowflake's own OAuth at `/oauth/authorize` and `/oauth/token-request`; whoever comes by it is `user`. */
export interface DoubleOauthClient {
  readonly id: string
  readonly user: string
  readonly redirectUri: string
  /** Without one it is a public client. */
  readonly secret?: string
}

export interface Configuration {
  readonly oauthClients?: readonly DoubleOauthClient[]
  readonly settings?: DoubleSettings
  readonly users?: readonly DoubleUser[]
  readonly warehouses?: readonly DoubleWarehouse[]
  /** Statements refused with 003001, for one role or for all. */
  readonly denials?: readonly { readonly match: string; readonly role?: string }[]
  readonly answers?: readonly CannedAnswer[]
  readonly largeResults?: readonly LargeResult[]
}

/** A fault that meets requests of one kind; the README lists what each action does. */
export interface DoubleFault {
  readonly at:
    | 'login'
    | 'query'
    | 'execution'
    | 'result'
    | 'chunk'
    | 'abort'
    | 'monitoring'
    | 'heartbeat'
    | 'renew'
    | 'logout'
    | 'authorize'
    | 'token'
  readonly action:
    | 'hang'
    | 'delay'
    | 'status'
    | 'garbage'
    | 'redirect'
    | 'reset'
    | 'expired-session'
    | 'error'
    | 'echo'
    | 'cut'
    | 'corrupt'
    | 'short'
    | 'cut-gzip'
    | 'slow'
    | 'reset-after'
    | 'hang-after'
    | 'expire'
  /** A regular expression over the SQL (query, execution, result), the chunk's index (chunk) or the user (login). */
  readonly match?: string
  /** How many requests it meets (1); null for all. */
  readonly times?: number | null
  readonly seconds?: number
  readonly bytes?: number
  readonly status?: number
  readonly bytesPerSecond?: number
  readonly body?: string
  readonly code?: string
  readonly message?: string
  readonly sqlState?: string
  readonly location?: string
}

/** What arrived, in order. `at` is milliseconds since 1970. */
export interface LogEntry {
  readonly kind:
    | 'login'
    | 'request'
    | 'statement'
    | 'describe'
    | 'ended'
    | 'result'
    | 'chunk'
    | 'abort'
    | 'monitoring'
    | 'heartbeat'
    | 'renew'
    | 'logout'
    | 'authorize'
    | 'token'
  readonly at: number
  readonly sql?: string
  readonly tag?: string | null
  readonly role?: string | null
  readonly warehouse?: string | null
  readonly user?: string
  readonly session?: number
  readonly queryId?: string
  readonly requestId?: string
  readonly repeated?: boolean
  readonly retryCount?: string | null
  readonly state?: string
  readonly index?: number
  readonly parameters?: Readonly<Record<string, unknown>>
  readonly authenticator?: string | null
  readonly application?: string
}

/** One account of a double; accounts share nothing, so a test may take one for itself. */
export interface DoubleAccount {
  readonly account: string
  readonly accessUrl: string
  /** Sets what is given; lists replace what was, users are added or replaced by name. */
  readonly configure: (configuration: Configuration) => Promise<void>
  /** Runs statements in Snowflake's dialect on the engine, past every rule; a database and schema that are named are made. */
  readonly seed: (
    statements: readonly string[],
    place?: { readonly database: string; readonly schema?: string },
  ) => Promise<void>
  readonly fault: (...faults: readonly DoubleFault[]) => Promise<void>
  readonly clearFaults: () => Promise<void>
  readonly log: () => Promise<readonly LogEntry[]>
  /** The statements that ran (described ones and repeated requests not counted), those whose text matches. */
  readonly statements: (match?: RegExp) => Promise<readonly LogEntry[]>
  /** Waits until so many entries of a kind have arrived; fails after `seconds` (30). */
  readonly until: (
    kind: LogEntry['kind'],
    options?: { readonly match?: string; readonly count?: number; readonly seconds?: number },
  ) => Promise<readonly LogEntry[]>
  /** Expires session tokens (390112), master tokens too (390114), ends sessions (390111), expires chunk addresses (403), OAuth tokens (390318) or results (000709). */
  readonly expire: (what: 'session' | 'master' | 'gone' | 'urls' | 'oauth' | 'results') => Promise<void>
  /** Makes names, columns, keys and sizes of tables, without the tables. */
  readonly generateCatalog: (options: {
    readonly database: string
    readonly schemas: number
    readonly tables: number
    readonly columns: number
    readonly prefix?: string
  }) => Promise<void>
  /** Sets the change time of generated tables whose names are LIKE a pattern to now. */
  readonly touchTables: (database: string, like: string) => Promise<void>
  /** Ends its statements and forgets it. */
  readonly remove: () => Promise<void>
}

/** The answer of a file under `documented/`, for `configure`. Those that say `"default": true` hold without it. */
export const readDocumentedAnswer = (name: string): CannedAnswer =>
  JSON.parse(readFileSync(join(import.meta.dirname, 'documented', `${name}.json`), 'utf8')) as CannedAnswer

/** A name of ours as the double's Python spells it. */
const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
const spelled = (value: object): object =>
  Object.fromEntries(Object.entries(value).map(([name, inner]) => [snakeCase(name), inner]))
const each = (values: readonly object[] | undefined): readonly object[] | undefined => values?.map(spelled)

/** Makes an account on a double that listens at `base`. */
export async function makeDoubleAccount(base: string, name: string): Promise<DoubleAccount> {
  const send = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const init = body === undefined ? {} : { body: JSON.stringify(body) }
    const response = await fetch(`${base}/__control/accounts${path}`, { method, ...init })
    if (!response.ok)
      throw new Error(`The double answered ${method} ${path} with ${response.status}: ${await response.text()}`)
    return response.json()
  }
  await send('POST', '', { name })
  const own = `/${name}`
  const log = async () => (await send('GET', `${own}/log`)) as readonly LogEntry[]
  return {
    account: name,
    accessUrl: base,
    configure: async (wanted) => {
      await send('POST', own, {
        ...(wanted.settings && { settings: spelled(wanted.settings) }),
        ...spelled({
          users: each(wanted.users),
          warehouses: each(wanted.warehouses),
          denials: wanted.denials,
          answers: wanted.answers,
          largeResults: each(wanted.largeResults),
          oauthClients: each(wanted.oauthClients),
        }),
      })
    },
    seed: async (statements, place) => {
      await send('POST', `${own}/seed`, { statements, ...place })
    },
    fault: async (...faults) => {
      await send('POST', `${own}/faults`, each(faults))
    },
    clearFaults: async () => {
      await send('DELETE', `${own}/faults`)
    },
    log,
    statements: async (match = /(?:)/) =>
      (await log()).filter((entry) => entry.kind === 'statement' && match.test(entry.sql ?? '')),
    until: async (kind, options = {}) =>
      ((await send('POST', `${own}/wait`, { kind, ...options })) as { entries: readonly LogEntry[] }).entries,
    expire: async (what) => {
      await send('POST', `${own}/expire`, { what })
    },
    generateCatalog: async (options) => {
      await send('POST', `${own}/catalog`, options)
    },
    touchTables: async (database, like) => {
      await send('POST', `${own}/touch`, { database, like })
    },
    remove: async () => {
      await send('DELETE', own)
    },
  }
}
