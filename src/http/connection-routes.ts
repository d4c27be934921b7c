import { implement } from '@orpc/server'
import { api } from '../contract/routes.ts'
import type { Caller } from '../core/caller.ts'
import { ProblemError } from '../core/problem.ts'
import type { Services } from '../core/services.ts'
import { done, noSignal, type RequestContext } from './request-context.ts'

/** The handlers of `/api/v1/connections`: each asks for the request's owner and no other. */
export function makeConnectionRoutes({ connections, connectionShares: shares }: Services) {
  const routes = implement(api.connections).$context<RequestContext>()
  const readEither = async (caller: Caller, id: string) => {
    try {
      return await connections.read(caller, id)
    } catch (error) {
      if (error instanceof ProblemError && error.problem.code === 'forbidden') return await shares.read(caller, id)
      throw error
    }
  }
  return {
    list: routes.list.handler(async ({ context: { caller } }) => {
      const [own, others] = await Promise.all([connections.list(caller), shares.sharedWith(caller)])
      return [...own, ...others]
    }),
    add: routes.add.handler(({ context, input }) => connections.add(context.caller, input)),
    read: routes.read.handler(({ context, input }) => readEither(context.caller, input.connectionId)),
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
    shares: {
      overview: routes.shares.overview.handler(async ({ context }) => [...(await shares.overview(context.caller))]),
      list: routes.shares.list.handler(async ({ context, input }) => [
        ...(await shares.list(context.caller, input.connectionId)),
      ]),
      put: routes.shares.put.handler(({ context, input: { connectionId, groupId, ...terms } }) =>
        shares.put(context.caller, connectionId, groupId, terms),
      ),
      remove: routes.shares.remove.handler(({ context, input: { connectionId, groupId } }) =>
        done(shares.remove(context.caller, connectionId, groupId)),
      ),
    },
  }
}
