import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createHash, timingSafeEqual } from 'node:crypto'
import { resourcePaths, resourceScopes } from '../core/people/app-scopes.ts'
import { makeConsent } from '../core/people/connected-apps.ts'
import type { AccessRequest, AuthorizationServer } from '../core/ports/authorization-server.ts'
import { problem } from '../core/problem.ts'
import type { Services } from '../core/services.ts'
import { consentStyle, renderConsent } from './consent-page.ts'
import { makeRequestLimit } from './limits.ts'
import { renderMessage, renderProblem } from './message-page.ts'
import { ownPath } from './own-address.ts'
import { htmlType } from './pages.ts'
import { presentDocument, reportFault } from './problem-response.ts'
import { callerOf } from './request-context.ts'
import { readSessionCookie, signInPath } from './sign-in-routes.ts'

/** A request of Node's HTTP server with its answer, as the authorization server takes it. */
export interface HttpExchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** The client's address. */
  readonly address: string
  readonly renderFault: (description: string) => string
}

export interface OauthRoutesNeeds {
  readonly services: Services
  readonly server: AuthorizationServer<HttpExchange>
  readonly publicUrl: string | null
}

/** Where the protocol is spoken: address, and the path that the authorization server knows it by. */
const endpoints: readonly (readonly ['GET' | 'POST', url: string, path: string])[] = [
  ['GET', '/oauth/auth', '/auth'],
  ['GET', '/oauth/auth/:uid', '/auth'],
  ['POST', '/oauth/token', '/token'],
  ['POST', '/oauth/token/revocation', '/token/revocation'],
  ['POST', '/oauth/reg', '/reg'],
  ['GET', '/oauth/jwks', '/jwks'],
  // RFC 8414 puts the issuer's path behind the well-known one; some programs look below the issuer or at the root.
  ['GET', '/.well-known/oauth-authorization-server', '/.well-known/oauth-authorization-server'],
  ['GET', '/.well-known/oauth-authorization-server/oauth', '/.well-known/oauth-authorization-server'],
  ['GET', '/oauth/.well-known/oauth-authorization-server', '/.well-known/oauth-authorization-server'],
  ['GET', '/.well-known/openid-configuration/oauth', '/.well-known/openid-configuration'],
  ['GET', '/oauth/.well-known/openid-configuration', '/.well-known/openid-configuration'],
]

/** How many apps one address may register: a person connects a few. */
const registrationRate = { points: 20, duration: 3_600 }
const resourceMetadataPath = '/.well-known/oauth-protected-resource'
const interactionUrl = '/oauth/interaction/:uid'

/** The authorization server's addresses, the page on which a person agrees, and what tells an app where to ask. */
export function addOauthRoutes(app: FastifyInstance, needs: OauthRoutesNeeds): void {
  addResourceMetadata(app, needs.server.origin)
  app.get('/oauth/style.css', (_request, reply) => reply.type('text/css; charset=utf-8').send(consentStyle))
  void app.register((scope, _options, done) => {
    // The authorization server reads bodies itself, and bounds them.
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', (_request, _payload, parsed) => parsed(null))
    addProtocol(scope, needs)
    done()
  })
  void app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: 4_096 },
      (_request, body, parsed) => parsed(null, new URLSearchParams(String(body))),
    )
    addConsent(scope, needs)
    done()
  })
}

/** RFC 9728: which authorization server serves which part of this server; refusals name it. */
function addResourceMetadata(app: FastifyInstance, origin: string): void {
  const describe = (name: 'api' | 'mcp') => ({
    resource: origin + resourcePaths[name],
    authorization_servers: [`${origin}/oauth`],
    scopes_supported: resourceScopes[name],
    bearer_methods_supported: ['header'],
    resource_name: 'Floe',
    resource_documentation: `${origin}/api/docs`,
  })
  for (const name of ['api', 'mcp'] as const) app.get(resourceMetadataPath + resourcePaths[name], () => describe(name))
  app.get(resourceMetadataPath, () => describe('api'))
  app.addHook('onSend', (request, reply, payload, done) => {
    const name = request.url.startsWith(resourcePaths.mcp) ? 'mcp' : 'api'
    const fault = request.headers.authorization === undefined ? '' : ', error="invalid_token"'
    const metadata = origin + resourceMetadataPath + resourcePaths[name]
    if (reply.statusCode === 401)
      void reply.header('www-authenticate', `Bearer resource_metadata="${metadata}"${fault}`)
    done(null, payload)
  })
}

function addProtocol(scope: FastifyInstance, { server, publicUrl }: OauthRoutesNeeds): void {
  const floePath = ownPath(publicUrl)
  const limitRegistrations = makeRequestLimit(registrationRate)
  // Under a path of a shared host a proxy may pass these on, too: RFC 8414 puts the whole path behind the well-known one.
  const inserted = ['oauth-authorization-server', 'openid-configuration'].map(
    (name) => ['GET', `/.well-known/${name}${floePath}/oauth`, `/.well-known/${name}`] as const,
  )
  for (const [method, url, path] of [...endpoints, ...(floePath === '' ? [] : inserted)])
    scope.route<{ Params: { readonly uid?: string } }>({
      method,
      url,
      handler: async (request, reply) => {
        if (path === '/reg') await limitRegistrations(request.ip)
        const { uid } = request.params
        const exchange = hijack(request, reply, floePath)
        try {
          await server.handle(exchange, uid === undefined ? path : `${path}/${uid}`)
        } catch (error) {
          // The reply is handed over by now, so the fault is written as it is.
          const { problem, status } = reportFault(request, error)
          reply.raw.writeHead(status, { 'content-type': 'application/problem+json' })
          reply.raw.end(JSON.stringify(presentDocument(problem, status, request.id)))
        }
      },
    })
}

/** Hands the connection over, with the headers that every answer of ours has. */
function hijack(request: FastifyRequest, reply: FastifyReply, path: string): HttpExchange {
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (value !== undefined) reply.raw.setHeader(name, value)
  reply.hijack()
  return exchangeOf(request, reply, path)
}

const exchangeOf = (request: FastifyRequest, reply: FastifyReply, path: string): HttpExchange => ({
  request: request.raw,
  response: reply.raw,
  address: request.ip,
  renderFault: (description) =>
    renderMessage({
      path,
      title: 'The app asked wrongly',
      paragraphs: [
        'What the app sent to Floe cannot be answered, so nothing was connected.',
        'Go back to the app and connect it again. If this page comes again, show its maker what Floe says:',
      ],
      details: [description],
      links: [{ href: '/', text: 'Back to Floe' }],
    }),
})

/** The page on which a person answers, and its form. The form is bound to this browser's session and to this request. */
function addConsent(scope: FastifyInstance, { services, server, publicUrl }: OauthRoutesNeeds): void {
  const path = ownPath(publicUrl)
  const consent = makeConsent(server, services.people.audit)
  const formKeyOf = (request: FastifyRequest, uid: string): string =>
    createHash('sha256')
      .update(`consent ${uid} ${readSessionCookie(request, publicUrl)}`)
      .digest('base64url')

  scope.get<{ Params: { readonly uid: string } }>(interactionUrl, async (request, reply) => {
    const { uid } = request.params
    if (request.caller === null) {
      const back = new URLSearchParams({ return: request.url.split('?')[0] ?? '' })
      return await reply.header('cache-control', 'no-store').redirect(`${path}${signInPath}?${back.toString()}`, 303)
    }
    return await show(request, reply, path, async () => {
      const caller = callerOf(request)
      const access = await consent.read(caller, exchangeOf(request, reply, path), uid)
      const me = await services.people.directory.me(caller)
      return { access, page: renderConsent({ access, me, rights: caller.rights, formKey: formKeyOf(request, uid) }) }
    })
  })

  scope.post<{ Params: { readonly uid: string }; Body: URLSearchParams }>(interactionUrl, async (request, reply) => {
    const { uid } = request.params
    return await show(request, reply, path, async () => {
      const caller = callerOf(request)
      if (!isSame(request.body.get('key') ?? '', formKeyOf(request, uid)))
        throw problem(
          'forbidden',
          'This form was not made for this browser.',
          'Go back to the app and connect it again.',
        )
      const exchange = exchangeOf(request, reply, path)
      const isAgreed = request.body.get('answer') === 'allow'
      return isAgreed ? await consent.approve(caller, exchange, uid) : await consent.deny(caller, exchange, uid)
    })
  })
}

/** Shows the page or goes on to where the work leads; a fault becomes a page of its own. */
async function show(
  request: FastifyRequest,
  reply: FastifyReply,
  path: string,
  work: () => Promise<string | { readonly access: AccessRequest; readonly page: string }>,
): Promise<FastifyReply> {
  // The form's Origin is the proof that it came from this page, and `no-referrer` would hide it.
  void reply.headers({ 'cache-control': 'no-store', 'referrer-policy': 'same-origin' })
  try {
    const done = await work()
    if (typeof done === 'string') return await reply.redirect(done, 303)
    allowAnswer(reply, done.access)
    return await reply.type(htmlType).send(done.page)
  } catch (error) {
    const { problem, status } = reportFault(request, error)
    return await reply
      .code(status)
      .type(htmlType)
      .send(renderProblem(problem, 'Nothing was connected', path, [{ href: '/', text: 'Back to Floe' }]))
  }
}

/** Browsers hold the redirects after a form against the policy of its page: the answer must be let through to the app, and nowhere else. */
function allowAnswer(reply: FastifyReply, { answersTo }: AccessRequest): void {
  const policy = String(reply.getHeader('content-security-policy') ?? '')
  void reply.header('content-security-policy', policy.replace("form-action 'self'", `form-action 'self' ${answersTo}`))
}

function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)]
  return a.length === b.length && timingSafeEqual(a, b)
}
