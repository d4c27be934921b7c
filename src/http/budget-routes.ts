import { implement } from '@orpc/server'
import { budgetsApi } from '../contract/budgets-api.ts'
import type { Services } from '../core/services.ts'
import { done, type RequestContext } from './request-context.ts'

/** The handlers of `/api/v1/usage` and `/api/v1/budgets`. */
export function makeBudgetRoutes({ people: { budgets } }: Services) {
  const routes = implement(budgetsApi).$context<RequestContext>()
  return {
    usage: routes.usage.handler(({ context }) => budgets.usage(context.caller)),
    budgets: {
      list: routes.budgets.list.handler(async ({ context }) => [...(await budgets.list(context.caller))]),
      put: routes.budgets.put.handler(({ context, input }) => budgets.put(context.caller, input)),
      remove: routes.budgets.remove.handler(({ context, input }) =>
        done(budgets.remove(context.caller, input.budgetId)),
      ),
    },
  }
}
