import { localUserId } from '../adapters/postgres/local-user.ts'
import { makeOauthServer, type HttpExchange } from '../adapters/oauth-server/oauth-server.ts'
import { makeOpenidProvider } from '../adapters/openid/openid-provider.ts'
import { makePostgresOauthStore } from '../adapters/postgres/postgres-oauth-store.ts'
import { makePostgresPeopleStores } from '../adapters/postgres/postgres-people-stores.ts'
import { cacheSessions } from '../adapters/redis/redis-session-cache.ts'
import { listIssuers, readDriverEnvironment, type Config } from '../config.ts'
import { makeLocalCaller, type Caller, type Door } from '../core/caller.ts'
import { limits } from '../core/limits.ts'
import type { HeldModels } from '../core/models/own-models.ts'
import { measureAudit, measureSignIn } from '../core/metrics/measure-people.ts'
import { makeAccessTokens } from '../core/people/access-tokens.ts'
import { makeAudit } from '../core/people/audit.ts'
import { makeConnectedApps } from '../core/people/connected-apps.ts'
import { governSessions } from '../core/people/govern.ts'
import { makeExportPerson } from '../core/people/export-person.ts'
import { budgetJourney, makeBudgets } from '../core/people/budgets.ts'
import { makeFeedback } from '../core/people/feedback.ts'
import { makeGroups } from '../core/people/groups.ts'
import { makePeople } from '../core/people/people.ts'
import { makePreferences } from '../core/people/preferences.ts'
import { makeSessions, type Credential } from '../core/people/sessions.ts'
import { makeSignIn } from '../core/people/sign-in.ts'
import { watchSecurity } from '../core/people/security-events.ts'
import { makeShares } from '../core/people/shares.ts'
import type { AuthorizationServer } from '../core/ports/authorization-server.ts'
import type { Meter } from '../core/ports/meter.ts'
import type { ModelProviders } from '../core/ports/model-providers.ts'
import type { WarehouseSource } from '../core/ports/connections.ts'
import type { TurnStore } from '../core/ports/turn-store.ts'
import type { Journey } from '../core/ask/journey.ts'
import type { Health, Services } from '../core/services.ts'
import { composeOwnModels } from './compose-writers.ts'
import type { Foundation } from './foundation.ts'

/** Who sent a request: without sign-in the person of this machine, else whoever its credential belongs to; null for nobody. */
export type Identify = (door: Door, credential: Credential | null) => Caller | null | Promise<Caller | null>

export type ListConnections = WarehouseSource['list']

/** People, how they sign in, what they share of their turns, and what they did. */
export function composePeople(
  config: Config,
  foundation: Foundation,
  modelProviders: ModelProviders,
  turns: TurnStore,
  listConnections: ListConnections,
): {
  readonly people: Services['people']
  /** People's own keys for models, for the rest of the program. */
  readonly heldModels: HeldModels
  /** Makes the export of everything of a person, their saved connections included. */
  readonly makeExport: (connections: Services['connections']) => Services['exportPerson']
  readonly identify: Identify
  /** Whether a person is there and not disabled; without sign-in the one person always is. */
  readonly isPersonAllowed: (userId: string) => Promise<boolean>
  /** A journey within the budgets of its person. */
  readonly withinBudgets: (journey: Journey) => Journey
  readonly authorizationServer: AuthorizationServer<HttpExchange> | null
  /** The state of each issuer. */
  readonly health: () => Promise<readonly Health[]>
} {
  const { database, redis, clock, meter, identity, notices, secrets, onFault } = foundation
  const stored = makePostgresPeopleStores({ database })
  const onLookUp = countLookUps(meter)
  const stores = redis === null ? stored : cacheSessions(stored, { redis, notices, onFault, onLookUp })
  const written = measureAudit(makeAudit({ store: stores.audit, clock, identity }), meter)
  const audit = watchSecurity(written, { meter, clock, onFault })
  const {
    models,
    held: heldModels,
    store: modelKeys,
  } = composeOwnModels(config, foundation, { providers: modelProviders, audit })
  const sessions = governSessions(
    makeSessions({ store: stores.sessions, notices, clock, identity, limits: limits.sessions }),
    audit,
  )
  const proxy = readDriverEnvironment(false)
  const providers = listIssuers(config).map(({ trustEmail, clientSecret = null, groupsClaim = null, ...issuer }) =>
    makeOpenidProvider({ ...issuer, clientSecret, groupsClaim, trustsEmail: trustEmail, proxy }),
  )
  const signIn = makeSignIn({
    providers,
    people: stores.people,
    store: stores.sessions,
    sessions,
    audit,
    clock,
    identity,
    policy: {
      domains: config.ALLOWED_EMAIL_DOMAINS,
      emails: config.ALLOWED_EMAILS,
      admins: config.ADMIN_EMAILS,
      localUserId,
    },
    patienceMs: limits.signInMs,
  })
  const isPersonAllowed = async (userId: string): Promise<boolean> =>
    providers.length === 0 || (await stores.people.read(userId))?.isDisabled === false
  const oauthStore = makePostgresOauthStore({ database })
  const { noteUseMs } = limits.sessions
  const apps = makeConnectedApps({ store: oauthStore, notices, audit, clock, noteUseMs })
  const isServing = providers.length > 0 && config.PUBLIC_URL !== undefined
  const authorizationServer = !isServing
    ? null
    : makeOauthServer({
        origin: config.PUBLIC_URL ?? '',
        store: oauthStore,
        secrets,
        clock,
        identity,
        isPersonAllowed,
        withdraw: (grantId, by) => apps.withdraw(grantId, by),
        onClientRefused: (reason) => audit.note(null, 'app.registration_refused', { reason }),
        proxy,
        onFault,
      })
  const people = {
    signIn: providers.length === 0 ? null : measureSignIn(signIn, meter),
    sessions,
    tokens: makeAccessTokens({ store: stores.sessions, sessions, people: stores.people, audit, clock, identity }),
    budgets: makeBudgets({ store: stored.budgets, audit, clock, identity, models: heldModels }),
    models,
    groups: makeGroups({ store: stores.groups, audit, notices, identity }),
    shares: makeShares({ store: stores.shares, turns, listConnections, audit, clock, identity }),
    feedback: makeFeedback({ store: stored.feedback, audit, clock }),
    directory: makePeople({ people: stores.people, sessions, grants: oauthStore, modelKeys, audit, identity }),
    apps,
    audit,
    preferences: makePreferences({ store: stores.preferences, audit, clock, notices, onFault }),
  }
  return {
    people,
    heldModels,
    isPersonAllowed,
    makeExport: (connections) => makeExportPerson({ store: stores.exports, turns, people, connections, audit, clock }),
    withinBudgets: (journey) => budgetJourney(journey, { store: stored.budgets, clock, models: heldModels }),
    authorizationServer,
    health: () => Promise.all(providers.map(async (one) => ({ name: `issuer ${one.id}`, ...(await one.health()) }))),
    identify: async (door, credential) => {
      if (people.signIn === null) return makeLocalCaller(localUserId, door)
      if (credential?.kind !== 'jwt') return credential === null ? null : await sessions.identify(credential, door)
      const token = (await authorizationServer?.verify(credential.value, credential.resource)) ?? null
      return token === null ? null : await apps.identify(token, door)
    },
  }
}

function countLookUps(meter: Meter): (found: boolean) => void {
  const lookUps = meter.counter({
    name: 'floe_session_cache_lookups_total',
    help: 'Sessions and tokens that were looked for in Redis, by whether it had them.',
    labels: { result: ['hit', 'miss'] },
  })
  return (found) => lookUps({ result: found ? 'hit' : 'miss' })
}
