import { implement } from '@orpc/server'
import { groupsApi } from '../contract/groups-api.ts'
import type { Services } from '../core/services.ts'
import { done, type RequestContext } from './request-context.ts'

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
