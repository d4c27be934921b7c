import type { FastifyInstance } from 'fastify'
import type { OpenAPI } from '@orpc/openapi'
import { apiPrefix } from '../contract/api.ts'
import { docsStyle, renderDocs } from './docs-page.ts'

/** `/api/v1/openapi.json` for programs, `/api/docs` for people; the document is made when first asked for. */
export function addDocsRoutes(app: FastifyInstance, version: string): void {
  let made: Promise<OpenAPI.Document> | null = null
  // Loaded with the first request as well: what makes the document is large, and hardly ever needed.
  const make = async () => (await import('./openapi.ts')).describeApi(version)
  const document = (): Promise<OpenAPI.Document> => (made ??= make())

  app.get(`${apiPrefix}/openapi.json`, async () => await document())
  app.get('/api/docs', async (_request, reply) => reply.type('text/html').send(renderDocs(await document())))
  app.get('/api/docs/style.css', (_request, reply) => reply.type('text/css').send(docsStyle))
}
