import type { ConnectionStore } from '../../core/ports/connection-store.ts'
import type { ConnectionShareStore } from '../../core/ports/connection-share-store.ts'
import type { Database, Statements } from './database.ts'
import { isTaken } from './store-problem.ts'

// Late, because loading the query builder costs more than the rest of a short command.
const statementsOf = () => import('./connection-statements.ts')

/** Keeps saved connections in PostgreSQL. Each row has an owner and each statement checks it; secrets arrive sealed. */
export function makePostgresConnectionStore({ database }: { readonly database: Database }): ConnectionStore {
  type Known = Awaited<ReturnType<typeof statementsOf>>
  const run = async <T>(work: (known: Known, statements: Statements) => Promise<T>): Promise<T> => {
    const known = await statementsOf()
    return await database.run((statements) => work(known, statements))
  }
  return {
    list: (ownerId) => run((known, statements) => known.selectConnections(statements, ownerId)),
    read: (ownerId, id) => run((known, statements) => known.selectConnection(statements, ownerId, id)),
    findByName: (ownerId, name) => run((known, statements) => known.selectByName(statements, ownerId, name)),
    insert: async (row) => {
      const made = await run((known, statements) => known.insertConnection(statements, row))
      return made ? 'created' : 'name_taken'
    },
    update: (before, settings, secret, stillHolds) =>
      run(async (known, statements) => {
        try {
          const found = await known.updateConnection(statements, before, settings, secret, stillHolds)
          return found ? 'updated' : 'changed'
        } catch (error) {
          if (isTaken(error)) return 'name_taken'
          throw error
        }
      }),
    remove: (ownerId, id) => run((known, statements) => known.deleteConnection(statements, ownerId, id)),
    setAside: (ownerId, id) => run((known, statements) => known.setAsideConnection(statements, ownerId, id)),
    restore: (ownerId, id) =>
      run(async (known, statements) => {
        try {
          return (await known.restoreConnection(statements, ownerId, id)) ? 'restored' : 'gone'
        } catch (error) {
          if (isTaken(error)) return 'name_taken'
          throw error
        }
      }),
    purge: (beforeMs) => run((known, statements) => known.purgeConnections(statements, beforeMs)),
    touch: (ownerId, id) => run((known, statements) => known.touchConnection(statements, ownerId, id)),
    note: (ownerId, id, revision, findings) =>
      run((known, statements) => known.noteFindings(statements, ownerId, id, revision, findings)),
    lease: (ownerId, id, holder, leaseMs) =>
      run((known, statements) => known.takeLease(statements, ownerId, id, holder, leaseMs)),
    release: (ownerId, id, holder) => run((known, statements) => known.endLease(statements, ownerId, id, holder)),
    replaceSecret: (ownerId, id, before, after) =>
      run((known, statements) => known.swapSecret(statements, ownerId, id, before, after)),
    listSealed: () => run((known, statements) => known.selectSealed(statements)),
  }
}

// Late like the statements of connections.
const shareStatementsOf = () => import('./connection-share-statements.ts')

/** Keeps shares of connections in PostgreSQL. Each statement names the person who asks, or the owner. */
export function makePostgresConnectionShareStore({ database }: { readonly database: Database }): ConnectionShareStore {
  type Known = Awaited<ReturnType<typeof shareStatementsOf>>
  const run = async <T>(work: (known: Known, statements: Statements) => Promise<T>): Promise<T> => {
    const known = await shareStatementsOf()
    return await database.run((statements) => work(known, statements))
  }
  return {
    sharedWith: (userId, id) => run((known, on) => known.selectSharedWith(on, userId, id)),
    shareableBy: (userId, isAdmin, id) => run((known, on) => known.selectShareable(on, userId, isAdmin, id)),
    put: (ownerId, id, groupId, terms) => run((known, on) => known.putShare(on, ownerId, id, groupId, terms)),
    remove: (ownerId, id, groupId) => run((known, on) => known.deleteShare(on, ownerId, id, groupId)),
    note: (share, findings) => run((known, on) => known.noteShareFindings(on, share, findings)),
  }
}
