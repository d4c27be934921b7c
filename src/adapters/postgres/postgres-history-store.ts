import type { HistoryStore } from '../../core/ports/history-store.ts'
import type { Database } from './database.ts'
import { lateStatements } from './late-statements.ts'

/** What a person does with their conversations, kept in PostgreSQL. */
export function makePostgresHistoryStore({ database }: { readonly database: Database }): HistoryStore {
  const lists = lateStatements(database, () => import('./history-statements.ts'))
  const conversations = lateStatements(database, () => import('./conversation-statements.ts'))
  const insertCopy = conversations('insertCopy')
  const copyTurn = conversations('copyTurn')
  const copyEvents = conversations('copyEvents')
  return {
    search: lists('selectHistory'),
    listConversations: lists('selectListed'),
    listComparable: lists('selectComparable'),
    change: conversations('updateConversation'),
    remove: conversations('markDeleted'),
    restore: conversations('unmarkDeleted'),
    purge: conversations('deleteMarked'),
    setNote: conversations('updateNote'),
    setChart: conversations('updateChart'),
    copy: async (ownerId, copy) => {
      await insertCopy(ownerId, copy)
      const to = { ownerId, conversationId: copy.conversationId, from: copy.from }
      for (const turn of copy.turns) {
        await copyTurn(to, turn)
        await copyEvents(to, turn)
      }
    },
  }
}
