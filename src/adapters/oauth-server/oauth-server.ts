import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Provider } from 'oidc-provider'
import { RateLimiterMemory } from 'rate-limiter-flexible'
import { readAppScopes, resourcePaths } from '../../core/people/app-scopes.ts'
import type { AccessRequest, AuthorizationServer } from '../../core/ports/authorization-server.ts'
import type { Clock } from '../../core/ports/clock.ts'
import type { Identity } from '../../core/ports/identity.ts'
import type { OauthStore } from '../../core/ports/oauth-store.ts'
import type { SecretBox } from '../../core/ports/secret-box.ts'
import { problem } from '../../core/problem.ts'
import { makeGuardedFetch } from '../http-client/guarded-fetch.ts'
import { describeApp } from './client-rules.ts'
import { verifyToken } from './access-token.ts'
import { makeSettings, withDefaultScope } from './provider-settings.ts'
import { keepKeysMs, makeSigningKeys, type SigningKeys } from './signing-keys.ts'

/** A request of Node's HTTP server with its answer. */
export interface HttpExchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** The client's address, as far as proxies that are trusted tell it. */
  readonly address: string
  /** A page that tells a person what is wrong with an app's request. */
  readonly renderFault: (description: string) => string
}

export interface OauthServerNeeds {
  /** Where this server's addresses begin, without a slash at its end. */
  readonly origin: string
  readonly store: OauthStore
  readonly secrets: SecretBox
  readonly clock: Clock
  readonly identity: Identity
  /** Whether a person exists and may come. */
  readonly isPersonAllowed: (id: string) => Promise<boolean>
  /** Ends a grant that an app gave back or whose token came twice. */
  readonly withdraw: (grantId: string, by: 'app' | 'reuse') => Promise<void>
  readonly onClientRefused: (reason: string) => Promise<void>
  /** `HTTPS_PROXY` and its like. */
  readonly proxy: Readonly<Record<string, string>>
  readonly onFault: (error: unknown) => void
}

const hourMs = 3_600_000
/** Clients registered at once. Those that are described by their maker's own page take no room. */
const maxClients = 1_000
const sweepEveryMs = 10 * 60_000
const patience = { unusedClientMs: 24 * hourMs, usedClientMs: 90 * 24 * hourMs, keyMs: keepKeysMs }
/** Of the clients that were never used, those younger than this stay even where there is no room for another. */
const newClientMs = 10 * 60_000
/** Descriptions fetched for the requests of one address. */
const fetchRate = { points: 30, duration: 60 }

/** Floe's own authorization server, on `oidc-provider`. It is opened by the first request. */
export function makeOauthServer(needs: OauthServerNeeds): AuthorizationServer<HttpExchange> {
  const { origin, store, clock, onFault } = needs
  const keys = makeSigningKeys(needs)
  const exchanges = new WeakMap<IncomingMessage, HttpExchange>()
  let sweptAt = 0
  const sweep = async (unusedClientMs = patience.unusedClientMs): Promise<void> => {
    sweptAt = clock.now()
    await store.sweep(sweptAt, { ...patience, unusedClientMs })
  }
  const openProvider = makeProviderOpening(needs, keys, exchanges)

  /** A new registration needs room; what nobody ever used makes it. */
  const hasRoom = async (): Promise<boolean> => {
    if ((await store.countClients()) < maxClients) return true
    await sweep(newClientMs)
    return (await store.countClients()) < maxClients
  }
  const readRequest = async ({ request, response }: HttpExchange, requestId: string) => {
    const { provider } = await openProvider()
    const found = await provider.interactionDetails(request, response).catch((error: unknown) => {
      // The provider's own errors say that the request is over; others are faults of the store.
      throw error instanceof Error && 'error_description' in error ? requestOver() : error
    })
    if (found.uid !== requestId) throw requestOver()
    const client = await provider.Client.find(String(found.params['client_id'])).catch(() => undefined)
    if (client === undefined) throw requestOver()
    return { provider, found, client, access: describeRequest(found.params, client) }
  }

  return {
    origin,
    handle: async (exchange, path) => {
      const { request, response } = exchange
      const { provider } = await openProvider()
      if (path === '/reg' && request.method === 'POST' && !(await hasRoom())) {
        await needs.onClientRefused('there are too many registered apps')
        sendJson(response, 503, { error: 'temporarily_unavailable', error_description: 'too many registered clients' })
        return
      }
      if (clock.now() - sweptAt > sweepEveryMs) await sweep().catch(onFault)
      exchanges.set(request, exchange)
      // Behind a proxy only PUBLIC_URL knows how people reach this server.
      const { protocol, host, pathname } = new URL(`${origin}/oauth`)
      Object.assign(request.headers, { 'x-forwarded-proto': protocol.slice(0, -1), 'x-forwarded-host': host })
      Object.assign(request, { baseUrl: pathname })
      request.url = withDefaultScope(path + (/\?.*$/.exec(request.url ?? '')?.[0] ?? ''))
      await provider.callback()(request, response)
    },
    readRequest: async (exchange, requestId) => (await readRequest(exchange, requestId)).access,
    approve: async (exchange, requestId, userId) => {
      const { provider, found, client, access } = await readRequest(exchange, requestId)
      const grant = new provider.Grant({ accountId: userId, clientId: client.clientId })
      grant.addOIDCScope(String(found.params['scope']))
      for (const resource of resourcesIn(found.params['resource']))
        grant.addResourceScope(resource, String(found.params['scope']))
      const grantId = await grant.save()
      await store.describeGrant(grantId, { ...access.app, scopes: access.scopes }, clock.now())
      const result = { login: { accountId: userId, remember: false }, consent: { grantId } }
      return await provider.interactionResult(exchange.request, exchange.response, result)
    },
    deny: async (exchange, requestId) => {
      const { provider } = await readRequest(exchange, requestId)
      const result = { error: 'access_denied', error_description: 'the person did not agree' }
      return await provider.interactionResult(exchange.request, exchange.response, result)
    },
    verify: (token, resource) => verifyToken(token, { origin, resource, now: clock.now(), keys }),
  }
}

/** Opens the provider once for each set of keys. */
function makeProviderOpening(
  needs: OauthServerNeeds,
  signingKeys: SigningKeys,
  exchanges: WeakMap<IncomingMessage, HttpExchange>,
): () => Promise<{ readonly provider: Provider }> {
  const { origin, identity, clock, store, withdraw, onClientRefused, onFault } = needs
  const fetch = makeGuardedFetch({ allowLoopback: false, proxyEnv: needs.proxy })
  const fetches = new RateLimiterMemory(fetchRate)
  let opened: { readonly keyIds: string; readonly provider: Provider } | null = null
  return async () => {
    const keys = await signingKeys.read()
    const keyIds = keys.map(({ id }) => id).join(' ')
    if (opened?.keyIds === keyIds) return opened
    // Late, because few processes ever serve an app.
    const { Provider, errors } = await import('oidc-provider')
    const provider = new Provider(
      `${origin}/oauth`,
      makeSettings({
        origin,
        keys,
        store,
        identity,
        clock,
        endGrant: (grantId) => withdraw(grantId, Provider.ctx?.oidc.route === 'revocation' ? 'app' : 'reuse'),
        errors,
        isPersonAllowed: needs.isPersonAllowed,
        fetch,
        mayFetch: async (address) =>
          await fetches.consume(address).then(
            () => true,
            () => false,
          ),
        exchanges,
      }),
    )
    provider.proxy = true
    provider.silent = true
    provider.on('server_error', (_context, error) => onFault(error))
    provider.on('registration_create.error', (_context, error) => {
      onClientRefused(error.error_description ?? error.message).catch(onFault)
    })
    opened = { keyIds, provider }
    return opened
  }
}

const requestOver = () =>
  problem(
    'not_found',
    'What the app asked for is over, or it was asked in another browser.',
    'Go back to the app and connect it again.',
  )

const resourcesIn = (resource: unknown): readonly string[] => [resource].flat().filter((one) => typeof one === 'string')

function describeRequest(
  { redirect_uri: redirect, scope, resource }: Record<string, unknown>,
  client: Parameters<typeof describeApp>[0],
): AccessRequest {
  const answer = new URL(String(redirect))
  const isForMcp = resourcesIn(resource).every((one) => one.endsWith(resourcePaths.mcp))
  const scopes = readAppScopes(String(scope)).filter((name) => !isForMcp || name === 'ask')
  return { app: describeApp(client, answer.href), scopes, answersTo: answer.origin }
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(JSON.stringify(body))
}
