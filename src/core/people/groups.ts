import type { Group, GroupName } from '../../contract/groups.ts'
import { demandRight, type Caller } from '../caller.ts'
import type { GroupStore } from '../ports/group-store.ts'
import type { Notices } from '../ports/notices.ts'
import type { Identity } from '../ports/identity.ts'
import { problem } from '../problem.ts'
import type { Audit } from './audit.ts'

/** Groups of people. All but `mine` throw `forbidden` for anybody but admins; what names a group or a person throws `not_found`. */
export interface Groups {
  /** The caller's own. */
  mine(caller: Caller): Promise<readonly GroupName[]>
  list(caller: Caller): Promise<readonly Group[]>
  /** Throws `bad_request` for a name that another group has. */
  make(caller: Caller, name: string): Promise<Group>
  /** Throws also `bad_request`, as `make` does. */
  rename(caller: Caller, groupId: string, name: string): Promise<Group>
  /** Removes the group with its memberships and shares; its people stay. */
  remove(caller: Caller, groupId: string): Promise<void>
  /** Adds by hand: the membership stays whatever the person's issuer says. */
  addMember(caller: Caller, groupId: string, personId: string): Promise<Group>
  /** A membership from an issuer's claim comes back at the next sign-in as long as the issuer names the group. */
  removeMember(caller: Caller, groupId: string, personId: string): Promise<Group>
}

interface GroupNeeds {
  readonly store: GroupStore
  readonly audit: Audit
  readonly notices: Pick<Notices, 'publish'>
  readonly identity: Identity
}

export function makeGroups({ store, audit, notices, identity }: GroupNeeds): Groups {
  const read = async (groupId: string): Promise<Group> => {
    const group = await store.read(groupId)
    if (group === null) throw unknownGroup()
    return group
  }
  return {
    mine: ({ userId }) => store.listOf(userId),
    list: async (caller) => {
      demandRight(caller, 'manage_people')
      return await store.list()
    },
    make: async (caller, name) => {
      demandRight(caller, 'manage_people')
      const id = identity.uuid()
      if ((await store.insert(id, name)) === 'name_taken') throw nameTaken(name)
      await audit.note(caller, 'group.made', { group: id, name })
      return await read(id)
    },
    rename: async (caller, groupId, name) => {
      demandRight(caller, 'manage_people')
      const before = await read(groupId)
      const outcome = await store.rename(groupId, name)
      if (outcome === 'name_taken') throw nameTaken(name)
      if (outcome === 'unknown') throw unknownGroup()
      await audit.note(caller, 'group.renamed', { group: groupId, before: before.name, name })
      return await read(groupId)
    },
    remove: async (caller, groupId) => {
      demandRight(caller, 'manage_people')
      const { name } = await read(groupId)
      if (!(await store.remove(groupId))) throw unknownGroup()
      await notices.publish({ kind: 'share_ended', groupId, connectionId: null })
      await audit.note(caller, 'group.removed', { group: groupId, name })
    },
    addMember: async (caller, groupId, personId) => {
      demandRight(caller, 'manage_people')
      if (!(await store.addMember(groupId, personId))) throw unknownMember()
      const group = await read(groupId)
      await audit.note(caller, 'group.joined', { group: groupId, name: group.name, person: personId })
      return group
    },
    removeMember: async (caller, groupId, personId) => {
      demandRight(caller, 'manage_people')
      if (!(await store.removeMember(groupId, personId))) throw unknownMember()
      const group = await read(groupId)
      await audit.note(caller, 'group.left', { group: groupId, name: group.name, person: personId })
      return group
    },
  }
}

const unknownGroup = () => problem('not_found', 'There is no such group.', 'Read the list again.')

const unknownMember = () =>
  problem('not_found', 'There is no such group, or no such person in it.', 'Read the list again.')

const nameTaken = (name: string) =>
  problem('bad_request', `There is a group "${name}" already.`, 'Choose another name.')
