import type { Group, GroupName } from '../../contract/groups.ts'
import type { Statements } from './database.ts'
import { and, eq, sql } from './drizzle.ts'
import { groupMembers, groups } from './groups-schema.ts'
import { users } from './people-schema.ts'

/** The groups, or the one with this id, with their members by name. */
export async function selectGroups(statements: Statements, id: string | null): Promise<readonly Group[]> {
  const rows = await statements
    .select({
      group: groups,
      personId: users.id,
      name: users.name,
      email: users.email,
      source: groupMembers.source,
    })
    .from(groups)
    .leftJoin(groupMembers, eq(groupMembers.groupId, groups.id))
    .leftJoin(users, eq(users.id, groupMembers.userId))
    .where(id === null ? undefined : eq(groups.id, id))
    .orderBy(sql`lower(${groups.name})`, sql`lower(${users.name})`, users.email)
  const found = new Map<string, Group>()
  for (const { group, personId, name, email, source } of rows) {
    const known = found.get(group.id) ?? { ...group, createdAt: group.createdAt.toISOString(), members: [] }
    found.set(group.id, known)
    if (personId !== null && source !== null) known.members.push({ personId, name: name ?? '', email, source })
  }
  return [...found.values()]
}

/** The groups that a person is in, by name. */
export async function selectGroupsOf(statements: Statements, personId: string): Promise<readonly GroupName[]> {
  return await statements
    .select({ id: groups.id, name: groups.name })
    .from(groups)
    .innerJoin(groupMembers, eq(groupMembers.groupId, groups.id))
    .where(eq(groupMembers.userId, personId))
    .orderBy(sql`lower(${groups.name})`)
}

/** Whether the group is there now; the row of an earlier, broken try of this call counts as made. */
export async function insertGroup(statements: Statements, id: string, name: string): Promise<boolean> {
  await statements.insert(groups).values({ id, name }).onConflictDoNothing()
  const [row] = await statements.select({ id: groups.id }).from(groups).where(eq(groups.id, id))
  return row !== undefined
}

export async function renameGroup(statements: Statements, id: string, name: string): Promise<boolean> {
  const rows = await statements.update(groups).set({ name }).where(eq(groups.id, id)).returning({ id: groups.id })
  return rows.length > 0
}

export async function deleteGroup(statements: Statements, id: string): Promise<boolean> {
  const rows = await statements.delete(groups).where(eq(groups.id, id)).returning({ id: groups.id })
  return rows.length > 0
}

/** False where there is no such group, or no such person with an address. */
export async function insertMember(statements: Statements, groupId: string, userId: string): Promise<boolean> {
  const { rows } = await statements.execute(sql`
    insert into group_members (group_id, user_id, source)
    select ${groups.id}, ${users.id}, 'manual' from ${groups}, ${users}
    where ${groups.id} = ${groupId}::uuid and ${users.id} = ${userId}::uuid and ${users.email} is not null
    on conflict (group_id, user_id) do update set source = 'manual'
    returning group_id`)
  return rows.length > 0
}

export async function deleteMember(statements: Statements, groupId: string, userId: string): Promise<boolean> {
  const rows = await statements
    .delete(groupMembers)
    .where(and(eq(groupMembers.groupId, groupId), eq(groupMembers.userId, userId)))
    .returning({ id: groupMembers.userId })
  return rows.length > 0
}
