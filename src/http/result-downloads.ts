import { implement } from '@orpc/server'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Readable } from 'node:stream'
import { z } from 'zod'
import { apiPrefix, downloadPaths } from '../contract/api.ts'
import { exportsApi } from '../contract/exports-api.ts'
import { viewParameters } from '../contract/results-api.ts'
import { ExportOrder } from '../contract/result-export.ts'
import { resultMediaTypes } from '../contract/result-file.ts'
import type { ReadyFile } from '../core/results/exports.ts'
import { problem } from '../core/problem.ts'
import type { Services } from '../core/services.ts'
import { parseInput } from './problem-response.ts'
import { callerOf, done, noSignal, type RequestContext } from './request-context.ts'
import type { WatchSignIn } from './watch-sign-in.ts'

/** The handlers of files that are made beside the page. */
export function makeExportRoutes({ exports }: Pick<Services, 'exports'>) {
  const routes = implement(exportsApi).$context<RequestContext>().exports
  return {
    exports: {
      start: routes.start.handler(({ context, input: { turnId, ...order }, signal = noSignal }) =>
        exports.start(context.caller, turnId, order, signal),
      ),
      read: routes.read.handler(({ context, input }) => exports.read(context.caller, input.exportId)),
      remove: routes.remove.handler(({ context, input }) => done(exports.remove(context.caller, input.exportId))),
    },
  }
}

const TurnParams = z.object({ turnId: z.uuid() })
const ExportParams = z.object({ exportId: z.uuid() })

/** Options of a file as they stand in an address. */
const DownloadOptions = z.object({
  format: ExportOrder.shape.format,
  view: ExportOrder.shape.view,
  separator: ExportOrder.shape.separator,
  decimalMark: ExportOrder.shape.decimalMark,
  bom: z.enum(['true', 'false']).default('false'),
  again: z.enum(['true', 'false']).default('false'),
  ...viewParameters,
  columns: z.stringFormat('columns', /^\d{1,5}(?:,\d{1,5})*$/).optional(),
})

interface DownloadNeeds {
  readonly services: Pick<Services, 'exports'>
  readonly watchSignIn: WatchSignIn
}

/**
 * `GET /api/v1/turns/{turnId}/export` makes a file of a result and sends it; a client that leaves, or takes nothing for a while, stops the
 * making, engine included, and the file goes.
 * `GET /api/v1/exports/{exportId}/file` sends one that was made before, whole or the part that `Range` names.
 */
export function addResultDownloads(app: FastifyInstance, { services, watchSignIn }: DownloadNeeds): void {
  // Lengths and parts are those of the file, so that nothing is compressed on the way; a HEAD would make a file for nobody.
  const options = { compress: false, exposeHeadRoute: false } as const
  const { exports } = services

  app.get(apiPrefix + routeOf(downloadPaths.result), options, async (request, reply) => {
    const { turnId } = parseInput(TurnParams, request.params)
    const { bom, again, sort, filter: filters, search, columns, ...asked } = parseInput(DownloadOptions, request.query)
    const shown = {
      sort,
      filters,
      search,
      ...(columns === undefined ? {} : { columns: columns.split(',').map(Number) }),
    }
    const leaving = new AbortController()
    whileRead(request, reply, watchSignIn, () => {
      if (!reply.raw.writableFinished) leaving.abort(clientGone())
    })
    const marks = { byteOrderMark: bom === 'true', again: again === 'true' }
    const order = parseInput(ExportOrder, { ...asked, ...marks, shown })
    const ready = await exports.make(callerOf(request), turnId, order, leaving.signal)
    const { content, bytes } = ready.file
    return await describe(reply, ready)
      .header('content-length', bytes)
      .send(Readable.from(content, { objectMode: false }))
  })

  app.get(apiPrefix + routeOf(downloadPaths.exportFile), options, async (request, reply) => {
    const { exportId } = parseInput(ExportParams, request.params)
    const ready = await exports.open(callerOf(request), exportId)
    const { bytes } = ready.file
    const etag = `"${exportId}"`
    describe(reply, ready).header('accept-ranges', 'bytes').header('etag', etag)
    const range = wantedRange(request.headers, { bytes, etag })
    if (range === 'unsatisfiable') return await reply.code(416).header('content-range', `bytes */${bytes}`).send()
    const { from, to } = range ?? { from: 0, to: bytes }
    if (range !== null) void reply.code(206).header('content-range', `bytes ${from}-${to - 1}/${bytes}`)
    const part = Readable.from(ready.file.read(from, to), { objectMode: false })
    whileRead(request, reply, watchSignIn, () => part.destroy())
    return await reply.header('content-length', to - from).send(part)
  })
}

const routeOf = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ':$1')

/** Ends an answer whose sign-in has ended; `onClose` is called however it ends. */
function whileRead(request: FastifyRequest, reply: FastifyReply, watchSignIn: WatchSignIn, onClose: () => void): void {
  const unwatch = watchSignIn(request, (news) => {
    if (news === 'ended') reply.raw.destroy()
  })
  reply.raw.once('close', () => {
    unwatch()
    onClose()
  })
}

const clientGone = () => problem('interrupted', 'Nobody waits for the file any more.', 'Start the export again.')

/** Type and name of the file. Old clients read `filename`, in ASCII; others `filename*` (RFC 6266). */
function describe(reply: FastifyReply, { fileName, form }: ReadyFile): FastifyReply {
  const plain = fileName.normalize('NFKD').replaceAll(/[^\x20-\x7e]|["\\%]/g, '_')
  const encoded = encodeURIComponent(fileName).replaceAll(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return reply
    .type(resultMediaTypes[form.format])
    .header('content-disposition', `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`)
}

/**
 * The one part of a file that is asked for (RFC 9110, 14): positions from, and to without the last. Null for the whole file, which several parts and
 * a file that has changed since (`If-Range`) also get.
 */
function wantedRange(
  { range, 'if-range': ifRange }: FastifyRequest['headers'],
  { bytes, etag }: { readonly bytes: number; readonly etag: string },
): { readonly from: number; readonly to: number } | 'unsatisfiable' | null {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(range ?? '') ?? []
  if ((first === '' && last === '') || (ifRange !== undefined && ifRange !== etag)) return null
  const from = first === '' ? Math.max(0, bytes - Number(last)) : Number(first)
  const to = first === '' || last === '' ? bytes : Math.min(bytes, Number(last) + 1)
  if (first !== '' && last !== '' && Number(last) < Number(first)) return null
  return from < to ? { from, to } : 'unsatisfiable'
}
