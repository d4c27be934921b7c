import { implement } from '@orpc/server'
import { budgetsApi } from '../contract/budgets-api.ts'
import { groupsApi } from '../contract/groups-api.ts'
import { api } from '../contract/routes.ts'
import type { Services } from '../core/services.ts'
import { done, type RequestContext } from './request-context.ts'

/** The handlers about the person who asks, about people, and about what was done. */
export function makePeopleRoutes(services: Services) {
  const { directory, sessions, tokens, apps, audit, preferences } = services.people
  const routes = implement({ me: api.me, people: api.people, audit: api.audit }).$context<RequestContext>()
  const { me, people } = routes
  return {
    me: {
      read: me.read.handler(({ context }) => directory.me(context.caller)),
      update: me.update.handler(({ context, input }) => directory.rename(context.caller, input.name)),
      remove: me.remove.handler(({ context, input }) => done(directory.leave(context.caller, input.confirm))),
      preferences: me.preferences.handler(({ context }) => preferences.read(context.caller)),
      changePreferences: me.changePreferences.handler(({ context, input }) =>
        preferences.change(context.caller, input),
      ),
      storage: me.storage.handler(({ context }) => services.retention.readUse(context.caller)),
      sessions: me.sessions.handler(async ({ context }) => [...(await sessions.list(context.caller))]),
      endSession: me.endSession.handler(({ context, input }) => done(sessions.end(context.caller, input.sessionId))),
      endSessions: me.endSessions.handler(({ context }) => done(sessions.endAll(context.caller))),
      tokens: me.tokens.handler(async ({ context }) => [...(await tokens.list(context.caller))]),
      makeToken: me.makeToken.handler(({ context, input }) => tokens.make(context.caller, input)),
      endToken: me.endToken.handler(({ context, input }) => done(tokens.end(context.caller, input.tokenId))),
      apps: me.apps.handler(async ({ context }) => [...(await apps.list(context.caller))]),
      endApp: me.endApp.handler(({ context, input }) => done(apps.revoke(context.caller, input.grantId))),
    },
    people: {
      list: people.list.handler(async ({ context }) => [...(await directory.list(context.caller))]),
      invite: people.invite.handler(({ context, input }) => directory.invite(context.caller, input)),
      change: people.change.handler(({ context, input: { personId, ...change } }) =>
        directory.change(context.caller, personId, change),
      ),
      endSessions: people.endSessions.handler(({ context, input }) =>
        done(directory.endSessions(context.caller, input.personId)),
      ),
    },
    audit: routes.audit.handler(({ context, input: { q, cursor, limit } }) =>
      audit.list(context.caller, { words: q, before: cursor ?? null, limit }),
    ),
  }
}

/** The handlers of `/api/v1/groups`, and of the caller's own groups. */
export function makeGroupRoutes({ people: { groups } }: Services) {
  const routes = implement(groupsApi.groups).$context<RequestContext>()
  return {
    groups: {
      mine: routes.mine.handler(async ({ context }) => [...(await groups.mine(context.caller))]),
      list: routes.list.handler(async ({ context }) => [...(await groups.list(context.caller))]),
      make: routes.make.handler(({ context, input }) => groups.make(context.caller, input.name)),
      rename: routes.rename.handler(({ context, input }) => groups.rename(context.caller, input.groupId, input.name)),
      remove: routes.remove.handler(({ context, input }) => done(groups.remove(context.caller, input.groupId))),
      addMember: routes.addMember.handler(({ context, input }) =>
        groups.addMember(context.caller, input.groupId, input.personId),
      ),
      removeMember: routes.removeMember.handler(({ context, input }) =>
        groups.removeMember(context.caller, input.groupId, input.personId),
      ),
    },
  }
}

/** The handlers of `/api/v1/usage`, `/api/v1/people/model-usage` and `/api/v1/budgets`. */
export function makeBudgetRoutes({ people: { budgets } }: Services) {
  const routes = implement(budgetsApi).$context<RequestContext>()
  return {
    usage: routes.usage.handler(({ context, input }) => budgets.usage(context.caller, input.days)),
    modelUsage: routes.modelUsage.handler(({ context, input }) =>
      budgets.modelUsage(context.caller, input.month ?? null),
    ),
    budgets: {
      list: routes.budgets.list.handler(async ({ context }) => [...(await budgets.list(context.caller))]),
      put: routes.budgets.put.handler(({ context, input }) => budgets.put(context.caller, input)),
      remove: routes.budgets.remove.handler(({ context, input }) =>
        done(budgets.remove(context.caller, input.budgetId)),
      ),
    },
  }
}
