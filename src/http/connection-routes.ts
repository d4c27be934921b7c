import { implement } from '@orpc/server'
import { api } from '../contract/api.ts'
import type { Services } from '../core/services.ts'
import { done, noSignal, type RequestContext } from './request-context.ts'

/** The handlers of `/api/v1/connections`: each asks for the request's owner and no other. */
export function makeConnectionRoutes({ connections }: Services) {
  const routes = implement(api.connections).$context<RequestContext>()
  return {
    list: routes.list.handler(async ({ context }) => [...(await connections.list(context.caller))]),
    add: routes.add.handler(({ context, input }) => connections.add(context.caller, input)),
    read: routes.read.handler(({ context, input }) => connections.read(context.caller, input.connectionId)),
    update: routes.update.handler(({ context, input: { connectionId, ...change } }) =>
      connections.update(context.caller, connectionId, change),
    ),
    remove: routes.remove.handler(({ context, input }) => done(connections.remove(context.caller, input.connectionId))),
    test: routes.test.handler(({ context, input, signal = noSignal }) =>
      connections.test(context.caller, input.connectionId, signal),
    ),
    catalog: routes.catalog.handler(({ context, input }) => connections.catalog(context.caller, input.connectionId)),
    refreshCatalog: routes.refreshCatalog.handler(({ context, input, signal = noSignal }) =>
      connections.refreshCatalog(context.caller, input.connectionId, signal),
    ),
    startSignIn: routes.startSignIn.handler(async ({ context, input }) => {
      const { redirectUri, keepTicket } = context.signIn
      const { url, ticket } = await connections.startSignIn(context.caller, input.connectionId, redirectUri)
      keepTicket(ticket)
      return { url }
    }),
  }
}
