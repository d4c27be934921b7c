import { oc } from '@orpc/contract'
import * as z from 'zod/mini'
import { ChangesOrder, ResultChanges } from './comparison.ts'
import {
  Favorite,
  FavoriteChange,
  FavoriteFolder,
  FavoriteOrder,
  FavoritePage,
  FolderChange,
  NewFavorite,
  NewFolder,
  OpenedFavorite,
  RunFavorite,
  SharedFavorite,
  VerifiedQuery,
} from './favorites.ts'
import { ok, problems } from './route-parts.ts'

const oneFavorite = z.object({ favoriteId: z.uuid() })
const oneFolder = z.object({ folderId: z.uuid() })
const one = '/favorites/{favoriteId}'

/** Queries that people keep, and their folders. What is not the caller's, nor shared with them, is `not_found`. */
export const favoritesApi = {
  favorites: {
    list: oc.route({ method: 'GET', path: '/favorites' }).input(FavoriteOrder).errors(problems).output(FavoritePage),
    make: oc
      .route({ method: 'POST', path: '/favorites', successStatus: 201 })
      .input(NewFavorite)
      .errors(problems)
      .output(Favorite),
    read: oc.route({ method: 'GET', path: one }).input(oneFavorite).errors(problems).output(OpenedFavorite),
    change: oc
      .route({ method: 'PATCH', path: one })
      .input(z.extend(FavoriteChange, oneFavorite.shape))
      .errors(problems)
      .output(Favorite),
    /** Can be undone with `restore` for a day. */
    remove: oc.route({ method: 'DELETE', path: one }).input(oneFavorite).errors(problems).output(ok),
    restore: oc
      .route({ method: 'POST', path: `${one}/restore` })
      .input(oneFavorite)
      .errors(problems)
      .output(Favorite),
    /** A copy of one's own, also of a favorite that is shared with the caller. */
    duplicate: oc
      .route({ method: 'POST', path: `${one}/duplicate`, successStatus: 201 })
      .input(oneFavorite)
      .errors(problems)
      .output(Favorite),
    /** Asks its query anew, as the caller; the answer names the turn to follow. */
    run: oc
      .route({ method: 'POST', path: `${one}/run` })
      .input(z.extend(RunFavorite, oneFavorite.shape))
      .errors(problems)
      .output(z.object({ turnId: z.uuid(), conversationId: z.uuid(), sql: z.string() })),
    /** What a run of the caller brought that the kept result did not. */
    compare: oc
      .route({ method: 'GET', path: `${one}/changes/{turnId}` })
      .input(z.extend(ChangesOrder, { ...oneFavorite.shape, turnId: z.uuid() }))
      .errors(problems)
      .output(ResultChanges),
    /** Keeps the result of one's own run instead of the one that was kept. */
    keep: oc
      .route({ method: 'PUT', path: `${one}/result` })
      .input(z.extend(oneFavorite, { turnId: z.uuid() }))
      .errors(problems)
      .output(Favorite),
    share: oc
      .route({ method: 'PUT', path: `${one}/shares/{groupId}` })
      .input(z.extend(oneFavorite, { groupId: z.uuid(), withRows: z._default(z.boolean(), false) }))
      .errors(problems)
      .output(Favorite),
    unshare: oc
      .route({ method: 'DELETE', path: `${one}/shares/{groupId}` })
      .input(z.extend(oneFavorite, { groupId: z.uuid() }))
      .errors(problems)
      .output(Favorite),
    /** Vouches for it: the question is answered with this query from now on. */
    verify: oc
      .route({ method: 'PUT', path: `${one}/verified` })
      .input(z.extend(oneFavorite, { question: z.string().check(z.trim(), z.minLength(1), z.maxLength(8_000)) }))
      .errors(problems)
      .output(Favorite),
    unverify: oc
      .route({ method: 'DELETE', path: `${one}/verified` })
      .input(oneFavorite)
      .errors(problems)
      .output(Favorite),
    /** Those that others share with the caller's groups, newest first. */
    shared: oc.route({ method: 'GET', path: '/shared-favorites' }).errors(problems).output(z.array(SharedFavorite)),
  },
  verifiedQueries: oc
    .route({ method: 'GET', path: '/verified-queries' })
    .input(z.object({ connection: z.optional(z.string().check(z.maxLength(300))) }))
    .errors(problems)
    .output(z.array(VerifiedQuery)),
  folders: {
    list: oc.route({ method: 'GET', path: '/folders' }).errors(problems).output(z.array(FavoriteFolder)),
    make: oc
      .route({ method: 'POST', path: '/folders', successStatus: 201 })
      .input(NewFolder)
      .errors(problems)
      .output(FavoriteFolder),
    change: oc
      .route({ method: 'PATCH', path: '/folders/{folderId}' })
      .input(z.extend(FolderChange, oneFolder.shape))
      .errors(problems)
      .output(FavoriteFolder),
    /** What is in it moves up one; can be undone with `restore` for a day. */
    remove: oc.route({ method: 'DELETE', path: '/folders/{folderId}' }).input(oneFolder).errors(problems).output(ok),
    restore: oc
      .route({ method: 'POST', path: '/folders/{folderId}/restore' })
      .input(oneFolder)
      .errors(problems)
      .output(FavoriteFolder),
  },
}
