import type { FastifyReply, FastifyRequest } from 'fastify'

/** With https the prefix has the browser see to it that no other host or path set the cookie. */
const nameOf = (name: string, isSecure: boolean): string => (isSecure ? `__Host-${name}` : name)

/** Has the browser keep a value that scripts cannot read, for `maxAge` seconds. */
export function setCookie(
  reply: FastifyReply,
  name: string,
  value: string,
  { maxAge, isSecure }: { readonly maxAge: number; readonly isSecure: boolean },
): void {
  // Lax, because the browser comes back from the sign-in page of another site.
  const attributes = `Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`
  void reply.header('set-cookie', `${nameOf(name, isSecure)}=${value}; ${attributes}`)
}

/** What the browser keeps under a name; empty where it has none, or two, of which one cannot be ours. */
export function readCookie({ headers }: FastifyRequest, name: string, isSecure: boolean): string {
  const start = `${nameOf(name, isSecure)}=`
  const found = (headers.cookie ?? '')
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part.startsWith(start))
  return found.length === 1 ? (found[0] ?? '').slice(start.length) : ''
}
