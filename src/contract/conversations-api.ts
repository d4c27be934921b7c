import { oc } from '@orpc/contract'
import { z } from 'zod'
import { ConversationSummary } from './api.ts'
import { ok, problems } from './route-parts.ts'
import { ConversationMark } from './storage.ts'

/** What is done with conversations beside asking in them. */
export const conversationsApi = {
  conversations: {
    list: oc
      .route({ method: 'GET', path: '/conversations' })
      .input(z.object({ limit: z.coerce.number().int().min(1).max(100).default(30) }))
      .errors(problems)
      .output(z.array(ConversationSummary)),
    mark: oc
      .route({ method: 'PATCH', path: '/conversations/{conversationId}' })
      .input(z.object({ conversationId: z.uuid() }).extend(ConversationMark.shape))
      .errors(problems)
      .output(ok),
  },
}
