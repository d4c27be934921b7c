import { oc } from '@orpc/contract'
import { z } from 'zod'
import { Budget, NewBudget, Usage } from './budgets.ts'
import { ok, problems } from './route-parts.ts'

/** What a person has used today, and for admins how much people may use. */
export const budgetsApi = {
  usage: oc.route({ method: 'GET', path: '/usage' }).errors(problems).output(Usage),
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
