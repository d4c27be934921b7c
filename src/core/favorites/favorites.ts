import {
  type Favorite,
  type FavoriteChange,
  type FavoriteFolder,
  type FavoriteOrder,
  type FavoritePage,
  type FolderChange,
  type NewFavorite,
  type NewFolder,
  type RunFavorite,
  type SharedFavorite,
} from '../../contract/favorites.ts'
import type { ChangesOrder, ResultChanges } from '../../contract/comparison.ts'
import { demandRight, type Caller } from '../caller.ts'
import { compareStored } from '../comparison/comparisons.ts'
import { readStoredResult } from '../comparison/stored-result.ts'
import { mayExport, readShared } from '../people/shares.ts'
import type { Arrangement, OpenedRow, Rearrangement } from '../ports/favorite-store.ts'
import { problem } from '../problem.ts'
import {
  planFavoriteMove,
  planFavoriteRemoval,
  planFolderChange,
  planFolderRemoval,
  planFolderRestore,
  planNewFolder,
} from './arrange.ts'
import {
  duplicateFavorite,
  hasRoom,
  keptTurnOf,
  listFavorites,
  makeFavorite,
  presentFavorite,
  readAny,
  readOwn,
  runFavorite,
  showsRows,
  unknownTurn,
  type FavoriteNeeds,
  type FavoriteRunStart,
} from './favorite-content.ts'
import { declareParameters } from './parameters.ts'

/**
 * Queries that people keep, and their folders. What is not the caller's own, nor shared with them where a method says so, throws `not_found`.
 * Changes of one person come one after another, and the last one of each field holds.
 */
export interface Favorites {
  list(caller: Caller, order: FavoriteOrder): Promise<FavoritePage>
  /** Copies the query and its result out of one of the caller's turns. Throws `bad_request` for a turn without a query. */
  make(caller: Caller, wanted: NewFavorite): Promise<Favorite>
  /** Also of a favorite that is shared with the caller, which is audited; without rows unless they are shared and the owner may export them. */
  open(caller: Caller, id: string): Promise<{ readonly favorite: Favorite; readonly events: AsyncIterable<string> }>
  change(caller: Caller, id: string, change: FavoriteChange): Promise<Favorite>
  remove(caller: Caller, id: string): Promise<void>
  restore(caller: Caller, id: string): Promise<Favorite>
  /** Also of a favorite that is shared with the caller. */
  duplicate(caller: Caller, id: string): Promise<Favorite>
  /** Asks the query as any other, with the caller's own rights; also of a favorite that is shared with the caller. */
  run(caller: Caller, id: string, asked: RunFavorite): Promise<FavoriteRunStart>
  /** Compares the kept result with that of one of the caller's turns. Throws `bad_request` where one of them has no rows. */
  compare(caller: Caller, id: string, turnId: string, order: ChangesOrder): Promise<ResultChanges>
  /** Throws `bad_request` where there is no room or no result. */
  keep(caller: Caller, id: string, turnId: string): Promise<Favorite>
  /** Throws `forbidden` without sign-in, without the right to ask, and for rows that the caller may not export. */
  share(caller: Caller, id: string, groupId: string, withRows: boolean): Promise<Favorite>
  unshare(caller: Caller, id: string, groupId: string): Promise<Favorite>
  listShared(caller: Caller): Promise<readonly SharedFavorite[]>
  verify(caller: Caller, id: string, question: string): Promise<Favorite>
  unverify(caller: Caller, id: string): Promise<Favorite>
  listFolders(caller: Caller): Promise<readonly FavoriteFolder[]>
  makeFolder(caller: Caller, wanted: NewFolder): Promise<FavoriteFolder>
  changeFolder(caller: Caller, id: string, change: FolderChange): Promise<FavoriteFolder>
  removeFolder(caller: Caller, id: string): Promise<void>
  restoreFolder(caller: Caller, id: string): Promise<FavoriteFolder>
  /** Calls whenever favorites or folders of the person change, in any copy of the server. Returns the function that stops it. */
  watch(userId: string, onChange: () => void): () => void
}

const runsTold = 20
/** No event has a higher number. */
const lastSeq = 2_147_483_647

/** Makes the favorites of people. */
export const makeFavorites = (needs: FavoriteNeeds): Favorites => ({
  ...contentOf(needs),
  ...resultsOf(needs),
  ...sharingOf(needs),
  ...foldersOf(needs),
  watch: (userId, onChange) =>
    needs.notices.subscribe((notice) => notice.kind === 'favorites' && notice.userId === userId && onChange()),
})

async function present(needs: FavoriteNeeds, caller: Caller, row: OpenedRow): Promise<Favorite> {
  const [runs, withRows] = await Promise.all([
    needs.store.listRuns(caller.userId, row.id, runsTold),
    showsRows(needs, caller, row),
  ])
  return presentFavorite(row, { runs, withRows, isOwn: row.ownerId === caller.userId })
}

/** Tells the person's other pages of a change; returns what is there now. */
async function presentChanged(needs: FavoriteNeeds, caller: Caller, id: string): Promise<Favorite> {
  await needs.notices.publish({ kind: 'favorites', userId: caller.userId })
  return await present(needs, caller, await readOwn(needs.store, caller, id))
}

async function arrange(
  { store, notices }: FavoriteNeeds,
  { userId }: Caller,
  plan: (now: Arrangement) => Rearrangement,
): Promise<void> {
  await store.arrange(userId, plan)
  await notices.publish({ kind: 'favorites', userId })
}

function contentOf(
  needs: FavoriteNeeds,
): Pick<Favorites, 'list' | 'make' | 'open' | 'change' | 'remove' | 'restore' | 'duplicate'> {
  const { store, audit } = needs
  return {
    list: (caller, order) => listFavorites(store, caller, order),
    make: async (caller, wanted) => await presentChanged(needs, caller, await makeFavorite(needs, caller, wanted)),
    open: async (caller, id) => {
      const row = await readAny(store, caller, id)
      const favorite = await present(needs, caller, row)
      const isOwn = row.ownerId === caller.userId
      const withRows = isOwn || favorite.result !== null
      if (!isOwn) await audit.note(caller, 'favorite.opened', { favorite: id, owner: row.ownerId, rows: withRows })
      return { favorite, events: readShared(store, { ownerId: row.ownerId, withRows, id, lastSeq }) }
    },
    change: async (caller, id, { place, sql, parameters, ...fields }) => {
      const row = await readOwn(store, caller, id)
      const text = sql ?? row.sql
      const declared = declareParameters(text, parameters ?? row.parameters)
      const isQueryChanged = sql !== undefined || parameters !== undefined
      const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
      const set = { ...given, ...(isQueryChanged ? { sql: text, parameters: declared } : {}) }
      // Moved first: a place that is refused leaves the rest as it is.
      if (place !== undefined) await store.arrange(caller.userId, (now) => planFavoriteMove(now, id, place))
      if (Object.keys(set).length > 0) await store.change(caller.userId, id, set)
      return await presentChanged(needs, caller, id)
    },
    remove: (caller, id) => arrange(needs, caller, (now) => planFavoriteRemoval(now, id, true)),
    restore: async (caller, id) => {
      await store.arrange(caller.userId, (now) => planFavoriteRemoval(now, id, false))
      return await presentChanged(needs, caller, id)
    },
    duplicate: async (caller, id) => await presentChanged(needs, caller, await duplicateFavorite(needs, caller, id)),
  }
}

function resultsOf(needs: FavoriteNeeds): Pick<Favorites, 'run' | 'compare' | 'keep'> {
  const { store, stored } = needs
  return {
    run: async (caller, id, asked) => await runFavorite(needs, caller, id, asked),
    compare: async (caller, id, turnId, order) => {
      const row = await readAny(store, caller, id)
      const isShown = row.result !== null && (await showsRows(needs, caller, row))
      const before = isShown ? await readStoredResult(store, row.ownerId, id) : null
      if ((await stored.readTurn(caller.userId, turnId)) === null) throw unknownTurn()
      const after = await readStoredResult(stored, caller.userId, turnId)
      if (row.result !== null && before !== null && after !== null && !after.isTrimmed && !after.isFile) {
        const { rowCount, at } = row.result
        return await compareStored(needs.readOutline, { before: { ...before, rowCount, at }, after }, order)
      }
      throw problem('bad_request', 'There are not two results to compare.', 'Run the query to its end first.')
    },
    keep: async (caller, id, turnId) => {
      await readOwn(store, caller, id)
      const kept = await keptTurnOf(needs, caller, turnId)
      if (kept.result === null)
        throw problem('bad_request', 'This question has no rows that could be kept.', 'Run the query to its end first.')
      if (!(await hasRoom(needs, caller, kept)))
        throw problem('bad_request', 'Your storage is full.', 'Delete favorites with large results first.')
      await store.keepResult(caller.userId, id, kept)
      await store.change(caller.userId, id, { tables: kept.tables })
      return await presentChanged(needs, caller, id)
    },
  }
}

function sharingOf(needs: FavoriteNeeds): Pick<Favorites, 'share' | 'unshare' | 'listShared' | 'verify' | 'unverify'> {
  const { store, verified, audit, listConnections } = needs
  return {
    share: async (caller, id, groupId, withRows) => {
      demandRight(caller, 'ask')
      const row = await readOwn(store, caller, id)
      if (caller.isLocal)
        throw problem(
          'forbidden',
          'Without sign-in there is nobody to share with: Floe runs for one person on this computer.',
          'Set up sign-in first.',
        )
      if (withRows && !(await mayExport(listConnections, caller.userId, [row])))
        throw problem('forbidden', 'Rows of this connection may not be passed on.', 'Share it without the rows.')
      if (!(await store.share(caller.userId, id, groupId, withRows)))
        throw problem(
          'not_found',
          'You are not in that group, or there is no such favorite.',
          'Look at the list again.',
        )
      await audit.note(caller, 'favorite.shared', { favorite: id, title: row.title, group: groupId, rows: withRows })
      return await presentChanged(needs, caller, id)
    },
    unshare: async (caller, id, groupId) => {
      await readOwn(store, caller, id)
      if (!(await store.unshare(caller.userId, id, groupId)))
        throw problem('not_found', 'It is not shared with that group.', 'Look at the list again.')
      await audit.note(caller, 'favorite.unshared', { favorite: id, group: groupId })
      return await presentChanged(needs, caller, id)
    },
    listShared: ({ userId }) => store.listShared(userId),
    verify: async (caller, id, question) => {
      await verified.vouch(caller, await readOwn(store, caller, id), question)
      return await presentChanged(needs, caller, id)
    },
    unverify: async (caller, id) => {
      await verified.withdraw(caller, await readOwn(store, caller, id))
      return await presentChanged(needs, caller, id)
    },
  }
}

function foldersOf(
  needs: FavoriteNeeds,
): Pick<Favorites, 'listFolders' | 'makeFolder' | 'changeFolder' | 'removeFolder' | 'restoreFolder'> {
  const { store, identity } = needs
  /** Changes folders; returns the one that is meant, as it is then. */
  const changed = async (
    caller: Caller,
    id: string,
    plan: (now: Arrangement) => Rearrangement,
  ): Promise<FavoriteFolder> => {
    await arrange(needs, caller, plan)
    const folder = (await store.listFolders(caller.userId)).find((one) => one.id === id)
    if (folder === undefined) throw problem('not_found', 'There is no such folder.', 'Look at the list again.')
    return folder
  }
  return {
    listFolders: ({ userId }) => store.listFolders(userId),
    makeFolder: async (caller, { name, parentId = null }) => {
      const id = identity.uuid()
      return await changed(caller, id, (now) => planNewFolder(now, { id, name, parentId }))
    },
    changeFolder: (caller, id, change) => changed(caller, id, (now) => planFolderChange(now, id, change)),
    removeFolder: (caller, id) => arrange(needs, caller, (now) => planFolderRemoval(now, id)),
    restoreFolder: (caller, id) => changed(caller, id, (now) => planFolderRestore(now, id)),
  }
}
