import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Credential } from '../core/people/sessions.ts'
import { SignInFailure } from '../core/people/sign-in.ts'
import type { Services } from '../core/services.ts'
import { readCookie, setCookie } from './cookies.ts'
import { renderMessage, renderProblem } from './message-page.ts'
import { ownOrigin, ownPath } from './own-address.ts'
import { htmlType } from './pages.ts'
import { reportFault } from './problem-response.ts'

const sessionCookie = 'floe-session'
const ticketCookie = 'floe-signing-in'

export const signInPath = '/auth/sign-in'
const callbackPath = '/auth/callback'

const SignInQuery = z.object({ return: z.string().optional(), with: z.string().optional() })

/** What a request brings to say who sent it: an `Authorization` header before a cookie; null for neither. */
export function readCredential(request: FastifyRequest, publicUrl: string | null): Credential | null {
  const { authorization } = request.headers
  if (authorization !== undefined) {
    const [, value = ''] = /^Bearer +(\S+)$/i.exec(authorization) ?? []
    if (!value.includes('.')) return { kind: 'token', value }
    return { kind: 'jwt', value, resource: /^\/mcp(?:[/?]|$)/.test(request.url) ? 'mcp' : 'api' }
  }
  const value = readSessionCookie(request, publicUrl)
  return value === '' ? null : { kind: 'session', value }
}

/** The browser's session; empty where it has none. */
export const readSessionCookie = (request: FastifyRequest, publicUrl: string | null): string =>
  readCookie(request, sessionCookie, isSecureAt(request, publicUrl))

const isSecureAt = (request: FastifyRequest, publicUrl: string | null): boolean =>
  ownOrigin(request, publicUrl).startsWith('https:')

/** Signing in at a provider, coming back from it, and signing out. A server without sign-in has none of these addresses. */
export function addSignInRoutes(
  app: FastifyInstance,
  { services: { people }, publicUrl }: { readonly services: Services; readonly publicUrl: string | null },
): void {
  const { signIn, sessions, audit } = people
  if (signIn === null) return

  const path = ownPath(publicUrl)

  app.get(signInPath, async (request, reply) => {
    const asked = SignInQuery.safeParse(request.query)
    const { return: returnTo, with: chosen } = asked.success ? asked.data : {}
    const [only, another] = signIn.providers
    const provider = chosen ?? (another === undefined ? only?.id : undefined)
    if (provider === undefined || isLedHere(request))
      return await send(reply, 200, renderChoice(path, signIn.providers, returnTo))
    return await show(request, reply, { path, returnTo }, async () => {
      const redirectUri = ownOrigin(request, publicUrl) + path + callbackPath
      const { url, ticket, patienceMs } = await signIn.begin(provider, redirectUri, returnTo)
      setCookie(reply, ticketCookie, ticket, { maxAge: patienceMs / 1_000, isSecure: isSecureAt(request, publicUrl) })
      return url
    })
  })

  app.get(callbackPath, async (request, reply) => {
    const isSecure = isSecureAt(request, publicUrl)
    setCookie(reply, ticketCookie, '', { maxAge: 0, isSecure })
    return await show(request, reply, { path }, async () => {
      const before = readCookie(request, sessionCookie, isSecure)
      const { token, endsAt, returnTo } = await signIn.finish({
        ticket: readCookie(request, ticketCookie, isSecure),
        redirectUri: ownOrigin(request, publicUrl) + path + callbackPath,
        query: request.url.slice(callbackPath.length),
        device: describeDevice(request.headers['user-agent'] ?? ''),
      })
      // The session before this sign-in may be known to somebody else.
      if (before !== '') await sessions.signOut(before)
      setCookie(reply, sessionCookie, token, { maxAge: Math.ceil((endsAt - Date.now()) / 1_000), isSecure })
      return path + returnTo
    })
  })

  app.post('/auth/sign-out', async (request, reply) => {
    const isSecure = isSecureAt(request, publicUrl)
    const token = readCookie(request, sessionCookie, isSecure)
    if (token !== '') await sessions.signOut(token)
    if (request.caller !== null) await audit.note(request.caller, 'sign_out', {})
    setCookie(reply, sessionCookie, '', { maxAge: 0, isSecure })
    // What else lies on a shared host keeps what it has stored.
    if (path === '') void reply.header('clear-site-data', '"cache", "storage"')
    return reply.code(204).send()
  })
}

/** Redirects to where the work leads; a failure becomes a page with a link, never a redirect, so that no loop begins. */
async function show(
  request: FastifyRequest,
  reply: FastifyReply,
  { path, returnTo }: { readonly path: string; readonly returnTo?: string | undefined },
  work: () => Promise<string>,
): Promise<FastifyReply> {
  try {
    const target = await work()
    return await reply.headers({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' }).redirect(target, 303)
  } catch (error) {
    const isFailure = error instanceof SignInFailure
    const fault = isFailure ? error.cause : error
    const { problem, status } = reportFault(request, fault)
    request.problemCode = problem.code
    const links = [
      { href: signInAddress({ return: isFailure ? error.returnTo : returnTo }), text: 'Sign in again' },
      { href: '/', text: 'Back to Floe' },
    ]
    return await send(reply, status, renderProblem(problem, 'You are not signed in', path, links))
  }
}

/** Whether a page of another site leads here: nobody has asked for a sign-in then, and an issuer that knows the person would ask nothing. */
const isLedHere = ({ headers }: FastifyRequest): boolean =>
  ['cross-site', 'same-site'].includes(String(headers['sec-fetch-site']))

function signInAddress(query: { readonly with?: string; readonly return: string | undefined }): string {
  const given = new URLSearchParams(query.with === undefined ? {} : { with: query.with })
  if (query.return !== undefined && query.return !== '/') given.set('return', query.return)
  return given.size === 0 ? signInPath : `${signInPath}?${given.toString()}`
}

const renderChoice = (
  path: string,
  providers: readonly { readonly id: string; readonly label: string }[],
  returnTo: string | undefined,
): string =>
  renderMessage({
    path,
    title: 'Sign in',
    paragraphs: ['Choose the account that you sign in with.'],
    links: providers.map(({ id, label }) => ({
      href: signInAddress({ with: id, return: returnTo }),
      text: `Sign in with ${label}`,
    })),
  })

const send = async (reply: FastifyReply, status: number, page: string): Promise<FastifyReply> =>
  await reply
    .code(status)
    .headers({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
    .type(htmlType)
    .send(page)

/** Tested in this order, because browsers name their ancestors, too. */
const browsers: readonly (readonly [RegExp, string])[] = [
  [/Edg(?:A|iOS)?\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/Firefox\/|FxiOS\//, 'Firefox'],
  [/Chrome\/|CriOS\//, 'Chrome'],
  [/Safari\//, 'Safari'],
]
const systems: readonly (readonly [RegExp, string])[] = [
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Mac OS X|Macintosh/, 'macOS'],
  [/CrOS/, 'ChromeOS'],
  [/Linux/, 'Linux'],
]

const nameIn = (table: readonly (readonly [RegExp, string])[], agent: string): string | undefined =>
  table.find(([pattern]) => pattern.test(agent))?.[1]

/** Browser and system in words, for the list of sessions. What a browser says of itself is never kept as it is. */
function describeDevice(userAgent: string): string {
  const [browser, system] = [nameIn(browsers, userAgent), nameIn(systems, userAgent)]
  if (browser === undefined) return system ?? 'Unknown browser'
  return system === undefined ? browser : `${browser} on ${system}`
}
