import { oc } from '@orpc/contract'
import * as z from 'zod/mini'
import { ChangesOrder, ComparableAnswers, Comparison } from './comparison.ts'
import { problems } from './route-parts.ts'

const oneTurn = { turnId: z.uuid() }

/** Two answers side by side. Both are the caller's own; anything else is `not_found`, an answer without rows `bad_request`. */
export const comparisonApi = {
  turns: {
    /** What the answer has that the earlier one, `with`, has not. */
    compare: oc
      .route({ method: 'GET', path: '/turns/{turnId}/comparison' })
      .input(z.extend(ChangesOrder, { ...oneTurn, with: z.uuid() }))
      .errors(problems)
      .output(Comparison),
    /** Answers that this one can be compared with: those of the same query, favorite or question first, then those of its conversation. */
    comparable: oc
      .route({ method: 'GET', path: '/turns/{turnId}/comparable' })
      .input(z.object(oneTurn))
      .errors(problems)
      .output(ComparableAnswers),
  },
}
