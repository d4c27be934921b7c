import type {
  ConnectionShare,
  ShareableConnection,
  SharedConnection,
  ShareTerms,
} from '../../contract/connection-shares.ts'
import { demandRight, type Caller } from '../caller.ts'
import type { Audit } from '../people/audit.ts'
import type { ConnectionKind } from '../ports/connection-kind.ts'
import type { ConnectionShareRow, ConnectionShareStore, SharedConnectionRow } from '../ports/connection-share-store.ts'
import type { Notices } from '../ports/notices.ts'
import { problem } from '../problem.ts'
import { chooseGrant, rowForGrant } from './choose-grant.ts'
import { kindOf } from './kind-of.ts'
import type { ConnectionProbe } from './saved-connections.ts'
import { sharedPrefix } from './shared-use.ts'

/** Connections shared with groups: what a person may use of others, and what others may use of theirs. */
export interface ConnectionShares {
  /** The connections of others that the caller may use, by name. */
  sharedWith(caller: Caller): Promise<readonly SharedConnection[]>
  /** One of them. Throws `not_found`. */
  read(caller: Caller, connectionId: string): Promise<SharedConnection>
  /**
   * Every connection that the caller may share, with its shares: their own, and for an admin those of other admins. Throws `forbidden` without the
   * right to manage connections, like all that follow. Those throw `not_found` besides, and `forbidden` for a connection that is shared with the caller.
   */
  overview(caller: Caller): Promise<readonly ShareableConnection[]>
  list(caller: Caller, connectionId: string): Promise<readonly ConnectionShare[]>
  /** Throws also `bad_request` for a role that the sign-in of the connection cannot take. */
  put(caller: Caller, connectionId: string, groupId: string, terms: ShareTerms): Promise<ConnectionShare>
  /** Ends the use of the connection by the group at once: sessions are closed in every copy of the server. */
  remove(caller: Caller, connectionId: string, groupId: string): Promise<void>
}

interface ConnectionSharesNeeds {
  readonly store: ConnectionShareStore
  readonly kinds: readonly ConnectionKind[]
  readonly probe: Pick<ConnectionProbe, 'dropShares'>
  readonly audit: Audit
  readonly notices: Pick<Notices, 'publish' | 'subscribe'>
  /** Told of sessions that could not be closed. */
  readonly onFault: (error: unknown) => void
}

export function makeConnectionShares(needs: ConnectionSharesNeeds): ConnectionShares {
  const { store, kinds, probe, audit, notices, onFault } = needs
  notices.subscribe((notice) => {
    if (notice.kind === 'share_ended') probe.dropShares(notice.groupId, notice.connectionId).catch(onFault)
  })

  const presentShared = (shared: SharedConnectionRow): readonly SharedConnection[] => {
    const grant = chooseGrant(shared.shares)
    if (grant === null) return []
    const { id, name, kind, settings, needsSignIn } = shared.row
    const { groupId: _group, groups, otherRoles, writers, ...terms } = grant
    return [
      {
        ...terms,
        id,
        name,
        ref: sharedPrefix + id,
        engine: kindOf(kinds, kind).describe(settings),
        sharedBy: shared.ownerName,
        groups: [...groups],
        otherRoles: [...otherRoles],
        writers: writers === null ? null : [...writers],
        warning: rowForGrant(shared, grant).warning,
        needsSignIn,
      },
    ]
  }
  /** A connection that the caller may share. One that they only see is forbidden, any other is not there. */
  const readShareable = async (caller: Caller, connectionId: string): Promise<SharedConnectionRow> => {
    demandRight(caller, 'manage_connections')
    const [own] = await store.shareableBy(caller.userId, isAdmin(caller), connectionId)
    if (own !== undefined) return own
    const [seen] = await store.sharedWith(caller.userId, connectionId)
    throw seen === undefined ? unknownConnection() : onlyOwners(seen.row.name)
  }
  const sharesOf = async (caller: Caller, connectionId: string): Promise<readonly ConnectionShare[]> =>
    (await readShareable(caller, connectionId)).shares.map(presentShare)

  return {
    sharedWith: async ({ userId }) => (await store.sharedWith(userId, null)).flatMap(presentShared),
    read: async ({ userId }, connectionId) => {
      const [shared] = (await store.sharedWith(userId, connectionId)).flatMap(presentShared)
      if (shared === undefined) throw unknownConnection()
      return shared
    },
    overview: async (caller) => {
      demandRight(caller, 'manage_connections')
      const rows = await store.shareableBy(caller.userId, isAdmin(caller), null)
      return rows.map(({ row: { id, name, ownerId }, ownerName, shares }) => ({
        connectionId: id,
        name,
        owner: ownerId === caller.userId ? null : ownerName,
        shares: shares.map(presentShare),
      }))
    },
    list: sharesOf,
    put: async (caller, connectionId, groupId, terms) => {
      const { row, shares } = await readShareable(caller, connectionId)
      // Members share with the groups that they are in, and learn nothing of others.
      if (!isAdmin(caller) && !caller.groups.includes(groupId)) throw unknownShare()
      if (terms.role !== null) kindOf(kinds, row.kind).expectRole(row.settings, terms.role)
      if (!(await store.put(row.ownerId, connectionId, groupId, terms))) throw unknownShare()
      const before = shares.find((share) => share.groupId === groupId)
      if (before !== undefined && before.role !== terms.role)
        await notices.publish({ kind: 'share_ended', groupId, connectionId })
      const after = (await sharesOf(caller, connectionId)).find((share) => share.groupId === groupId)
      if (after === undefined) throw unknownShare()
      await audit.note(caller, 'connection.shared', { ...factsOf(row, after), role: after.role })
      return after
    },
    remove: async (caller, connectionId, groupId) => {
      const { row, shares } = await readShareable(caller, connectionId)
      const before = shares.find((share) => share.groupId === groupId)
      if (before === undefined || !(await store.remove(row.ownerId, connectionId, groupId))) throw unknownShare()
      await notices.publish({ kind: 'share_ended', groupId, connectionId })
      await audit.note(caller, 'connection.unshared', factsOf(row, before))
    },
  }
}

const isAdmin = ({ rights }: Caller): boolean => rights.includes('manage_people')

const factsOf = (
  { id, name }: SharedConnectionRow['row'],
  { groupId, groupName }: Pick<ConnectionShareRow, 'groupId' | 'groupName'>,
) => ({ connection: id, name, group: groupId, groupName })

/** What sign-ins have shown stays inside, but for the warning. */
const presentShare = ({
  scope: _scope,
  checkedAt: _checked,
  writers,
  ...share
}: ConnectionShareRow): ConnectionShare => ({
  ...share,
  writers: writers === null ? null : [...writers],
})

const unknownConnection = () =>
  problem('not_found', 'There is no such connection.', 'Look at the list of your connections.')

const unknownShare = () => problem('not_found', 'There is no such share, or no such group.', 'Read the list again.')

/** The refusal for a connection that the caller may use and not change. */
export const onlyOwners = (name: string) =>
  problem('forbidden', `"${name}" is shared with you: only its owner changes, tests and shares it.`, 'Ask its owner.')
