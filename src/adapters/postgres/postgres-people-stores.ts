import type { AuditStore } from '../../core/ports/audit-store.ts'
import type { BudgetStore } from '../../core/ports/budget-store.ts'
import type { FeedbackStore } from '../../core/ports/feedback-store.ts'
import type { GroupStore } from '../../core/ports/group-store.ts'
import type { PeopleStore } from '../../core/ports/people-store.ts'
import type { PersonExportStore } from '../../core/ports/person-export-store.ts'
import type { PreferenceStore } from '../../core/ports/preference-store.ts'
import type { SessionStore } from '../../core/ports/session-store.ts'
import type { ShareStore } from '../../core/ports/share-store.ts'
import type { Database, Statements } from './database.ts'
import { lateStatements } from './late-statements.ts'
import { isTaken } from './store-problem.ts'

// Late, because loading the query builder costs more than the rest of a short command.
const load = async () => ({
  ...(await import('./people-statements.ts')),
  ...(await import('./session-statements.ts')),
  ...(await import('./audit-statements.ts')),
  ...(await import('./group-statements.ts')),
  ...(await import('./budget-statements.ts')),
  ...(await import('./share-statements.ts')),
  ...(await import('./feedback-statements.ts')),
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
  readonly feedback: FeedbackStore
  readonly audit: AuditStore
  readonly preferences: PreferenceStore
  readonly exports: PersonExportStore
} {
  const statement = lateStatements(database, load)
  let loading: ReturnType<typeof load> | null = null
  const run = async <T>(
    work: (known: Awaited<ReturnType<typeof load>>, statements: Statements) => Promise<T>,
  ): Promise<T> => {
    const known = await (loading ??= load())
    return await database.run((statements) => work(known, statements))
  }
  return {
    people: {
      admit: statement('admitPerson'),
      read: statement('selectPerson'),
      list: statement('selectPeople'),
      invite: statement('insertInvited'),
      rename: statement('renamePerson'),
      change: statement('changePerson'),
      remove: statement('deletePerson'),
    },
    sessions: {
      begin: statement('insertPending'),
      take: statement('takePending'),
      insert: statement('insertSession'),
      find: statement('selectSession'),
      prolong: ({ id, userId }, lastUsedAt, expiresAt) =>
        run((known, on) => known.prolongSession(on, userId, id, lastUsedAt, expiresAt)),
      list: statement('selectSessions'),
      end: statement('deleteSession'),
      endAll: statement('deleteSessions'),
      insertToken: statement('insertToken'),
      findToken: statement('selectToken'),
      noteTokenUse: ({ id, userId }, now) => run((known, on) => known.noteTokenUse(on, userId, id, now)),
      listTokens: statement('selectTokens'),
      endToken: statement('deleteToken'),
      sweep: statement('deleteEnded'),
    },
    groups: {
      list: () => run((known, on) => known.selectGroups(on, null)),
      listOf: statement('selectGroupsOf'),
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
      remove: statement('deleteGroup'),
      addMember: statement('insertMember'),
      removeMember: statement('deleteMember'),
    },
    shares: {
      insert: statement('insertShare'),
      list: statement('selectShares'),
      remove: statement('deleteShare'),
      read: statement('selectShare'),
    },
    feedback: {
      put: statement('putFeedback'),
      remove: statement('deleteFeedback'),
      listOf: statement('selectFeedbackOf'),
      list: statement('selectFeedback'),
    },
    budgets: {
      list: statement('selectBudgets'),
      put: statement('putBudget'),
      remove: statement('deleteBudget'),
      read: statement('selectDayUse'),
      spend: statement('spendBytes'),
      note: statement('noteUsed'),
    },
    audit: {
      append: statement('insertEntry'),
      list: statement('selectEntries'),
    },
    preferences: {
      read: statement('selectPreferences'),
      change: statement('changePreferences'),
    },
    exports: {
      identities: statement('selectIdentities'),
      conversations: statement('selectConversationsOf'),
      turns: statement('selectTurnsOf'),
      usage: statement('selectUsageOf'),
      folders: statement('selectFoldersOf'),
      favorites: statement('selectFavoritesOf'),
      favoriteEvents: statement('selectFavoriteEventsOf'),
      audit: statement('selectAuditOf'),
    },
  }
}
