import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Services } from '../core/services.ts'
import { readCookie, setCookie } from './cookies.ts'
import { renderProblem } from './message-page.ts'
import { reportFault } from './problem-response.ts'
import { ownOrigin, ownPath } from './own-address.ts'
import { htmlType } from './pages.ts'
import { callerOf, type ReturnTo } from './request-context.ts'

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
    const { returnTo, ticket } = readKept(readCookie(request, cookieName, isSecure))
    const query = request.url.slice(callbackPath.length)
    void reply.headers({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
    setCookie(reply, cookieName, '', { maxAge: 0, isSecure })
    try {
      const { id, name } = await services.connections.finishSignIn(callerOf(request), ticket, query)
      const next = returnTo === 'settings' ? settingsOf(id, 'yes') : `/?connection=${encodeURIComponent(name)}`
      return await reply.redirect(path + next, 303)
    } catch (error) {
      const { problem, status } = reportFault(request, error)
      return await reply
        .code(status)
        .type(htmlType)
        .send(
          renderProblem(problem, 'The sign-in did not work', path, [
            returnTo === 'settings'
              ? { href: settingsOf(ticket.slice(0, uuidLength), 'no'), text: 'Back to the connection' }
              : { href: '/', text: 'Back to Floe' },
          ]),
        )
    }
  })
}

/** How long a person may take on the account's own sign-in page; the ticket inside ends by itself, too. */
const maxAgeSeconds = 15 * 60

const cookieName = 'floe-sign-in'

/** A ticket begins with the id of its connection. */
const uuidLength = 36

interface KeptTicket {
  readonly ticket: string
  readonly returnTo: ReturnTo
}

const settingsMark = 'settings~'

/** Has the browser keep the ticket of a sign-in that was started there. */
export function keepTicket(reply: FastifyReply, { ticket, returnTo }: KeptTicket, isSecure: boolean): void {
  const mark = returnTo === 'settings' ? settingsMark : ''
  setCookie(reply, cookieName, mark + ticket, { maxAge: maxAgeSeconds, isSecure })
}

const readKept = (kept: string): KeptTicket =>
  kept.startsWith(settingsMark)
    ? { ticket: kept.slice(settingsMark.length), returnTo: 'settings' }
    : { ticket: kept, returnTo: 'question' }

const settingsOf = (connectionId: string, signedIn: 'yes' | 'no'): string =>
  `/settings/connections?connection=${encodeURIComponent(connectionId)}&signed-in=${signedIn}`
