import type { ShareTerms } from '../../contract/connection-shares.ts'
import type { ConnectionRow } from '../ports/connection-store.ts'
import type { ConnectionShareRow, SharedConnectionRow } from '../ports/connection-share-store.ts'

/** What a person may do with a connection that is shared with their groups. */
export interface Grant extends Readonly<ShareTerms> {
  /** The group whose share names the role. */
  readonly groupId: string
  /** Names of the groups whose shares count. */
  readonly groups: readonly string[]
  /** Roles that other groups' shares name, and that are not used. */
  readonly otherRoles: readonly string[]
}

/** A saved connection as its sessions are opened: for its owner, or for a group that it is shared with. */
export interface UsedRow extends ConnectionRow {
  /** The share that it is used by; left out for the owner. */
  readonly share?: { readonly groupId: string; readonly role: string | null }
}

/**
 * One grant from every share that reaches a person; null without any. Queries run as one role: that of the first group by name. Of each limit
 * the loosest counts among the shares with this role; a share with another role never loosens anything, because its limits were not meant for
 * this one.
 */
export function chooseGrant(shares: readonly ConnectionShareRow[]): Grant | null {
  const [first] = shares
  if (first === undefined) return null
  const { role, groupId } = first
  const counting = shares.filter((share) => share.role === role)
  const others = shares.filter((share) => share.role !== role).map((share) => share.role ?? "the connection's own role")
  const writers = counting.map((share) => share.writers)
  return {
    role,
    groupId,
    groups: counting.map(({ groupName }) => groupName),
    otherRoles: [...new Set(others)],
    maxRows: loosest(counting.map((share) => share.maxRows)),
    askAboveBytes: loosest(counting.map((share) => share.askAboveBytes)),
    refuseAboveBytes: loosest(counting.map((share) => share.refuseAboveBytes)),
    mayExport: counting.some((share) => share.mayExport),
    mayAutoRun: counting.some((share) => share.mayAutoRun),
    writers: writers.includes(null) ? null : [...new Set(writers.flatMap((ids) => ids ?? []))],
    samplesToModel: counting.some((share) => share.samplesToModel),
  }
}

/** Null is no limit. */
const loosest = (limits: readonly (number | null)[]): number | null =>
  limits.reduce((a, b) => (a === null || b === null ? null : Math.max(a, b)))

/** The row that a grant's sessions are opened with; under a role of its own, what is known of the owner's role does not hold. */
export function rowForGrant({ row, shares }: SharedConnectionRow, { groupId, role }: Grant): UsedRow {
  const share = { groupId, role }
  const own = shares.find((each) => each.groupId === groupId)
  if (role === null || own === undefined) return { ...row, share }
  return { ...row, share, warning: own.warning, scope: own.scope, checkedAt: own.checkedAt }
}
