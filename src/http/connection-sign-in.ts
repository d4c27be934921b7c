import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Services } from '../core/services.ts'
import { readCookie, setCookie } from './cookies.ts'
import { renderProblem } from './message-page.ts'
import { logFault, readFault } from './problem-response.ts'
import { ownOrigin, ownPath } from './own-address.ts'
import { callerOf } from './request-context.ts'

/** Where an account's sign-in page sends people back to. */
export const callbackPath = '/oauth/callback'

/** Takes people back from an account's sign-in page: on to the page, or to what went wrong in words. */
export function addSignInCallback(
  app: FastifyInstance,
  { services, publicUrl }: { readonly services: Services; readonly publicUrl: string | null },
): void {
  const path = ownPath(publicUrl)
  app.get(callbackPath, async (request, reply) => {
    const isSecure = ownOrigin(request, publicUrl).startsWith('https:')
    const query = request.url.slice(callbackPath.length)
    void reply.headers({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
    setCookie(reply, cookieName, '', { maxAge: 0, isSecure })
    try {
      const { name } = await services.connections.finishSignIn(
        callerOf(request),
        readCookie(request, cookieName, isSecure),
        query,
      )
      return await reply.redirect(`${path}/?connection=${encodeURIComponent(name)}`, 303)
    } catch (error) {
      logFault(request.log, error)
      const { problem, status } = readFault(error)
      return await reply
        .code(status)
        .type('text/html')
        .send(renderProblem(problem, 'The sign-in did not work', path, [{ href: '/', text: 'Back to Floe' }]))
    }
  })
}

/** How long a person may take on the account's own sign-in page; the ticket inside ends by itself, too. */
const maxAgeSeconds = 15 * 60

const cookieName = 'floe-sign-in'

/** Has the browser keep the ticket of a sign-in that was started there. */
export function keepTicket(reply: FastifyReply, ticket: string, isSecure: boolean): void {
  setCookie(reply, cookieName, ticket, { maxAge: maxAgeSeconds, isSecure })
}
