import { deepestFolder, type FavoriteChange, type FolderChange } from '../../contract/favorites.ts'
import type { ArrangedFolder, Arrangement, Rearrangement } from '../ports/favorite-store.ts'
import { problem } from '../problem.ts'

/** The most folders of one person. */
const maxFolders = 500

/** Something that has a place among its siblings. */
interface Placed {
  readonly id: string
  readonly position: number
}

const inOrder = (a: Placed, b: Placed): number => a.position - b.position || (a.id < b.id ? -1 : 1)

/**
 * The position in front of a sibling, or behind all of them; a sibling that is not there counts as the end. Positions are fractions between those of
 * the neighbours. Where no number is left between them, all siblings are given whole numbers anew.
 */
function place(
  siblings: readonly Placed[],
  id: string,
  before: string | null,
): { readonly position: number; readonly respaced: readonly Placed[] } {
  const others = siblings.filter((one) => one.id !== id).toSorted(inOrder)
  const found = others.findIndex((one) => one.id === before)
  const at = found < 0 ? others.length : found
  const low = others[at - 1]?.position
  const high = others[at]?.position
  if (low === undefined || high === undefined)
    return { position: low === undefined ? (high ?? 1) - 1 : low + 1, respaced: [] }
  const middle = (low + high) / 2
  if (middle > low && middle < high) return { position: middle, respaced: [] }
  const respaced = others.map((one, index) => ({ id: one.id, position: index < at ? index : index + 1 }))
  return { position: at, respaced }
}

const siblingFolders = ({ folders }: Arrangement, parentId: string | null) =>
  folders.filter((folder) => !folder.isDeleted && folder.parentId === parentId)

const siblingFavorites = ({ favorites }: Arrangement, folderId: string | null) =>
  favorites.filter((favorite) => !favorite.isDeleted && favorite.folderId === folderId)

/** A folder that is there. Throws `not_found`. */
function folderOf({ folders }: Arrangement, id: string): ArrangedFolder {
  const folder = folders.find((one) => one.id === id && !one.isDeleted)
  if (folder !== undefined) return folder
  throw problem('not_found', 'There is no such folder.', 'It may have been removed meanwhile. Look at the list again.')
}

/** How many folders lead to this one, itself included; 0 outside of folders. Throws `not_found`. */
function depthOf(now: Arrangement, id: string | null): number {
  return id === null ? 0 : 1 + depthOf(now, folderOf(now, id).parentId)
}

/** How many levels a folder has, itself included. */
const heightOf = (now: Arrangement, id: string): number =>
  1 + Math.max(0, ...siblingFolders(now, id).map((child) => heightOf(now, child.id)))

function demandDepth(levels: number): void {
  if (levels <= deepestFolder) return
  throw problem(
    'bad_request',
    `Folders may lie at most ${deepestFolder} deep in one another.`,
    'Choose a folder further up.',
  )
}

/** A new folder behind its siblings. Throws `not_found`, `bad_request`. */
export function planNewFolder(
  now: Arrangement,
  { id, name, parentId }: { readonly id: string; readonly name: string; readonly parentId: string | null },
): Rearrangement {
  // A repeated call finds what the first one has stored.
  if (now.folders.some((one) => one.id === id)) return {}
  demandDepth(depthOf(now, parentId) + 1)
  if (now.folders.filter(({ isDeleted }) => !isDeleted).length >= maxFolders)
    throw problem('bad_request', `You have ${maxFolders} folders already.`, 'Remove one first.')
  return { addFolder: { id, name, parentId, position: place(siblingFolders(now, parentId), id, null).position } }
}

/** Renames or moves a folder. Throws `not_found`, and `bad_request` for a place inside of itself or too deep. */
export function planFolderChange(now: Arrangement, id: string, { name, place: wanted }: FolderChange): Rearrangement {
  folderOf(now, id)
  const named = name === undefined ? {} : { name }
  if (wanted === undefined) return { folders: [{ id, ...named }] }
  const { parentId, before } = wanted
  for (let above = parentId; above !== null; above = folderOf(now, above).parentId)
    if (above === id) throw problem('bad_request', 'A folder cannot lie in itself.', 'Choose another folder.')
  demandDepth(depthOf(now, parentId) + heightOf(now, id))
  const { position, respaced } = place(siblingFolders(now, parentId), id, before)
  return { folders: [{ id, ...named, parentId, position }, ...respaced] }
}

/** Removes a folder. What is in it moves up one, behind what is there. Throws `not_found`; one that is removed already stays so. */
export function planFolderRemoval(now: Arrangement, id: string): Rearrangement {
  if (now.folders.some((one) => one.id === id && one.isDeleted)) return {}
  const { parentId } = folderOf(now, id)
  const favorites = siblingFavorites(now, id).toSorted(inOrder)
  const folders = siblingFolders(now, id).toSorted(inOrder)
  const moved = { favorites: favorites.map((one) => one.id), folders: folders.map((one) => one.id) }
  const lastFavorite = place(siblingFavorites(now, parentId), id, null).position
  const lastFolder = place(siblingFolders(now, parentId), '', null).position
  return {
    folders: [
      { id, isDeleted: true, moved },
      ...folders.map((one, index) => ({ id: one.id, parentId, position: lastFolder + index })),
    ],
    favorites: favorites.map((one, index) => ({ id: one.id, folderId: parentId, position: lastFavorite + index })),
  }
}

/**
 * Brings a removed folder back with what moved up from it and is still there. Its place is outside of all folders where the one above is gone, or
 * lies too deep by now. Throws `not_found` for a folder that is gone for good; one that is there already stays as it is.
 */
export function planFolderRestore(now: Arrangement, id: string): Rearrangement {
  const removed = now.folders.find((one) => one.id === id)
  if (removed === undefined) folderOf(now, id)
  if (removed === undefined || !removed.isDeleted) return {}
  const moved = removed.moved ?? { favorites: [], folders: [] }
  const isThere = (parentId: string | null): boolean =>
    parentId === null || now.folders.some((one) => one.id === parentId && !one.isDeleted)
  const backFolders = moved.folders.filter((child) =>
    now.folders.some((one) => one.id === child && !one.isDeleted && one.parentId === removed.parentId),
  )
  const levels = 1 + Math.max(0, ...backFolders.map((child) => heightOf(now, child)))
  const fits = isThere(removed.parentId) && depthOf(now, removed.parentId) + levels <= deepestFolder
  const backFavorites = moved.favorites.filter((favorite) =>
    now.favorites.some((one) => one.id === favorite && !one.isDeleted && one.folderId === removed.parentId),
  )
  return {
    folders: [
      { id, isDeleted: false, moved: null, parentId: fits ? removed.parentId : null },
      ...backFolders.map((child, index) => ({ id: child, parentId: id, position: index })),
    ],
    favorites: backFavorites.map((favorite, index) => ({ id: favorite, folderId: id, position: index })),
  }
}

/** Moves a favorite. Throws `not_found` for a favorite or folder that is not there. */
export function planFavoriteMove(
  now: Arrangement,
  id: string,
  { folderId, before }: NonNullable<FavoriteChange['place']>,
): Rearrangement {
  if (!now.favorites.some((one) => one.id === id && !one.isDeleted)) throw unknownFavorite()
  if (folderId !== null) folderOf(now, folderId)
  const { position, respaced } = place(siblingFavorites(now, folderId), id, before)
  return { favorites: [{ id, folderId, position }, ...respaced] }
}

/** Removes a favorite, or brings it back; outside of folders where its folder is gone. Throws `not_found`. */
export function planFavoriteRemoval(now: Arrangement, id: string, isDeleted: boolean): Rearrangement {
  const favorite = now.favorites.find((one) => one.id === id)
  if (favorite === undefined) throw unknownFavorite()
  const { folderId } = favorite
  const isThere = now.folders.some((one) => one.id === folderId && !one.isDeleted)
  return { favorites: [{ id, isDeleted, ...(isDeleted || isThere ? {} : { folderId: null }) }] }
}

export const unknownFavorite = () =>
  problem('not_found', 'There is no such favorite.', 'It may have been removed meanwhile. Look at the list again.')
