import type { FastifyRequest } from 'fastify'

/** The origin a person sees this server under; requests with a foreign Host were refused before. What a proxy forwards as a host was not looked at. */
export const ownOrigin = ({ headers }: FastifyRequest, publicUrl: string | null): string =>
  publicUrl === null ? `http://${headers.host ?? ''}` : new URL(publicUrl).origin

/** The path that this server lies under where it shares its host with others, without a slash at its end; empty for a host of its own. */
export const ownPath = (publicUrl: string | null): string =>
  publicUrl === null ? '' : new URL(publicUrl).pathname.replace(/\/+$/, '')

/** An address below `path` as the server's own routes know it. Proxies take the path off, or leave it on. */
export function withoutPath(url: string, path: string): string {
  if (path === '' || !url.startsWith(path)) return url
  const rest = url.slice(path.length)
  return rest === '' || rest.startsWith('?') ? `/${rest}` : rest.startsWith('/') ? rest : url
}
