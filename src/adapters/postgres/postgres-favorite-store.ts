import type { FavoriteStore } from '../../core/ports/favorite-store.ts'
import type { Database } from './database.ts'
import { lateStatements } from './late-statements.ts'

/** Keeps favorites in PostgreSQL. */
export function makePostgresFavoriteStore({ database }: { readonly database: Database }): FavoriteStore {
  const statement = lateStatements(database, async () => ({
    ...(await import('./favorite-statements.ts')),
    ...(await import('./favorite-sharing-statements.ts')),
  }))
  return {
    list: statement('selectFavorites'),
    listReading: statement('selectFavoritesReading'),
    read: statement('selectFavorite'),
    insert: statement('insertFavorite'),
    keepResult: statement('keepFavoriteResult'),
    readBytes: statement('selectFavoriteBytes'),
    readEvents: statement('selectFavoriteEvents'),
    change: statement('changeFavorite'),
    arrange: statement('arrangeFavorites'),
    listFolders: statement('selectFolders'),
    share: statement('putFavoriteShare'),
    unshare: statement('deleteFavoriteShare'),
    listShared: statement('selectSharedFavorites'),
    listVerified: statement('selectVerified'),
    insertRun: statement('insertRun'),
    listRuns: statement('selectRuns'),
  }
}
