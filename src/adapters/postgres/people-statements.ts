import type { InferSelectModel } from 'drizzle-orm'
import type { Admission, Admitted, PeopleStore, PersonRow, VerifiedIdentity } from '../../core/ports/people-store.ts'
import type { Statements } from './database.ts'
import { and, eq, isNotNull, sql } from './drizzle.ts'
import { groupMembers, groups } from './groups-schema.ts'
import { localUserId } from './local-user.ts'
import { identities, users } from './people-schema.ts'

type Transaction = Parameters<Parameters<Statements['transaction']>[0]>[0]
type Change = Parameters<PeopleStore['change']>[1]

/** The key of the advisory lock under which people are admitted and admins changed: any fixed number, the same in every process. */
const peopleLock = 7_031_402_212

const hasSignedIn = sql<boolean>`exists (select from ${identities} where ${identities.userId} = ${users.id})`
const groupIds = sql<
  string[]
>`array(select ${groupMembers.groupId}::text from ${groupMembers} where ${groupMembers.userId} = ${users.id} order by 1)`
const columns = {
  id: users.id,
  email: users.email,
  name: users.name,
  role: users.role,
  isDisabled: users.isDisabled,
  hasSignedIn,
  groups: groupIds,
  createdAt: users.createdAt,
  lastSeenAt: users.lastSeenAt,
}

/** The columns of a person that sessions and tokens are joined with. */
export const personColumns = columns

type Row = Pick<
  InferSelectModel<typeof users>,
  'id' | 'email' | 'name' | 'role' | 'isDisabled' | 'createdAt' | 'lastSeenAt'
> & {
  readonly hasSignedIn: boolean
  readonly groups: string[]
}

export const presentPerson = ({ createdAt, lastSeenAt, ...rest }: Row): PersonRow => ({
  ...rest,
  createdAt: createdAt.toISOString(),
  lastSeenAt: lastSeenAt?.toISOString() ?? null,
})

export async function selectPerson(statements: Statements | Transaction, id: string): Promise<PersonRow | null> {
  const [row] = await statements.select(columns).from(users).where(eq(users.id, id))
  return row === undefined ? null : presentPerson(row)
}

export async function selectPeople(statements: Statements): Promise<readonly PersonRow[]> {
  const rows = await statements
    .select(columns)
    .from(users)
    .where(isNotNull(users.email))
    .orderBy(sql`lower(${users.name})`, users.email)
  return rows.map(presentPerson)
}

/** Runs work that counts people or admins; such work never runs twice at a time. */
const alone = <T>(statements: Statements, work: (transaction: Transaction) => Promise<T>): Promise<T> =>
  statements.transaction(async (transaction) => {
    await transaction.execute(sql`select pg_advisory_xact_lock(${peopleLock}::bigint)`)
    return await work(transaction)
  })

export const admitPerson = (
  statements: Statements,
  identity: VerifiedIdentity,
  admission: Admission,
): Promise<Admitted> =>
  alone(statements, async (transaction) => {
    const { issuer, subject, email } = identity
    const [known] = await transaction
      .select({ id: identities.userId })
      .from(identities)
      .where(and(eq(identities.issuer, issuer), eq(identities.subject, subject)))
    const [holder] = await transaction.select(columns).from(users).where(eq(users.email, email))
    if (known === undefined) {
      if (holder?.hasSignedIn === true) return { outcome: 'address_taken' }
      const id = holder?.id ?? (await makePerson(transaction, identity, admission))
      if (id === null) return { outcome: 'not_invited' }
      await transaction.insert(identities).values({ issuer, subject, userId: id })
      return await welcome(transaction, id, identity, admission)
    }
    // The address moved to an invited person's: what they were invited for stays theirs to take up.
    if (holder !== undefined && holder.id !== known.id) return { outcome: 'address_taken' }
    return await welcome(transaction, known.id, identity, admission)
  })

async function hasPeople(transaction: Transaction): Promise<boolean> {
  const { rows } = await transaction.execute<{ any: boolean }>(
    sql`select exists (select from users where email is not null) as any`,
  )
  return rows[0]?.any === true
}

/** The id of the person made for an identity that nobody invited; null where such people may not come. */
async function makePerson(
  transaction: Transaction,
  { email, name }: VerifiedIdentity,
  { newId, role, first }: Admission,
): Promise<string | null> {
  const isFirst = first !== null && !(await hasPeople(transaction))
  const chosen = isFirst ? first : role === null ? null : { id: newId, role }
  if (chosen === null) return null
  const values = { ...chosen, email, name }
  await transaction.insert(users).values(values).onConflictDoUpdate({ target: users.id, set: values })
  return chosen.id
}

async function welcome(
  transaction: Transaction,
  id: string,
  { email, name, groups: claimed }: VerifiedIdentity,
  { always }: Admission,
): Promise<Admitted> {
  await transaction
    .update(users)
    .set({
      email,
      lastSeenAt: sql`now()`,
      // A name that the person chose here stays.
      name: sql`case when ${users.name} = '' then ${name} else ${users.name} end`,
      ...(always === null ? {} : { role: always }),
    })
    .where(eq(users.id, id))
  const changed = await claimGroups(transaction, id, claimed)
  const person = await selectPerson(transaction, id)
  if (person === null) throw new Error('The person was removed while signing in.')
  return person.isDisabled ? { outcome: 'disabled' } : { outcome: 'admitted', person, ...changed }
}

/**
 * Sets the memberships that come from the issuer's claim. Only groups that are there already count; memberships made by hand stay as they are.
 */
async function claimGroups(
  transaction: Transaction,
  id: string,
  claimed: readonly string[],
): Promise<{ readonly joined: readonly string[]; readonly left: readonly string[] }> {
  const named = sql`lower(${groups.name}) in (select lower(value) from json_array_elements_text(${JSON.stringify(claimed)}::json))`
  const left = await transaction.execute<{ name: string }>(sql`
    delete from ${groupMembers} using ${groups}
    where ${groupMembers.groupId} = ${groups.id} and ${groupMembers.userId} = ${id}::uuid
      and ${groupMembers.source} = 'claim' and not (${named})
    returning ${groups.name} as name`)
  const joined = await transaction.execute<{ name: string }>(sql`
    with added as (
      insert into group_members (group_id, user_id, source)
      select ${groups.id}, ${id}::uuid, 'claim' from ${groups} where ${named}
      on conflict do nothing returning group_id
    )
    select ${groups.name} as name from ${groups} inner join added on added.group_id = ${groups.id}`)
  const namesIn = (rows: readonly { readonly name: string }[]) => rows.map(({ name }) => name).toSorted()
  return { joined: namesIn(joined.rows), left: namesIn(left.rows) }
}

/**
 * Null where a person has the address already; the row of an earlier, broken try of this call counts as made. An admin invited before anybody
 * else becomes the person who used this store before there was sign-in, as the first to sign in would.
 */
export const insertInvited = (
  statements: Statements,
  id: string,
  email: string,
  role: PersonRow['role'],
): Promise<PersonRow | null> =>
  alone(statements, async (transaction) => {
    if (role === 'admin' && !(await hasPeople(transaction))) {
      const values = { id: localUserId, email, role }
      await transaction.insert(users).values(values).onConflictDoUpdate({ target: users.id, set: values })
      return await selectPerson(transaction, localUserId)
    }
    await transaction.insert(users).values({ id, email, role }).onConflictDoNothing()
    return await selectPerson(transaction, id)
  })

export async function renamePerson(statements: Statements, id: string, name: string): Promise<PersonRow | null> {
  await statements.update(users).set({ name }).where(eq(users.id, id))
  return await selectPerson(statements, id)
}

/** Invited people who have not signed in do not count: they manage nobody yet. */
async function isLastAdmin(transaction: Transaction, id: string): Promise<boolean> {
  const { rows } = await transaction.execute<{ last: boolean }>(sql`
    select exists (
        select from users where id = ${id}::uuid and role = 'admin' and not is_disabled
          and exists (select from identities where user_id = users.id)
      )
      and not exists (
        select from users where id <> ${id}::uuid and role = 'admin' and not is_disabled
          and exists (select from identities where user_id = users.id)
      ) as last`)
  return rows[0]?.last ?? false
}

export const changePerson = (statements: Statements, id: string, change: Change): ReturnType<PeopleStore['change']> =>
  alone(statements, async (transaction) => {
    const givesUp = change.isDisabled === true || (change.role !== undefined && change.role !== 'admin')
    if (givesUp && (await isLastAdmin(transaction, id))) return { outcome: 'last_admin' }
    await transaction
      .update(users)
      .set(change)
      .where(and(eq(users.id, id), isNotNull(users.email)))
    const person = await selectPerson(transaction, id)
    return person === null || person.email === null ? { outcome: 'unknown' } : { outcome: 'changed', person }
  })

/** The row stays: until its first sign-in it is the person without sign-in, whose conversations and connections are kept. */
async function withdrawInvitation(transaction: Transaction, id: string): Promise<'removed' | 'unknown'> {
  const withdrawn = await transaction
    .update(users)
    .set({ email: null, role: 'member', isDisabled: false })
    .where(and(eq(users.id, id), isNotNull(users.email)))
    .returning({ id: users.id })
  return withdrawn.length > 0 ? 'removed' : 'unknown'
}

export const deletePerson = (statements: Statements, id: string): ReturnType<PeopleStore['remove']> =>
  alone(statements, async (transaction) => {
    if (await isLastAdmin(transaction, id)) return 'last_admin'
    if (id === localUserId && (await selectPerson(transaction, id))?.hasSignedIn === false)
      return await withdrawInvitation(transaction, id)
    const gone = await transaction
      .delete(users)
      .where(and(eq(users.id, id), isNotNull(users.email)))
      .returning({ id: users.id })
    return gone.length > 0 ? 'removed' : 'unknown'
  })
