import { oc } from '@orpc/contract'
import * as z from 'zod/mini'
import { FeedbackPage, NewFeedback, TurnFeedback } from './feedback.ts'
import { ok, problems } from './route-parts.ts'

const oneTurn = z.object({ turnId: z.uuid() })

/** What people think of their answers. */
export const feedbackApi = {
  feedback: {
    /** What the caller said about the answers of one of their conversations. */
    ofConversation: oc
      .route({ method: 'GET', path: '/conversations/{conversationId}/feedback' })
      .input(z.object({ conversationId: z.uuid() }))
      .errors(problems)
      .output(z.array(TurnFeedback)),
    /** Takes the place of earlier feedback on the same answer. */
    give: oc
      .route({ method: 'PUT', path: '/turns/{turnId}/feedback' })
      .input(z.extend(oneTurn, NewFeedback.shape))
      .errors(problems)
      .output(TurnFeedback),
    withdraw: oc
      .route({ method: 'DELETE', path: '/turns/{turnId}/feedback' })
      .input(oneTurn)
      .errors(problems)
      .output(ok),
    /** For admins, of everybody. */
    list: oc
      .route({ method: 'GET', path: '/feedback' })
      .input(
        z.object({
          cursor: z.optional(z.string().check(z.regex(/^\d{1,18}$/))),
          limit: z._default(z.coerce.number().check(z.int(), z.gte(1), z.lte(200)), 50),
        }),
      )
      .errors(problems)
      .output(FeedbackPage),
  },
}
