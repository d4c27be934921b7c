import { oc } from '@orpc/contract'
import * as z from 'zod/mini'
import { Budget, ModelUsage, ModelUsageQuery, NewBudget, Usage, UsageQuery } from './budgets.ts'
import { ok, problems } from './route-parts.ts'

/** What a person has used today, and for admins how much people may use. */
export const budgetsApi = {
  usage: oc.route({ method: 'GET', path: '/usage' }).input(UsageQuery).errors(problems).output(Usage),
  /** What people have used of models in a month; for admins. */
  modelUsage: oc
    .route({ method: 'GET', path: '/people/model-usage' })
    .input(ModelUsageQuery)
    .errors(problems)
    .output(ModelUsage),
  /** For admins. */
  budgets: {
    list: oc.route({ method: 'GET', path: '/budgets' }).errors(problems).output(z.array(Budget)),
    /** Sets the budget of a subject, instead of one that it has. */
    put: oc.route({ method: 'PUT', path: '/budgets' }).input(NewBudget).errors(problems).output(Budget),
    remove: oc
      .route({ method: 'DELETE', path: '/budgets/{budgetId}' })
      .input(z.object({ budgetId: z.uuid() }))
      .errors(problems)
      .output(ok),
  },
}
