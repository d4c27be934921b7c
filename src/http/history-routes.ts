import { implement } from '@orpc/server'
import { comparisonApi } from '../contract/comparison-api.ts'
import { feedbackApi } from '../contract/feedback-api.ts'
import { historyApi } from '../contract/history-api.ts'
import type { Services } from '../core/services.ts'
import { done, type RequestContext } from './request-context.ts'

/** Everything a person asked, and what they do with their conversations. */
export function makeHistoryRoutes({ conversations: own }: Services) {
  const { history, conversations, turns } = implement(historyApi).$context<RequestContext>()
  return {
    history: {
      search: history.search.handler(({ context, input }) => own.search(context.caller, input)),
      conversations: history.conversations.handler(({ context, input }) => own.list(context.caller, input)),
    },
    conversations: {
      change: conversations.change.handler(({ context, input: { conversationId, ...change } }) =>
        done(own.change(context.caller, conversationId, change)),
      ),
      remove: conversations.remove.handler(({ context, input }) =>
        done(own.remove(context.caller, input.conversationId)),
      ),
      restore: conversations.restore.handler(({ context, input }) =>
        done(own.restore(context.caller, input.conversationId)),
      ),
      fork: conversations.fork.handler(({ context, input }) =>
        own.fork(context.caller, input.conversationId, input.turnId),
      ),
    },
    turns: {
      chart: turns.chart.handler(({ context, input }) =>
        done(own.keepChart(context.caller, input.turnId, input.settings)),
      ),
      note: turns.note.handler(({ context, input }) => done(own.note(context.caller, input.turnId, input.note))),
    },
  }
}

/** The handlers of two answers side by side. */
export function makeComparisonRoutes({ comparisons }: Services) {
  const { turns } = implement(comparisonApi).$context<RequestContext>()
  return {
    compare: turns.compare.handler(({ context, input: { turnId, with: before, ...order } }) =>
      comparisons.compare(context.caller, { before, after: turnId }, order),
    ),
    comparable: turns.comparable.handler(({ context, input }) =>
      comparisons.listComparable(context.caller, input.turnId),
    ),
  }
}

/** The handlers of feedback on answers. */
export function makeFeedbackRoutes({ people: { feedback } }: Services) {
  const { feedback: routes } = implement(feedbackApi).$context<RequestContext>()
  return {
    feedback: {
      ofConversation: routes.ofConversation.handler(async ({ context, input }) => [
        ...(await feedback.ofConversation(context.caller, input.conversationId)),
      ]),
      give: routes.give.handler(({ context, input: { turnId, ...given } }) =>
        feedback.give(context.caller, turnId, given),
      ),
      withdraw: routes.withdraw.handler(({ context, input }) => done(feedback.withdraw(context.caller, input.turnId))),
      list: routes.list.handler(({ context, input: { cursor = null, limit } }) =>
        feedback.list(context.caller, { before: cursor, limit }),
      ),
    },
  }
}
