import { implement } from '@orpc/server'
import { modelsApi } from '../contract/models-api.ts'
import type { Services } from '../core/services.ts'
import { done, noSignal, type RequestContext } from './request-context.ts'

/** The handlers of `/api/v1/models`. */
export function makeModelRoutes({ people: { models } }: Services) {
  const routes = implement(modelsApi).$context<RequestContext>()
  return {
    models: {
      read: routes.models.read.handler(({ context }) => models.read(context.caller)),
      put: routes.models.put.handler(({ context, input, signal = noSignal }) =>
        models.put(context.caller, input, signal),
      ),
      change: routes.models.change.handler(({ context, input }) => models.change(context.caller, input)),
      test: routes.models.test.handler(({ context, input, signal = noSignal }) =>
        models.test(context.caller, input, signal),
      ),
      remove: routes.models.remove.handler(({ context, input }) => done(models.remove(context.caller, input.provider))),
      restore: routes.models.restore.handler(({ context, input }) => models.restore(context.caller, input.provider)),
    },
  }
}
