import { implement } from '@orpc/server'
import type { TestEvent } from '../contract/connection-setup.ts'
import type { ConnectionReport } from '../contract/connection.ts'
import type { Problem } from '../contract/problem.ts'
import { api } from '../contract/routes.ts'
import type { Caller } from '../core/caller.ts'
import type { OnStep } from '../core/ports/connection-kind.ts'
import { ProblemError } from '../core/problem.ts'
import type { Services } from '../core/services.ts'
import { done, noSignal, type RequestContext } from './request-context.ts'

/** The handlers of `/api/v1/connections`: each asks for the request's owner and no other. */
export function makeConnectionRoutes({ connections, connectionSetup: setup, connectionShares: shares }: Services) {
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
    setAside: routes.setAside.handler(({ context, input }) =>
      done(connections.setAside(context.caller, input.connectionId)),
    ),
    restore: routes.restore.handler(({ context, input }) => connections.restore(context.caller, input.connectionId)),
    test: routes.test.handler(({ context, input, signal = noSignal }) =>
      connections.test(context.caller, input.connectionId, signal),
    ),
    testSteps: routes.testSteps.handler(({ context, input, signal = noSignal }) =>
      streamTest(
        (within, onStep) => connections.test(context.caller, input.connectionId, within, onStep),
        signal,
        context.presentProblem,
      ),
    ),
    places: routes.places.handler(({ context, input, signal = noSignal }) =>
      connections.places(context.caller, input.connectionId, signal),
    ),
    policy: routes.policy.handler(({ context, input }) => connections.policy(context.caller, input.connectionId)),
    options: routes.options.handler(({ context }) => setup.options(context.caller, context.signIn.redirectUri)),
    preview: routes.preview.handler(({ context, input }) => setup.preview(context.caller, input)),
    setupScript: routes.setupScript.handler(({ context, input }) => setup.setupScript(context.caller, input)),
    catalog: routes.catalog.handler(({ context, input }) => connections.catalog(context.caller, input.connectionId)),
    refreshCatalog: routes.refreshCatalog.handler(({ context, input, signal = noSignal }) =>
      connections.refreshCatalog(context.caller, input.connectionId, signal),
    ),
    startSignIn: routes.startSignIn.handler(async ({ context, input: { connectionId, returnTo } }) => {
      const { redirectUri, keepTicket } = context.signIn
      const { url, ticket } = await connections.startSignIn(context.caller, connectionId, redirectUri)
      keepTicket(ticket, returnTo)
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

/** The steps of a test as they end, then how it ended. What is refused before the first step rejects; leaving the stream stops the test. */
async function streamTest(
  test: (signal: AbortSignal, onStep: OnStep) => Promise<ConnectionReport>,
  signal: AbortSignal,
  presentFault: (error: unknown) => Problem,
): Promise<AsyncGenerator<TestEvent>> {
  const leaving = new AbortController()
  const waiting: TestEvent[] = []
  let wake = (): void => undefined
  const say = (event: TestEvent): void => {
    waiting.push(event)
    wake()
  }
  const news = async (): Promise<void> => {
    if (waiting.length > 0) return
    await new Promise<void>((resolve) => {
      wake = resolve
    })
  }
  const over = test(AbortSignal.any([signal, leaving.signal]), (step) => say({ kind: 'step', step })).then(
    ({ warning }) => say({ kind: 'done', warning }),
  )
  await Promise.race([news(), over])
  const told = over.catch((error: unknown) => say({ kind: 'problem', problem: presentFault(error) }))
  return (async function* steps(): AsyncGenerator<TestEvent> {
    try {
      let event: TestEvent | undefined
      do {
        await news()
        event = waiting.shift()
        if (event !== undefined) yield event
      } while (event?.kind !== 'done' && event?.kind !== 'problem')
    } finally {
      leaving.abort(new Error('Nobody reads the test any more.'))
      await told
    }
  })()
}
