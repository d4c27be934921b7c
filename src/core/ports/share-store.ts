import type { ShareAudience } from '../../contract/shares.ts'

/** A turn as it stood when it was shared. */
export interface SharedTurnEnd {
  readonly id: string
  /** The last event that is shared. */
  readonly lastSeq: number
}

export interface NewShare {
  readonly id: string
  readonly ownerId: string
  readonly conversationId: string
  /** Null for the conversation. */
  readonly turnId: string | null
  /** Null for everybody who may sign in. */
  readonly groupId: string | null
  readonly withRows: boolean
  readonly title: string
  /** Oldest first. */
  readonly turns: readonly SharedTurnEnd[]
  readonly createdAt: string
}

export interface ShareRow extends Omit<NewShare, 'groupId'> {
  readonly ownerName: string
  readonly audience: ShareAudience
}

/** What people let others read. Throws `store_unavailable`. */
export interface ShareStore {
  /** Null where the owner has no such conversation or turn any more, or is not in the group. */
  insert(share: NewShare): Promise<ShareRow | null>
  /** The owner's, newest first. */
  list(ownerId: string): Promise<readonly ShareRow[]>
  /** Whether the owner had one. */
  remove(ownerId: string, id: string): Promise<boolean>
  /** The share where `readerId` is its owner or, as long as the owner is not disabled, in its audience now; null for anybody else. */
  read(readerId: string, id: string): Promise<ShareRow | null>
}
