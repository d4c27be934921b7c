import * as z from 'zod/mini'
import { line } from './text-fields.ts'

/** Why a person is in a group: an admin put them there, or their issuer named it when they signed in last. */
export const MembershipSource = z.enum(['manual', 'claim'])
export type MembershipSource = z.infer<typeof MembershipSource>

export const GroupMember = z.object({
  personId: z.uuid(),
  name: z.string(),
  email: z.nullable(z.string()),
  source: MembershipSource,
})
export type GroupMember = z.infer<typeof GroupMember>

/** People who may use the same things. */
export const Group = z.object({
  id: z.uuid(),
  name: z.string(),
  createdAt: z.iso.datetime(),
  /** By name. */
  members: z.array(GroupMember),
})
export type Group = z.infer<typeof Group>

/** A group as its members see it. */
export const GroupName = z.pick(Group, { id: true, name: true })
export type GroupName = z.infer<typeof GroupName>

/** Unique without regard to upper and lower case; an issuer's claim finds the group by it. */
export const NewGroup = z.object({ name: line(100) })
export type NewGroup = z.infer<typeof NewGroup>
