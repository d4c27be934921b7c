import type { FastifyInstance } from 'fastify'
import { Readable } from 'node:stream'
import { z } from 'zod'
import { apiPrefix, downloadPaths } from '../contract/api.ts'
import { AuditFormat, AuditWords } from '../contract/audit.ts'
import type { Services } from '../core/services.ts'
import { parseInput } from './problem-response.ts'
import { callerOf } from './request-context.ts'

const Asked = z.object({ q: AuditWords, format: AuditFormat.default('csv') })
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
