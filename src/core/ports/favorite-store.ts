import type {
  FavoriteFolder,
  FavoriteParameter,
  FavoriteRun,
  FavoriteShare,
  KeptResult,
  SharedFavorite,
} from '../../contract/favorites.ts'
import type { TableName } from '../../contract/turn-event.ts'
import type { StoredEvent } from './turn-store.ts'

/** What moved out of a folder when it was removed. */
export interface MovedUp {
  readonly favorites: readonly string[]
  readonly folders: readonly string[]
}

/** A favorite as it is stored. */
export interface FavoriteRow {
  readonly id: string
  readonly ownerId: string
  readonly folderId: string | null
  readonly position: number
  readonly title: string
  readonly question: string | null
  readonly sql: string
  readonly connection: string
  readonly connectionId: string | null
  readonly writer: string
  readonly note: string
  readonly tags: readonly string[]
  readonly tables: readonly TableName[]
  readonly parameters: readonly FavoriteParameter[]
  readonly turnId: string | null
  readonly result: KeptResult | null
  readonly verified: { readonly question: string; readonly sql: string; readonly at: string } | null
  readonly revision: number
  readonly createdAt: string
  readonly updatedAt: string
  readonly isShared: boolean
}

/** A favorite with whose it is and with whom it is shared. */
export interface OpenedRow extends FavoriteRow {
  readonly ownerName: string
  /** All of them for the owner; for a reader those with the reader's groups. */
  readonly shares: readonly FavoriteShare[]
}

/** What is set of a favorite; what is left out stays. */
export type FavoriteFields = Partial<
  Pick<FavoriteRow, 'title' | 'note' | 'tags' | 'tables' | 'sql' | 'parameters'> & {
    readonly verified: (NonNullable<FavoriteRow['verified']> & { readonly key: string }) | null
  }
>

/** Where each favorite and folder of a person stands. */
export interface Arrangement {
  readonly folders: readonly ArrangedFolder[]
  readonly favorites: readonly ArrangedFavorite[]
}

export interface ArrangedFolder extends FavoriteFolder {
  readonly moved: MovedUp | null
  readonly isDeleted: boolean
}

export interface ArrangedFavorite {
  readonly id: string
  readonly folderId: string | null
  readonly position: number
  readonly isDeleted: boolean
}

/** What changes in an arrangement. */
export interface Rearrangement {
  readonly addFolder?: Pick<FavoriteFolder, 'id' | 'name' | 'parentId' | 'position'>
  readonly folders?: readonly (Partial<
    Pick<ArrangedFolder, 'name' | 'parentId' | 'position' | 'moved' | 'isDeleted'>
  > & {
    readonly id: string
  })[]
  readonly favorites?: readonly (Partial<Omit<ArrangedFavorite, 'id'>> & { readonly id: string })[]
}

/** Which favorites to list, by position. */
export interface FavoriteQuery {
  /** Null for those outside of folders; undefined for all. */
  readonly folderId: string | null | undefined
  readonly tag: string | null
  readonly words: string | null
  readonly after: { readonly position: number; readonly id: string } | null
  readonly limit: number
}

/** Whose queries are looked for: those of a saved connection, or of the sample or folder that is called so, which read a table. */
export interface FavoritesReading {
  readonly connection: string
  /** Null for the sample and for folders. */
  readonly connectionId: string | null
  readonly table: TableName
}

/** A verified query with whose it is. */
export interface VerifiedRow {
  readonly favoriteId: string
  readonly question: string
  readonly sql: string
  readonly at: string
  readonly connection: string
  readonly connectionId: string | null
  readonly ownerId: string
  readonly ownerName: string
}

/**
 * Favorites with their folders, kept results, shares and runs. Each method sees what is its owner's, or where it says so what the person may read
 * through their groups as they are now. Throws `store_unavailable`.
 */
export interface FavoriteStore {
  list(ownerId: string, query: FavoriteQuery): Promise<readonly FavoriteRow[]>
  /** The first 50 favorites that read a table, by position. */
  listReading(ownerId: string, reading: FavoritesReading): Promise<readonly Pick<FavoriteRow, 'id' | 'title'>[]>
  /** The owner's or, unless the owner is disabled, one that is shared with a group of the reader. */
  read(readerId: string, id: string): Promise<OpenedRow | null>
  /** Stores the favorite in front of all others of its folder. `full` where the owner has `maxFavorites`. */
  insert(
    favorite: Omit<FavoriteRow, 'position' | 'verified' | 'revision' | 'isShared'>,
    maxFavorites: number,
  ): Promise<'stored' | 'full'>
  /** Replaces what is kept of a result. False where the owner has no such favorite. */
  keepResult(
    ownerId: string,
    id: string,
    kept: { readonly result: KeptResult | null; readonly events: readonly StoredEvent[] },
  ): Promise<boolean>
  /** What is kept of the owner's results, in bytes. */
  readBytes(ownerId: string): Promise<number>
  /** In order, those after `afterSeq`. */
  readEvents(ownerId: string, id: string, afterSeq: number, limit: number): Promise<readonly StoredEvent[]>
  /** Changes of one person take turns. False where the owner has no such favorite. */
  change(ownerId: string, id: string, fields: FavoriteFields): Promise<boolean>
  /** Changes where things stand; arrangements of one person take turns, and `plan` may be called more than once. */
  arrange(ownerId: string, plan: (now: Arrangement) => Rearrangement): Promise<void>
  listFolders(ownerId: string): Promise<readonly FavoriteFolder[]>
  /** False where the owner has no such favorite or is not in the group. */
  share(ownerId: string, id: string, groupId: string, withRows: boolean): Promise<boolean>
  unshare(ownerId: string, id: string, groupId: string): Promise<boolean>
  listShared(readerId: string): Promise<readonly SharedFavorite[]>
  /** Of the reader and, on a connection that is shared with the reader, of its owner. With a key only those of that question. */
  listVerified(readerId: string, key: string | null): Promise<readonly VerifiedRow[]>
  /** Notes that a turn of the person ran a favorite. */
  insertRun(
    userId: string,
    favoriteId: string,
    run: Pick<FavoriteRun, 'turnId' | 'at' | 'values'>,
    title: string,
  ): Promise<void>
  /** Newest first. */
  listRuns(userId: string, favoriteId: string, limit: number): Promise<readonly FavoriteRun[]>
}
