import { implement } from '@orpc/server'
import type { FastifyInstance } from 'fastify'
import { Readable } from 'node:stream'
import { z } from 'zod'
import { apiPrefix, downloadPaths } from '../contract/api.ts'
import { favoritesApi } from '../contract/favorites-api.ts'
import type { Services } from '../core/services.ts'
import { parseInput } from './problem-response.ts'
import { callerOf, done, type RequestContext } from './request-context.ts'

const { read: _read, ...keeping } = favoritesApi.favorites
const steering = { ...favoritesApi, favorites: keeping }

/** The handlers of favorites, their folders and verified queries, without what a favorite keeps of its result: see `addFavoriteReading`. */
export function makeFavoriteRoutes({ favorites, verified }: Pick<Services, 'favorites' | 'verified'>) {
  const routes = implement(steering).$context<RequestContext>()
  const { favorites: one, folders } = routes
  return {
    favorites: {
      list: one.list.handler(({ context, input }) => favorites.list(context.caller, input)),
      make: one.make.handler(({ context, input }) => favorites.make(context.caller, input)),
      change: one.change.handler(({ context, input: { favoriteId, ...change } }) =>
        favorites.change(context.caller, favoriteId, change),
      ),
      remove: one.remove.handler(({ context, input }) => done(favorites.remove(context.caller, input.favoriteId))),
      restore: one.restore.handler(({ context, input }) => favorites.restore(context.caller, input.favoriteId)),
      duplicate: one.duplicate.handler(({ context, input }) => favorites.duplicate(context.caller, input.favoriteId)),
      run: one.run.handler(({ context, input: { favoriteId, ...asked } }) =>
        favorites.run(context.caller, favoriteId, asked),
      ),
      compare: one.compare.handler(({ context, input: { favoriteId, turnId, ...order } }) =>
        favorites.compare(context.caller, favoriteId, turnId, order),
      ),
      keep: one.keep.handler(({ context, input: { favoriteId, turnId } }) =>
        favorites.keep(context.caller, favoriteId, turnId),
      ),
      share: one.share.handler(({ context, input: { favoriteId, groupId, withRows } }) =>
        favorites.share(context.caller, favoriteId, groupId, withRows),
      ),
      unshare: one.unshare.handler(({ context, input: { favoriteId, groupId } }) =>
        favorites.unshare(context.caller, favoriteId, groupId),
      ),
      verify: one.verify.handler(({ context, input: { favoriteId, question } }) =>
        favorites.verify(context.caller, favoriteId, question),
      ),
      unverify: one.unverify.handler(({ context, input }) => favorites.unverify(context.caller, input.favoriteId)),
      shared: one.shared.handler(async ({ context }) => [...(await favorites.listShared(context.caller))]),
    },
    verifiedQueries: routes.verifiedQueries.handler(async ({ context, input: { connection = null } }) => [
      ...(await verified.list(context.caller, connection)),
    ]),
    folders: {
      list: folders.list.handler(async ({ context }) => [...(await favorites.listFolders(context.caller))]),
      make: folders.make.handler(({ context, input }) => favorites.makeFolder(context.caller, input)),
      change: folders.change.handler(({ context, input: { folderId, ...change } }) =>
        favorites.changeFolder(context.caller, folderId, change),
      ),
      remove: folders.remove.handler(({ context, input }) =>
        done(favorites.removeFolder(context.caller, input.folderId)),
      ),
      restore: folders.restore.handler(({ context, input }) => favorites.restoreFolder(context.caller, input.folderId)),
    },
  }
}

const FavoriteParams = z.object({ favoriteId: z.uuid() })
const Asked = z.object({ connection: z.string().max(300).optional() })

/**
 * `GET /api/v1/favorites/{favoriteId}` answers a favorite with what it keeps of its result, which passes through as the text it is stored as.
 * `GET /api/v1/verified-queries/export` answers a file for `floe eval`.
 */
export function addFavoriteReading(
  app: FastifyInstance,
  { favorites, verified }: Pick<Services, 'favorites' | 'verified'>,
): void {
  app.get(`${apiPrefix}/favorites/:favoriteId`, async (request, reply) => {
    const { favoriteId } = parseInput(FavoriteParams, request.params)
    const { favorite, events } = await favorites.open(callerOf(request), favoriteId)
    const text = async function* (): AsyncGenerator<string> {
      yield `{"favorite":${JSON.stringify(favorite)},"events":[`
      let before = ''
      for await (const json of events) {
        yield before + json
        before = ','
      }
      yield ']}'
    }
    return reply.type('application/json; charset=utf-8').send(Readable.from(text()))
  })

  app.get(apiPrefix + downloadPaths.verifiedQueries, async (request, reply) => {
    const { connection = null } = parseInput(Asked, request.query)
    const text = await verified.export(callerOf(request), connection)
    return await reply
      .type('application/x-ndjson; charset=utf-8')
      .header('content-disposition', 'attachment; filename="floe-verified-queries.jsonl"')
      .send(text)
  })
}
