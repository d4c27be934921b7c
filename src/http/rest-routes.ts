import { implement, ORPCError } from '@orpc/server'
import { OpenAPIHandler } from '@orpc/openapi/fastify'
import type { FastifyInstance, onSendAsyncHookHandler } from 'fastify'
import { api, apiPrefix } from '../contract/api.ts'
import { callerOf, type RequestContext } from './request-context.ts'
import type { Services } from '../core/services.ts'
import { invalidInput, logFault, presentDocument, readFault, unknownAddress } from './problem-response.ts'
import { callbackPath, keepTicket, ownOrigin } from './connection-sign-in.ts'

/** Serves the REST side of the contract under `/api/v1`; anything else there is `not_found`. */
export function addRestRoutes(
  app: FastifyInstance,
  { services, publicUrl }: { readonly services: Services; readonly publicUrl: string | null },
): void {
  const handler = new OpenAPIHandler<RequestContext>(makeRouter(services), {
    interceptors: [
      async (options) => {
        try {
          return await options.next()
        } catch (error) {
          throw options.context.present(error)
        }
      },
    ],
    customErrorResponseBodyEncoder: (error: ORPCError<string, unknown>) => error.data,
  })

  app.all(`${apiPrefix}/*`, { onSend: markProblem }, async (request, reply) => {
    const present: RequestContext['present'] = (thrown) => {
      const error = readIssues(thrown) ?? thrown
      logFault(request.log, error)
      const { problem, status } = readFault(error)
      return new ORPCError('PROBLEM', { status, data: presentDocument(problem, status, request.id) })
    }
    const origin = ownOrigin(request, publicUrl)
    const signIn: RequestContext['signIn'] = {
      redirectUri: origin + callbackPath,
      keepTicket: (ticket) => keepTicket(reply, ticket, origin.startsWith('https:')),
    }
    const { matched } = await handler.handle(request, reply, {
      prefix: apiPrefix,
      context: { caller: callerOf(request), present, signIn },
    })
    if (!matched) throw unknownAddress(request.method, request.url)
    return reply
  })
}

/** oRPC calls every JSON body `application/json`. */
const markProblem: onSendAsyncHookHandler = (_request, reply, payload) => {
  if (reply.statusCode >= 400) void reply.type('application/problem+json')
  return Promise.resolve(payload)
}

/** What oRPC declares as optional it always hands over in a server. */
const noSignal = new AbortController().signal

function makeRouter(services: Services) {
  // Stored events are sent as the text they are: see addTurnStreams.
  const { events: _events, ...steering } = api.turns
  const router = implement({ ...api, turns: steering }).$context<RequestContext>()
  const { conversations, turns } = router
  return router.router({
    app: router.app.handler(({ context, signal = noSignal }) => services.appInfo(context.caller, signal)),
    starters: router.starters.handler(async ({ context, input, signal = noSignal }) => [
      ...(await services.starters(context.caller, input.connection, signal)),
    ]),
    connections: makeConnectionRoutes(services),
    conversations: {
      list: conversations.list.handler(async ({ context, input }) => [
        ...(await services.history.list(context.caller, input.limit)),
      ]),
      read: conversations.read.handler(async ({ context, input }) => {
        const { conversation, turns } = await services.history.read(context.caller, input.conversationId)
        return { conversation, turns: [...turns] }
      }),
    },
    ...makePeopleRoutes(services),
    turns: {
      approve: turns.approve.handler(({ context, input }) => done(services.turns.approve(context.caller, input))),
      edit: turns.edit.handler(({ context, input }) => done(services.turns.edit(context.caller, input))),
      cancel: turns.cancel.handler(({ context, input }) => done(services.turns.cancel(context.caller, input))),
    },
  })
}

/** The handlers of `/api/v1/connections`: each asks for the request's owner and no other. */
function makeConnectionRoutes({ connections }: Services) {
  const routes = implement(api.connections).$context<RequestContext>()
  const noSignal = new AbortController().signal
  return {
    list: routes.list.handler(async ({ context }) => [...(await connections.list(context.caller))]),
    add: routes.add.handler(({ context, input }) => connections.add(context.caller, input)),
    read: routes.read.handler(({ context, input }) => connections.read(context.caller, input.connectionId)),
    update: routes.update.handler(({ context, input: { connectionId, ...change } }) =>
      connections.update(context.caller, connectionId, change),
    ),
    remove: routes.remove.handler(async ({ context, input }) => {
      await connections.remove(context.caller, input.connectionId)
      return { ok: true as const }
    }),
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

/** The handlers about the person who asks, about people, and about what was done. */
function makePeopleRoutes({ people: { directory, sessions, tokens, audit } }: Services) {
  const routes = implement({ me: api.me, people: api.people, audit: api.audit }).$context<RequestContext>()
  const { me, people } = routes
  return {
    me: {
      read: me.read.handler(({ context }) => directory.me(context.caller)),
      update: me.update.handler(({ context, input }) => directory.rename(context.caller, input.name)),
      remove: me.remove.handler(({ context, input }) => done(directory.leave(context.caller, input.confirm))),
      sessions: me.sessions.handler(async ({ context }) => [...(await sessions.list(context.caller))]),
      endSession: me.endSession.handler(({ context, input }) => done(sessions.end(context.caller, input.sessionId))),
      endSessions: me.endSessions.handler(({ context }) => done(sessions.endAll(context.caller))),
      tokens: me.tokens.handler(async ({ context }) => [...(await tokens.list(context.caller))]),
      makeToken: me.makeToken.handler(({ context, input }) => tokens.make(context.caller, input)),
      endToken: me.endToken.handler(({ context, input }) => done(tokens.end(context.caller, input.tokenId))),
    },
    people: {
      list: people.list.handler(async ({ context }) => [...(await directory.list(context.caller))]),
      invite: people.invite.handler(({ context, input }) => directory.invite(context.caller, input)),
      change: people.change.handler(({ context, input: { personId, ...change } }) =>
        directory.change(context.caller, personId, change),
      ),
    },
    audit: routes.audit.handler(({ context, input: { q, cursor, limit } }) =>
      audit.list(context.caller, { words: q, before: cursor ?? null, limit }),
    ),
  }
}

async function done(work: Promise<void>): Promise<{ ok: true }> {
  await work
  return { ok: true }
}

/** The problem inside an input that oRPC refused; null for anything else. */
function readIssues(error: unknown) {
  if (!(error instanceof ORPCError) || error.code !== 'BAD_REQUEST') return null
  const data: unknown = error.data
  const issues = typeof data === 'object' && data !== null && 'issues' in data ? data.issues : []
  return invalidInput(Array.isArray(issues) ? issues : [])
}
