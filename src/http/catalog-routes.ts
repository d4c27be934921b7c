import { implement } from '@orpc/server'
import { catalogApi } from '../contract/catalog-api.ts'
import { refusalProblem } from '../core/guard/verdict.ts'
import type { Services } from '../core/services.ts'
import { noSignal, type RequestContext } from './request-context.ts'

/** The handlers of `/api/v1/catalog` and `/api/v1/sql`. */
export function makeCatalogRoutes({ catalog, check }: Services) {
  const { catalog: routes, sql } = implement(catalogApi).$context<RequestContext>()
  return {
    catalog: {
      children: routes.children.handler(({ context, input, signal = noSignal }) =>
        catalog.children(context.caller, input, signal),
      ),
      search: routes.search.handler(({ context, input, signal = noSignal }) =>
        catalog.search(context.caller, input, signal),
      ),
      names: routes.names.handler(({ context, input, signal = noSignal }) =>
        catalog.names(context.caller, input, signal),
      ),
      table: routes.table.handler(({ context, input, signal = noSignal }) =>
        catalog.table(context.caller, input, signal),
      ),
      refresh: routes.refresh.handler(
        async ({ context, input, signal = noSignal }) =>
          await catalog.refresh(context.caller, input.connection, signal),
      ),
    },
    sql: {
      check: sql.check.handler(async ({ context, input, signal = noSignal }) => {
        const verdict = await check(context.caller, input.sql, input.connection, signal)
        // A refusal that corrects the names itself is none for a person: the corrected text is what is proposed.
        return { problem: verdict.ok || verdict.repaired !== null ? null : refusalProblem(verdict).problem }
      }),
    },
  }
}
