import type { AuditStore } from '../../core/ports/audit-store.ts'
import type { BudgetStore } from '../../core/ports/budget-store.ts'
import type { GroupStore } from '../../core/ports/group-store.ts'
import type { PeopleStore } from '../../core/ports/people-store.ts'
import type { PersonExportStore } from '../../core/ports/person-export-store.ts'
import type { PreferenceStore } from '../../core/ports/preference-store.ts'
import type { SessionStore } from '../../core/ports/session-store.ts'
import type { ShareStore } from '../../core/ports/share-store.ts'
import type { Database, Statements } from './database.ts'
import { isTaken } from './store-problem.ts'

// Late, because loading the query builder costs more than the rest of a short command.
const load = async () => ({
  ...(await import('./people-statements.ts')),
  ...(await import('./session-statements.ts')),
  ...(await import('./audit-statements.ts')),
  ...(await import('./group-statements.ts')),
  ...(await import('./budget-statements.ts')),
  ...(await import('./share-statements.ts')),
  ...(await import('./preference-statements.ts')),
  ...(await import('./person-export-statements.ts')),
})

/** Keeps people, their sessions and tokens, what they share and what they did in PostgreSQL. What browsers and programs bring arrives as digests. */
export function makePostgresPeopleStores({ database }: { readonly database: Database }): {
  readonly people: PeopleStore
  readonly sessions: SessionStore
  readonly groups: GroupStore
  readonly budgets: BudgetStore
  readonly shares: ShareStore
  readonly audit: AuditStore
  readonly preferences: PreferenceStore
  readonly exports: PersonExportStore
} {
  let loading: ReturnType<typeof load> | null = null
  const run = async <T>(
    work: (known: Awaited<ReturnType<typeof load>>, statements: Statements) => Promise<T>,
  ): Promise<T> => {
    const known = await (loading ??= load())
    return await database.run((statements) => work(known, statements))
  }
  return {
    people: {
      admit: (identity, admission) => run((known, on) => known.admitPerson(on, identity, admission)),
      read: (id) => run((known, on) => known.selectPerson(on, id)),
      list: () => run((known, on) => known.selectPeople(on)),
      invite: (id, email, role) => run((known, on) => known.insertInvited(on, id, email, role)),
      rename: (id, name) => run((known, on) => known.renamePerson(on, id, name)),
      change: (id, change) => run((known, on) => known.changePerson(on, id, change)),
      remove: (id) => run((known, on) => known.deletePerson(on, id)),
    },
    sessions: {
      begin: (digest, pending, expiresAt) => run((known, on) => known.insertPending(on, digest, pending, expiresAt)),
      take: (digest, now) => run((known, on) => known.takePending(on, digest, now)),
      insert: (digest, session) => run((known, on) => known.insertSession(on, digest, session)),
      find: (digest, now) => run((known, on) => known.selectSession(on, digest, now)),
      prolong: ({ id, userId }, lastUsedAt, expiresAt) =>
        run((known, on) => known.prolongSession(on, userId, id, lastUsedAt, expiresAt)),
      list: (userId, now) => run((known, on) => known.selectSessions(on, userId, now)),
      end: (userId, id) => run((known, on) => known.deleteSession(on, userId, id)),
      endAll: (userId) => run((known, on) => known.deleteSessions(on, userId)),
      insertToken: (digest, token) => run((known, on) => known.insertToken(on, digest, token)),
      findToken: (digest, now) => run((known, on) => known.selectToken(on, digest, now)),
      noteTokenUse: ({ id, userId }, now) => run((known, on) => known.noteTokenUse(on, userId, id, now)),
      listTokens: (userId, now) => run((known, on) => known.selectTokens(on, userId, now)),
      endToken: (userId, id) => run((known, on) => known.deleteToken(on, userId, id)),
      sweep: (now) => run((known, on) => known.deleteEnded(on, now)),
    },
    groups: {
      list: () => run((known, on) => known.selectGroups(on, null)),
      listOf: (personId) => run((known, on) => known.selectGroupsOf(on, personId)),
      read: async (id) => (await run((known, on) => known.selectGroups(on, id)))[0] ?? null,
      insert: async (id, name) =>
        (await run((known, on) => known.insertGroup(on, id, name))) ? 'created' : 'name_taken',
      rename: (id, name) =>
        run(async (known, on) => {
          try {
            return (await known.renameGroup(on, id, name)) ? 'renamed' : 'unknown'
          } catch (error) {
            if (isTaken(error)) return 'name_taken'
            throw error
          }
        }),
      remove: (id) => run((known, on) => known.deleteGroup(on, id)),
      addMember: (id, personId) => run((known, on) => known.insertMember(on, id, personId)),
      removeMember: (id, personId) => run((known, on) => known.deleteMember(on, id, personId)),
    },
    shares: {
      insert: (share) => run((known, on) => known.insertShare(on, share)),
      list: (ownerId) => run((known, on) => known.selectShares(on, ownerId)),
      remove: (ownerId, id) => run((known, on) => known.deleteShare(on, ownerId, id)),
      read: (readerId, id) => run((known, on) => known.selectShare(on, readerId, id)),
    },
    budgets: {
      list: (day) => run((known, on) => known.selectBudgets(on, day)),
      put: (id, budget) => run((known, on) => known.putBudget(on, id, budget)),
      remove: (id) => run((known, on) => known.deleteBudget(on, id)),
      read: (userId, day) => run((known, on) => known.selectDayUse(on, userId, day)),
      spend: (use, bytes) => run((known, on) => known.spendBytes(on, use, bytes)),
      note: (use, used) => run((known, on) => known.noteUsed(on, use, used)),
    },
    audit: {
      append: (row) => run((known, on) => known.insertEntry(on, row)),
      list: (query) => run((known, on) => known.selectEntries(on, query)),
    },
    preferences: {
      read: (userId) => run((known, on) => known.selectPreferences(on, userId)),
      change: (userId, change) => run((known, on) => known.changePreferences(on, userId, change)),
    },
    exports: {
      identities: (ownerId) => run((known, on) => known.selectIdentities(on, ownerId)),
      conversations: (ownerId, after, limit) =>
        run((known, on) => known.selectConversationsOf(on, ownerId, after, limit)),
      turns: (ownerId, conversationId, after, limit) =>
        run((known, on) => known.selectTurnsOf(on, ownerId, conversationId, after, limit)),
      audit: (ownerId, after, limit) => run((known, on) => known.selectAuditOf(on, ownerId, after, limit)),
    },
  }
}
