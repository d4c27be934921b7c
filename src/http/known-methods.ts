import { traverseContractProcedures } from '@orpc/server'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { apiPrefix } from '../contract/api.ts'
import { api } from '../contract/routes.ts'
import { problem } from '../core/problem.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** The methods that an address takes, as `Allow` lists them; none for an address that leads nowhere. */
    methodsAt: (url: string) => readonly string[]
  }
}

/**
 * Has the server know which methods each address takes: those of the REST contract, and of every route that is added after this. Other methods
 * are answered 405 and OPTIONS 204, both with `Allow` (RFC 9110, 10.2.1).
 */
export function knowMethods(app: FastifyInstance): void {
  const known = new Map<string, Set<string>>()
  const note = (path: string, methods: readonly string[]): void => {
    const all = known.get(path) ?? new Set<string>()
    for (const method of methods) all.add(method)
    known.set(path, all)
  }
  traverseContractProcedures({ router: api, path: [] }, ({ contract }) => {
    const { method = 'POST', path = '' } = contract['~orpc'].route
    note(apiPrefix + path.replaceAll(/\{(\w+)\}/g, ':$1'), method === 'GET' ? ['GET', 'HEAD'] : [method])
  })
  app.addHook('onRoute', ({ url, method }) => {
    // What stands below a wildcard is told by other means.
    if (!url.endsWith('*')) note(url, [method].flat())
  })
  let patterns: readonly (readonly [pattern: RegExp, methods: ReadonlySet<string>])[] = []
  app.addHook('onReady', (done) => {
    patterns = [...known].map(([path, methods]) => [patternOf(path), methods] as const)
    done()
  })
  app.decorate('methodsAt', (url) => {
    const [path = ''] = url.split('?')
    const methods = new Set(patterns.flatMap(([pattern, each]) => (pattern.test(path) ? [...each] : [])))
    return methods.size === 0 ? [] : [...methods.add('OPTIONS')].toSorted()
  })
}

const patternOf = (path: string): RegExp => {
  const parts = path.split('/').map((part) => (part.startsWith(':') ? '[^/]+' : part.replaceAll('.', '\\.')))
  return new RegExp(`^${parts.join('/')}$`)
}

/** Answers OPTIONS at an address that leads somewhere; false elsewhere. */
export function answerOptions({ server, url }: FastifyRequest, reply: FastifyReply): boolean {
  const methods = server.methodsAt(url)
  if (methods.length === 0) return false
  void reply.code(204).header('allow', methods.join(', ')).send()
  return true
}

/** The refusal of a request that no route takes: 405 with `Allow` where its address takes other methods, else `not_found`. */
export function refuseAddress({ server, method, url }: FastifyRequest, reply: FastifyReply): Error {
  const methods = server.methodsAt(url)
  if (methods.length > 0 && !methods.includes(method)) {
    void reply.header('allow', methods.join(', '))
    return Object.assign(new Error(`${method} is not allowed there`), { statusCode: 405 })
  }
  const message = `There is nothing at ${method} ${url.split('?')[0] ?? ''}.`
  return problem('not_found', message, 'See /api/docs for what there is.')
}
