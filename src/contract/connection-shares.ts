import * as z from 'zod/mini'
import { maxRowsLimit } from './command.ts'
import { identifier } from './text-fields.ts'

const bytes = z.number().check(z.int(), z.nonnegative(), z.lte(1e15))

/** What a share lets a group do. Nothing in it is looser than the connection's own policy: the stricter of the two always holds. */
export const ShareTerms = z.object({
  /** The role that the group's queries run as; null for the connection's own. */
  role: z._default(z.nullable(identifier), null),
  /** Rows of one result; null for as many as the connection allows, like the two that follow. */
  maxRows: z._default(z.nullable(z.int().check(z.gte(1), z.lte(maxRowsLimit))), null),
  /** A query that may read more waits for somebody's approval. */
  askAboveBytes: z._default(z.nullable(bytes), null),
  /** A query that may read more is refused. */
  refuseAboveBytes: z._default(z.nullable(bytes), null),
  /** Whether results may be written to files. */
  mayExport: z._default(z.boolean(), true),
  /** Whether queries may run without an approval each. */
  mayAutoRun: z._default(z.boolean(), true),
  /** Ids of the writers that may be asked, `sql` for queries written by hand; null for all. */
  writers: z._default(
    z.nullable(z.array(z.string().check(z.minLength(1), z.maxLength(200))).check(z.maxLength(50))),
    null,
  ),
  /** Whether a model may see sampled column values. */
  samplesToModel: z._default(z.boolean(), true),
})
export type ShareTerms = z.infer<typeof ShareTerms>

/** A connection's share with one group. */
export const ConnectionShare = z.extend(ShareTerms, {
  groupId: z.uuid(),
  groupName: z.string(),
  /** What makes the group's role less safe than it should be, one sentence; null for nothing found, and where the share has no role of its own. */
  warning: z.nullable(z.string()),
})
export type ConnectionShare = z.infer<typeof ConnectionShare>

/** A connection that the caller may share, with its shares by the name of the group. */
export const ShareableConnection = z.object({
  connectionId: z.uuid(),
  name: z.string(),
  /** The owner's name; null where that is the caller. */
  owner: z.nullable(z.string()),
  shares: z.array(ConnectionShare),
})
export type ShareableConnection = z.infer<typeof ShareableConnection>

/**
 * A connection of somebody else that the caller may use through their groups. Where the groups' shares name different roles, that of the first
 * group by name counts, and of the limits the loosest among the shares with this role.
 */
export const SharedConnection = z.extend(ShareTerms, {
  id: z.uuid(),
  name: z.string(),
  /** What `connection` takes in commands. */
  ref: z.string(),
  /** The engine behind it, in words. */
  engine: z.string(),
  /** The owner's name. */
  sharedBy: z.string(),
  /** The groups whose shares count. */
  groups: z.array(z.string()),
  /** Roles that shares with other groups of the caller name, and that are not used. */
  otherRoles: z.array(z.string()),
  warning: z.nullable(z.string()),
  needsSignIn: z.boolean(),
})
export type SharedConnection = z.infer<typeof SharedConnection>
