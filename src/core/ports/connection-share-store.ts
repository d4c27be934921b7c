import type { ConnectionShare, ShareTerms } from '../../contract/connection-shares.ts'
import type { ConnectionFindings, ConnectionRow } from './connection-store.ts'

/** A share as stored, with what sign-ins under its own role have shown. */
export type ConnectionShareRow = Readonly<Omit<ConnectionShare, 'warning'>> & ConnectionFindings

/** A connection with shares of it, by the name of the group. */
export interface SharedConnectionRow {
  readonly row: ConnectionRow
  readonly ownerName: string
  readonly shares: readonly ConnectionShareRow[]
}

/**
 * Shares of connections with groups. Who is in a group is read in the same statement, so that a share or a membership that has ended counts
 * from the next call on. Throws `store_unavailable`.
 */
export interface ConnectionShareStore {
  /** The connections of others that the person's groups may use, or the one with this id, each with the shares that reach the person; by name. */
  sharedWith(userId: string, connectionId: string | null): Promise<readonly SharedConnectionRow[]>
  /** The person's own connections, or the one with this id, for an admin also those of other admins, each with all its shares; by name. */
  shareableBy(userId: string, isAdmin: boolean, connectionId: string | null): Promise<readonly SharedConnectionRow[]>
  /** Sets the terms of a share; false where there is no such connection of the owner's, or no such group. */
  put(ownerId: string, connectionId: string, groupId: string, terms: ShareTerms): Promise<boolean>
  /** Whether there was one. */
  remove(ownerId: string, connectionId: string, groupId: string): Promise<boolean>
  /** Notes what a sign-in under the share's own role has shown, as long as it still has that role and the connection this revision. */
  note(
    share: {
      readonly connectionId: string
      readonly groupId: string
      readonly role: string
      readonly revision: number
    },
    findings: ConnectionFindings,
  ): Promise<void>
}
