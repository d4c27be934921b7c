import type { SnowflakeSettings } from '../../contract/snowflake/connection.ts'
import type { CatalogStore } from '../../core/ports/catalog-store.ts'
import type { Clock } from '../../core/ports/clock.ts'
import type { ConnectionKind } from '../../core/ports/connection-kind.ts'
import type { ConnectionRow, ConnectionStore, StoredSettings } from '../../core/ports/connection-store.ts'
import type { SecretBox } from '../../core/ports/secret-box.ts'
import { anyKind } from '../../core/connections/kind-of.ts'
import { problem } from '../../core/problem.ts'
import { makeHttpClient } from '../http-client/http-client.ts'
import { makeFetch } from '../http-client/make-fetch.ts'
import { makeOauthClient, type OauthTicket } from './credentials/oauth-client.ts'
import { readAccount } from './credentials/read-account.ts'
import { makeTokenSource } from './credentials/renew-token.ts'
import { implementationOf, makeSignInMethods, type SignInMethods } from './credentials/sign-in-methods.ts'
import type { Workload } from './credentials/workload-identity.ts'
import { makeDiscoveries } from './discovery/make-discoveries.ts'
import { makeSnowflakeLink } from './make-snowflake-link.ts'
import { setupOptions, setupScript } from './setup/render-setup-script.ts'
import type { SnowflakeCredential } from './snowflake-link.ts'
import { makeSnowflakeSession } from './snowflake-session.ts'
import { changeSettings, readSettings, settingFields, targetOf } from './snowflake-settings.ts'

export interface SnowflakeKindNeeds {
  readonly store: ConnectionStore
  readonly catalogs: CatalogStore
  readonly secrets: SecretBox
  readonly clock: Clock
  /** The identity of the machine; null where nobody may sign in with it. */
  readonly workload: Workload | null
  /** For tests alone: accounts and sign-in servers may be doubles on this machine. */
  readonly allowLoopback: boolean
  /** Addresses that Floe connects from, as far as known. */
  readonly egress: readonly string[]
  /** Variables the driver's processes get: a proxy, certificates, the identity of a cloud machine. */
  readonly environment: Readonly<Record<string, string>>
  /** Origins that results may be fetched from besides Snowflake's storage and the account itself. */
  readonly resultOrigins?: readonly string[]
  /** Told of faults that no caller is waiting for. */
  readonly onFault: (error: unknown) => void
}

/** Connections to Snowflake. */
export function makeSnowflakeKind(needs: SnowflakeKindNeeds): ConnectionKind {
  const { store, secrets, clock, allowLoopback, environment, onFault } = needs
  const policy = { allowLoopback }
  const oauth = makeOauthClient({ clock, allowLoopback, proxyEnv: environment })
  const token = makeTokenSource({ store, secrets, oauth, clock })
  const methods = makeSignInMethods({ token, workload: needs.workload, allowLoopback })
  const discoveries = makeDiscoveries({ store: needs.catalogs, clock, onFault })
  const fetch = makeFetch(makeHttpClient({ proxy: environment }), { maxBytes: 65_536 })

  const orderOf = (stored: StoredSettings, secret: string | null) => {
    const settings = readSettings(stored)
    const { browser } = implementationOf(methods, settings.signIn.method)
    if (browser !== null) return browser.order(settings.signIn, settings, secret)
    throw problem('bad_request', 'This connection does not sign in by browser.', 'Test it; it is ready as it is.')
  }
  /** Opens the stored secret of a row that nobody has changed since it was read. */
  const openSecret = async ({ ownerId, id, revision }: ConnectionRow): Promise<string | null> => {
    const now = await store.read(ownerId, id)
    if (now === null || now.revision !== revision)
      throw problem('connection_broken', 'The connection was changed meanwhile.', 'Ask again.')
    return now.sealedSecret === null ? null : await secrets.open(now.sealedSecret, { ownerId, rowId: id })
  }
  const credentialOf = (row: ConnectionRow, settings: SnowflakeSettings, isRefused: boolean) =>
    implementationOf(methods, settings.signIn.method).credential(settings.signIn, {
      ownerId: row.ownerId,
      connectionId: row.id,
      revision: row.revision,
      accessUrl: settings.accessUrl,
      role: settings.role,
      isRefused,
      openSecret: () => openSecret(row),
    }) satisfies Promise<SnowflakeCredential>

  return anyKind<'snowflake'>({
    kind: 'snowflake',
    signIns: Object.values(methods).map(({ method, refusal = null }) => ({ method, refusal })),
    preview: ({ account }) => Promise.resolve({ kind: 'snowflake', ...readAccount(account, policy) }),
    commandLine: {
      settings: settingFields,
      methods: Object.fromEntries(
        Object.values(methods).map(({ method, optionName, fields }) => [optionName, { method, fields }]),
      ),
      setup: setupOptions,
    },
    setupScript,
    async readNew({ account, role, warehouse, database, schema, probing, signIn: given }) {
      const address = readAccount(account, policy)
      const { signIn, ...sealed } = await implementationOf(methods, given.method).prepare(given)
      return { settings: { ...address, role, warehouse, database, schema, probing, signIn }, ...sealed }
    },
    async readChange(stored, change, openStored) {
      const before = readSettings(stored)
      const after = changeSettings(before, change, policy)
      if (change.signIn !== undefined) {
        const { signIn, ...secret } = await implementationOf(methods, change.signIn.method).prepare(change.signIn)
        return { settings: { ...after, signIn }, secret }
      }
      const { browser } = implementationOf(methods, before.signIn.method)
      if (after.role === before.role || browser === null) return { settings: after, secret: null }
      // A grant is for one role.
      return { settings: after, secret: { secret: browser.withoutGrant(await openStored()), needsSignIn: true } }
    },
    present(stored) {
      const { account, accessUrl, role, warehouse, database, schema, probing, signIn } = readSettings(stored)
      return { kind: 'snowflake', account, accessUrl, role, warehouse, database, schema, probing, signIn }
    },
    summarize: ({ account, role, signIn }) => [account, role ?? 'default role', signIn.method.replaceAll('_', ' ')],
    describe: (stored) => `Snowflake ${readSettings(stored).account}`,
    signInKey(stored) {
      const { accessUrl, role, signIn } = readSettings(stored)
      return JSON.stringify([accessUrl, role, signIn])
    },
    setupSql(stored) {
      const { signIn } = readSettings(stored)
      return implementationOf(methods, signIn.method).setupSql(signIn)
    },
    async beginSignIn(stored, secret, redirectUri) {
      const { url, ticket } = await oauth.begin(orderOf(stored, secret), redirectUri)
      return { url, ticket: JSON.stringify(ticket) }
    },
    // The ticket was sealed by this program for this row, so it is what `beginSignIn` made.
    finishSignIn: async (stored, secret, ticket, query) =>
      JSON.stringify(await oauth.finish(orderOf(stored, secret), JSON.parse(ticket) as OauthTicket, query)),
    expectRole: (stored, role) => void withRole(methods, readSettings(stored), role),
    open(row, role) {
      const settings = withRole(methods, readSettings(row.settings), role)
      if (!allowLoopback && !settings.accessUrl.startsWith('https://'))
        throw problem(
          'connection_broken',
          `The address of "${row.name}" is not Snowflake's.`,
          'Save the connection anew.',
        )
      const access = makeSnowflakeLink({
        target: targetOf(settings),
        credential: (_signal, isRefused) => credentialOf(row, settings, isRefused),
        environment,
        resultOrigins: needs.resultOrigins ?? [],
        onFault,
      })
      const { egress } = needs
      return makeSnowflakeSession({
        settings,
        onlyRole: role ?? null,
        userId: row.ownerId,
        access,
        discoveries,
        methods,
        clock,
        egress,
        fetch,
      })
    },
    catalogState: (scope) => discoveries.state(scope),
    close: () => discoveries.close(),
  })
}

/** The settings with this role instead of their own. Throws `bad_request` where the sign-in was granted for another one. */
function withRole(methods: SignInMethods, settings: SnowflakeSettings, role: string | undefined): SnowflakeSettings {
  if (role === undefined || role === settings.role) return settings
  if (implementationOf(methods, settings.signIn.method).browser === null) return { ...settings, role }
  throw problem(
    'bad_request',
    'A sign-in by browser is granted for one role, so this connection has no other.',
    'Share it with its own role, or share a connection that signs in with a key.',
  )
}
