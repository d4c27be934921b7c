import { oc } from '@orpc/contract'
import * as z from 'zod/mini'
import { Group, GroupName, NewGroup } from './groups.ts'
import { ok, problems } from './route-parts.ts'

const oneGroup = z.object({ groupId: z.uuid() })
const oneMember = z.extend(oneGroup, { personId: z.uuid() })

/** Groups of people, for admins; everybody sees the names of their own. */
export const groupsApi = {
  groups: {
    mine: oc.route({ method: 'GET', path: '/me/groups' }).errors(problems).output(z.array(GroupName)),
    list: oc.route({ method: 'GET', path: '/groups' }).errors(problems).output(z.array(Group)),
    make: oc
      .route({ method: 'POST', path: '/groups', successStatus: 201 })
      .input(NewGroup)
      .errors(problems)
      .output(Group),
    rename: oc
      .route({ method: 'PATCH', path: '/groups/{groupId}' })
      .input(z.extend(oneGroup, NewGroup.shape))
      .errors(problems)
      .output(Group),
    remove: oc.route({ method: 'DELETE', path: '/groups/{groupId}' }).input(oneGroup).errors(problems).output(ok),
    addMember: oc
      .route({ method: 'PUT', path: '/groups/{groupId}/members/{personId}' })
      .input(oneMember)
      .errors(problems)
      .output(Group),
    removeMember: oc
      .route({ method: 'DELETE', path: '/groups/{groupId}/members/{personId}' })
      .input(oneMember)
      .errors(problems)
      .output(Group),
  },
}
