import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { problem } from '../core/problem.ts'
import { unknownAddress } from './rest-routes.ts'

const programPaths = /^\/(?:api|mcp|healthz|readyz|metrics|assets)(?:\/|\?|$)/
const hashedFile = /\/assets\/[^/]+-[\w-]{8,}\.\w+(?:\.(?:br|gz))?$/

/**
 * Serves the built page from `webRoot`: files with a hash in their name for ever, the rest checked anew each time, and the
 * page itself for every address that a browser navigates to. Without `webRoot` there is no page, only the API.
 */
export async function addStaticSite(app: FastifyInstance, webRoot: string | null): Promise<void> {
  if (webRoot !== null) {
    await app.register(fastifyStatic, {
      root: webRoot,
      preCompressed: true,
      cacheControl: false,
      dotfiles: 'ignore',
      index: ['index.html'],
      setHeaders: (reply, path) => {
        const isHashed = hashedFile.test(path.replaceAll('\\', '/'))
        void reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache')
      },
    })
  }
  app.setNotFoundHandler(async (request, reply) => {
    if (!isNavigation(request)) throw unknownAddress(request.method, request.url)
    if (webRoot === null)
      throw problem('not_found', 'This server was started without its page.', 'Build it with `npm run build`.')
    return await reply.sendFile('index.html')
  })
}

const isNavigation = ({ method, url, headers }: FastifyRequest): boolean =>
  (method === 'GET' || method === 'HEAD') && !programPaths.test(url) && (headers.accept ?? '').includes('text/html')
