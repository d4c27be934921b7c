import { Readable } from 'node:stream'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import { ZipFile } from 'yazl'
import { z } from 'zod'
import { apiPrefix, downloadPaths } from '../contract/api.ts'
import { AuditFormat, AuditWords } from '../contract/audit.ts'
import type { ExportedFile } from '../core/people/export-person.ts'
import { problem } from '../core/problem.ts'
import type { Services } from '../core/services.ts'
import { parseInput } from './problem-response.ts'
import { callerOf } from './request-context.ts'
import type { WatchSignIn } from './watch-sign-in.ts'

interface PersonExportNeeds {
  readonly services: Services
  readonly watchSignIn: WatchSignIn
}

/**
 * `GET /api/v1/me/export`: everything of the person who asks as a zip, written while it is read. A reading that breaks leaves the archive
 * without its end, which every program that opens it notices.
 */
export function addPersonExport(app: FastifyInstance, { services, watchSignIn }: PersonExportNeeds): void {
  const underWay = new Set<string>()
  app.get(apiPrefix + downloadPaths.person, async (request, reply) => {
    const caller = callerOf(request)
    if (underWay.has(caller.userId))
      throw problem('too_busy', 'An export of yours is already on its way.', 'Wait until it is done, or stop it first.')
    underWay.add(caller.userId)
    const unwatch = watchSignIn(request, (news) => {
      if (news === 'ended') reply.raw.destroy()
    })
    reply.raw.once('close', () => {
      unwatch()
      underWay.delete(caller.userId)
    })
    const files = await services.exportPerson(caller)
    const day = new Date().toISOString().slice(0, 10)
    return await reply
      .type('application/zip')
      .header('content-disposition', `attachment; filename="floe-${day}.zip"`)
      .send(zip(files, request.log))
  })
}

/** The files as one archive. Each is read once the one before is written, and no faster than the archive is taken. */
function zip(files: readonly ExportedFile[], log: FastifyBaseLogger): Readable {
  const archive = new ZipFile()
  const output = new Readable({ read: () => undefined }).wrap(archive.outputStream)
  let current: Readable | null = null
  const fail = (error: Error): void => {
    log.error({ err: error }, 'an export broke')
    output.destroy(error)
  }
  archive.on('error', fail)
  for (const file of files)
    archive.addReadStreamLazy(file.name, (take) => {
      if (output.destroyed) return
      current = Readable.from(file.text)
      current.once('error', fail)
      take(null, current)
    })
  archive.end()
  output.once('close', () => current?.destroy())
  return output
}

const Asked = z.object({ q: AuditWords, format: z._default(AuditFormat, 'csv') })
const mediaTypes: Readonly<Record<AuditFormat, string>> = {
  csv: 'text/csv; charset=utf-8',
  ndjson: 'application/x-ndjson; charset=utf-8',
}

/** `GET /api/v1/audit/export`: the audit as a file, written while it is read. A reading that breaks leaves the answer without its end. */
export function addAuditDownload(app: FastifyInstance, { people }: Pick<Services, 'people'>): void {
  app.get(apiPrefix + downloadPaths.audit, async (request, reply) => {
    const { q: words, format } = parseInput(Asked, request.query)
    const text = await people.audit.export(callerOf(request), { words, format })
    return await reply
      .type(mediaTypes[format])
      .header(
        'content-disposition',
        `attachment; filename="floe-audit-${new Date().toISOString().slice(0, 10)}.${format}"`,
      )
      .send(Readable.from(text))
  })
}
