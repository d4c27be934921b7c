import { implement, ORPCError } from '@orpc/server'
import { OpenAPIHandler } from '@orpc/openapi/fastify'
import type { FastifyInstance, onSendAsyncHookHandler } from 'fastify'
import { apiPrefix } from '../contract/api.ts'
import type { Problem } from '../contract/problem.ts'
import { api } from '../contract/routes.ts'
import { makeCatalogRoutes } from './catalog-routes.ts'
import { makeConnectionRoutes } from './connection-routes.ts'
import { makeFavoriteRoutes } from './favorite-routes.ts'
import { makeComparisonRoutes, makeFeedbackRoutes, makeHistoryRoutes } from './history-routes.ts'
import { makeModelRoutes } from './model-routes.ts'
import { makeBudgetRoutes, makeGroupRoutes, makePeopleRoutes } from './people-routes.ts'
import { makeExportRoutes } from './result-downloads.ts'
import { makeResultRoutes } from './result-routes.ts'
import { makeShareRoutes } from './share-routes.ts'
import { callerOf, done, noSignal, type RequestContext } from './request-context.ts'
import { logNameOf, uuidIn, type LogIds } from '../core/ports/log-scope.ts'
import type { Services } from '../core/services.ts'
import { invalidInput, markRetry, presentDocument, reportFault } from './problem-response.ts'
import { refuseAddress } from './known-methods.ts'
import { callbackPath, keepTicket } from './connection-sign-in.ts'
import { ownOrigin, ownPath } from './own-address.ts'

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
    clientInterceptors: [
      (options) => {
        options.context.noteRoute(options.procedure['~orpc'].route.path ?? '', options.input)
        return options.next()
      },
    ],
    customErrorResponseBodyEncoder: (error: ORPCError<string, unknown>) => error.data,
  })

  const path = ownPath(publicUrl)
  app.all(`${apiPrefix}/*`, { onSend: markProblem }, async (request, reply) => {
    const present: RequestContext['present'] = (thrown) => {
      const error = readIssues(thrown) ?? thrown
      const { problem, status } = reportFault(request, error)
      request.problemCode = problem.code
      markRetry(reply, problem, error)
      return new ORPCError('PROBLEM', { status, data: presentDocument(problem, status, request.id) })
    }
    const noteRoute: RequestContext['noteRoute'] = (path, input) => {
      request.contractPath = path
      request.server.logScope.add(idsIn(path, input))
    }
    const presentProblem = (error: unknown): Problem => reportFault(request, error).problem
    const origin = ownOrigin(request, publicUrl)
    const signIn: RequestContext['signIn'] = {
      redirectUri: origin + path + callbackPath,
      keepTicket: (ticket, returnTo) => keepTicket(reply, { ticket, returnTo }, origin.startsWith('https:')),
    }
    // A HEAD is a GET whose body Node leaves out.
    if (request.method === 'HEAD' && request.server.methodsAt(request.url).includes('HEAD')) request.raw.method = 'GET'
    const { matched } = await handler.handle(request, reply, {
      // It reads the address as it came.
      prefix: request.originalUrl === request.url ? apiPrefix : `/${path.slice(1)}${apiPrefix}`,
      context: { caller: callerOf(request), noteRoute, present, presentProblem, signIn },
    })
    if (!matched) throw refuseAddress(request, reply)
    return reply
  })
}

/** The turn and the connection that an input names, before it was checked. */
function idsIn(path: string, input: unknown): LogIds {
  const given: Readonly<Record<string, unknown>> = typeof input === 'object' && input !== null ? { ...input } : {}
  const turnId = uuidIn(given['turnId'])
  const connection = path.startsWith('/connections/{id}') ? given['id'] : given['connection']
  return {
    ...(turnId === null ? {} : { turnId }),
    ...(connection === undefined ? {} : { connectionId: logNameOf(connection) }),
  }
}

/** oRPC calls every JSON body `application/json`. */
const markProblem: onSendAsyncHookHandler = (_request, reply, payload) => {
  if (reply.statusCode >= 400) void reply.type('application/problem+json')
  return Promise.resolve(payload)
}

function makeRouter(services: Services) {
  // Stored events are sent as the text they are: see addTurnStreams, addResultReading, addSharedReading and addFavoriteReading.
  const { events: _events, rows: _rows, ...steering } = api.turns
  const { read: _read, ...sharing } = api.shares
  const { read: _favorite, ...keeping } = api.favorites
  const router = implement({ ...api, turns: steering, shares: sharing, favorites: keeping }).$context<RequestContext>()
  const { conversations, turns } = router
  const history = makeHistoryRoutes(services)
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
      ...history.conversations,
    },
    ...makePeopleRoutes(services),
    ...makeGroupRoutes(services),
    ...makeBudgetRoutes(services),
    ...makeModelRoutes(services),
    ...makeShareRoutes(services),
    ...makeCatalogRoutes(services),
    ...makeFeedbackRoutes(services),
    history: history.history,
    ...makeFavoriteRoutes(services),
    ...makeExportRoutes(services),
    turns: {
      ...history.turns,
      ...makeResultRoutes(services),
      ...makeComparisonRoutes(services),
      approve: turns.approve.handler(({ context, input }) => done(services.turns.approve(context.caller, input))),
      edit: turns.edit.handler(({ context, input }) => done(services.turns.edit(context.caller, input))),
      cancel: turns.cancel.handler(({ context, input }) => done(services.turns.cancel(context.caller, input))),
    },
  })
}

/** The problem inside an input that oRPC refused; null for anything else. */
function readIssues(error: unknown) {
  if (!(error instanceof ORPCError) || error.code !== 'BAD_REQUEST') return null
  const data: unknown = error.data
  const issues = typeof data === 'object' && data !== null && 'issues' in data ? data.issues : []
  return invalidInput(Array.isArray(issues) ? issues : [])
}
