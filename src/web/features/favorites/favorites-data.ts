import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { FavoriteFolder, FavoriteSummary } from '../../../contract/favorites.ts'
import type { ApiClient } from '../../transport/api-client.ts'
import { problemOf } from '../../transport/channel.ts'
import { favoritesNews, useConversationChanges } from '../../turns/conversation-changes.ts'
import { useToast } from '../../ui/toasts.tsx'

/** What is fetched again once a favorite or a folder has changed, here or elsewhere. */
export const favoritesKey = ['favorites'] as const

/** Everything a person keeps, in order. */
export interface KeptThings {
  readonly favorites: readonly FavoriteSummary[]
  readonly folders: readonly FavoriteFolder[]
}

/** What the person keeps; drawn anew whenever another tab or device has changed it. */
export function useKeptThings(api: ApiClient) {
  const queries = useQueryClient()
  useConversationChanges(() => void queries.invalidateQueries({ queryKey: favoritesKey }), favoritesNews)
  return useQuery({
    queryKey: [...favoritesKey, 'all'],
    queryFn: async ({ signal }): Promise<KeptThings> => {
      const folders = await api.folders.list(undefined, { signal })
      const favorites: FavoriteSummary[] = []
      for (let cursor: string | undefined; ;) {
        const page = await api.favorites.list({ limit: 200, ...(cursor === undefined ? {} : { cursor }) }, { signal })
        favorites.push(...page.favorites)
        if (page.next === null) return { favorites, folders }
        cursor = page.next
      }
    },
  })
}

/** Changes something, says so with a way back, and has everything fetched again. A refusal is said as well. */
export function useChange() {
  const queries = useQueryClient()
  const toast = useToast()
  return useMutation({
    mutationFn: async (change: {
      readonly work: () => Promise<unknown>
      readonly said?: string
      readonly undo?: () => Promise<unknown>
    }) => {
      await change.work()
      await queries.invalidateQueries({ queryKey: favoritesKey })
      const { said, undo } = change
      if (said === undefined) return
      if (undo === undefined) toast({ text: said })
      else
        toast({
          text: said,
          undo: async () => {
            await undo()
            await queries.invalidateQueries({ queryKey: favoritesKey })
          },
        })
    },
    onError: (error) => {
      const { message, action } = problemOf(error)
      toast({ text: `${message} ${action}` })
    },
  })
}

/** A row of the tree: a folder or a favorite, and how deep it lies. */
export type TreeRow = { readonly id: string; readonly level: number } & (
  | { readonly kind: 'folder'; readonly folder: FavoriteFolder; readonly isOpen: boolean }
  | { readonly kind: 'favorite'; readonly favorite: FavoriteSummary }
)

/** The rows to show: folders first, each with what is in it while it is open. */
export function treeRows(
  { favorites, folders }: KeptThings,
  closed: ReadonlySet<string>,
  parentId: string | null = null,
  level = 1,
): readonly TreeRow[] {
  const inside = folders.filter((folder) => folder.parentId === parentId)
  const own = favorites.filter((favorite) => favorite.folderId === parentId)
  return [
    ...inside.flatMap((folder): readonly TreeRow[] => {
      const isOpen = !closed.has(folder.id)
      const row: TreeRow = { id: folder.id, level, kind: 'folder', folder, isOpen }
      return isOpen ? [row, ...treeRows({ favorites, folders }, closed, folder.id, level + 1)] : [row]
    }),
    ...own.map((favorite): TreeRow => ({ id: favorite.id, level, kind: 'favorite', favorite })),
  ]
}

/** Where a row lies: in which folder, and in front of which row of its kind; null for none, and for the end. */
export interface Place {
  readonly parentId: string | null
  readonly before: string | null
}

export const moveRow = (api: ApiClient, row: TreeRow, { parentId, before }: Place): Promise<unknown> =>
  row.kind === 'folder'
    ? api.folders.change({ folderId: row.id, place: { parentId, before } })
    : api.favorites.change({ favoriteId: row.id, place: { folderId: parentId, before } })

export const parentOf = (row: TreeRow): string | null =>
  row.kind === 'folder' ? row.folder.parentId : row.favorite.folderId

/** The rows of a kind that lie in a folder, in their order. */
const idsIn = ({ folders, favorites }: KeptThings, kind: TreeRow['kind'], parentId: string | null): readonly string[] =>
  (kind === 'folder'
    ? folders.filter((one) => one.parentId === parentId)
    : favorites.filter((one) => one.folderId === parentId)
  ).map(({ id }) => id)

/** Where a row lies now, to put it back there. */
export function placeOf(things: KeptThings, row: TreeRow): Place {
  const parentId = parentOf(row)
  const siblings = idsIn(things, row.kind, parentId)
  return { parentId, before: siblings[siblings.indexOf(row.id) + 1] ?? null }
}

/** Where a row goes that moves one up or down among its siblings; null where it is at that end already. */
export function stepOf(things: KeptThings, row: TreeRow, by: -1 | 1): Place | null {
  const parentId = parentOf(row)
  const siblings = idsIn(things, row.kind, parentId)
  const at = siblings.indexOf(row.id)
  if (siblings[at + by] === undefined) return null
  return { parentId, before: (by < 0 ? siblings[at - 1] : siblings[at + 2]) ?? null }
}

/** The part of a row that something is dropped on. */
export type DropPart = 'before' | 'into' | 'after'

/** Where a row goes that is dropped on another one; null where it cannot go there, or is there already. */
export function dropPlace(things: KeptThings, dragged: TreeRow, target: TreeRow, part: DropPart): Place | null {
  const isInto = target.kind === 'folder' && (dragged.kind === 'favorite' || part === 'into')
  if (!isInto && dragged.kind !== target.kind) return null
  const parentId = isInto ? target.id : parentOf(target)
  if (dragged.id === target.id || isWithin(things, parentId, dragged.id)) return null
  const others = idsIn(things, dragged.kind, parentId).filter((id) => id !== dragged.id)
  const next = part === 'before' ? target.id : (others[others.indexOf(target.id) + 1] ?? null)
  const place = { parentId, before: isInto ? null : next }
  const now = placeOf(things, dragged)
  return place.parentId === now.parentId && place.before === now.before ? null : place
}

/** Whether a folder is another one, or lies anywhere within it. */
const isWithin = (things: KeptThings, folderId: string | null, outer: string): boolean =>
  folderId !== null &&
  (folderId === outer || isWithin(things, things.folders.find(({ id }) => id === folderId)?.parentId ?? null, outer))
