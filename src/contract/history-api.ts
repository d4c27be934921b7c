import { oc } from '@orpc/contract'
import * as z from 'zod/mini'
import { ConversationSummary } from './api.ts'
import { ChartSettings } from './chart-settings.ts'
import {
  ConversationChange,
  ConversationsPage,
  ConversationsQuery,
  HistoryPage,
  HistoryQuery,
  longestNote,
} from './history.ts'
import { ok, problems } from './route-parts.ts'

const oneConversation = { conversationId: z.uuid() }

/** Everything a person asked, and what is done with conversations beside asking in them. All of it is the caller's own. */
export const historyApi = {
  history: {
    search: oc.route({ method: 'GET', path: '/history' }).input(HistoryQuery).errors(problems).output(HistoryPage),
    conversations: oc
      .route({ method: 'GET', path: '/history/conversations' })
      .input(ConversationsQuery)
      .errors(problems)
      .output(ConversationsPage),
  },
  conversations: {
    /** Those used last, without archived ones. */
    list: oc
      .route({ method: 'GET', path: '/conversations' })
      .input(z.object({ limit: z._default(z.coerce.number().check(z.int(), z.gte(1), z.lte(100)), 30) }))
      .errors(problems)
      .output(z.array(ConversationSummary)),
    change: oc
      .route({ method: 'PATCH', path: '/conversations/{conversationId}' })
      .input(z.extend(ConversationChange, oneConversation))
      .errors(problems)
      .output(ok),
    /** Stops what runs in it, ends its sharing and takes it out of everything at once; for some minutes it can be restored. */
    remove: oc
      .route({ method: 'DELETE', path: '/conversations/{conversationId}' })
      .input(z.object(oneConversation))
      .errors(problems)
      .output(ok),
    restore: oc
      .route({ method: 'POST', path: '/conversations/{conversationId}/restore' })
      .input(z.object(oneConversation))
      .errors(problems)
      .output(ok),
    /** Makes a new conversation of copies of the turns up to one, which has to be over; those before it that are not are left out. */
    fork: oc
      .route({ method: 'POST', path: '/conversations/{conversationId}/fork', successStatus: 201 })
      .input(z.object({ ...oneConversation, turnId: z.uuid() }))
      .errors(problems)
      .output(z.object({ conversationId: z.uuid() })),
  },
  turns: {
    /** Sets the person's note on a turn; an empty one removes it. */
    note: oc
      .route({ method: 'PATCH', path: '/turns/{turnId}' })
      .input(z.object({ turnId: z.uuid(), note: z.string().check(z.trim(), z.maxLength(longestNote)) }))
      .errors(problems)
      .output(ok),
    /** Keeps with an answer how it is drawn; null returns to the chart that was chosen by rule. */
    chart: oc
      .route({ method: 'PUT', path: '/turns/{turnId}/chart' })
      .input(z.object({ turnId: z.uuid(), settings: z.nullable(ChartSettings) }))
      .errors(problems)
      .output(ok),
  },
}
