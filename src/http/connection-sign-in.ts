import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Problem } from '../contract/problem.ts'
import type { Services } from '../core/services.ts'
import { escapeHtml } from './pages.ts'
import { logFault, readFault } from './problem-response.ts'
import { callerOf } from './request-context.ts'

/** Where an account's sign-in page sends people back to. */
export const callbackPath = '/oauth/callback'

/** The address a person sees this server under; requests with a foreign Host were refused before. */
export const ownOrigin = (request: FastifyRequest, publicUrl: string | null): string =>
  publicUrl === null ? `http://${request.host}` : new URL(publicUrl).origin

/** Takes people back from an account's sign-in page: on to the page, or to what went wrong in words. */
export function addSignInCallback(
  app: FastifyInstance,
  { services, publicUrl }: { readonly services: Services; readonly publicUrl: string | null },
): void {
  app.get(callbackPath, async (request, reply) => {
    const isSecure = ownOrigin(request, publicUrl).startsWith('https:')
    const query = request.url.slice(callbackPath.length)
    void reply.headers({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
    forgetTicket(reply, isSecure)
    try {
      const { name } = await services.connections.finishSignIn(callerOf(request), readTicket(request, isSecure), query)
      return await reply.redirect(`/?connection=${encodeURIComponent(name)}`, 303)
    } catch (error) {
      logFault(request.log, error)
      const { problem, status } = readFault(error)
      return await reply.code(status).type('text/html').send(renderProblem(problem))
    }
  })
}

const renderProblem = ({ message, action, details = [] }: Problem): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Floe: signing in</title>
<link rel="stylesheet" href="/api/docs/style.css">
<main>
<h1>The sign-in did not work</h1>
<p>${escapeHtml(message)}</p>
<p>${escapeHtml(action)}</p>
${details.map((detail) => `<p><code>${escapeHtml(detail)}</code></p>`).join('\n')}
<p><a href="/">Back to Floe</a></p>
</main>
</html>
`

/** How long a person may take on the account's own sign-in page; the ticket inside ends by itself, too. */
const maxAgeSeconds = 15 * 60

/** With https the prefix has the browser see to it that no other host or path set the cookie. */
const nameOf = (isSecure: boolean): string => (isSecure ? '__Host-floe-sign-in' : 'floe-sign-in')

/** Has the browser keep the ticket of a sign-in that was started there. */
export function keepTicket(reply: FastifyReply, ticket: string, isSecure: boolean): void {
  void reply.header('set-cookie', cookie(nameOf(isSecure), ticket, maxAgeSeconds, isSecure))
}

function forgetTicket(reply: FastifyReply, isSecure: boolean): void {
  void reply.header('set-cookie', cookie(nameOf(isSecure), '', 0, isSecure))
}

/** The ticket the browser kept; empty where it has none. */
function readTicket({ headers }: FastifyRequest, isSecure: boolean): string {
  const start = `${nameOf(isSecure)}=`
  const pair = (headers.cookie ?? '').split(';').find((part) => part.trim().startsWith(start))
  return pair?.trim().slice(start.length) ?? ''
}

// Lax, because the browser comes back from another site.
const cookie = (name: string, value: string, maxAge: number, isSecure: boolean): string =>
  `${name}=${value}; Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`
