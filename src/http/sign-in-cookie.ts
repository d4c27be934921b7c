import type { FastifyReply, FastifyRequest } from 'fastify'

/** How long a person may take on the account's own sign-in page; the ticket inside ends by itself, too. */
const maxAgeSeconds = 15 * 60

/** With https the prefix has the browser see to it that no other host or path set the cookie. */
const nameOf = (isSecure: boolean): string => (isSecure ? '__Host-floe-sign-in' : 'floe-sign-in')

/** Has the browser keep the ticket of a sign-in that was started there. */
export function keepTicket(reply: FastifyReply, ticket: string, isSecure: boolean): void {
  void reply.header('set-cookie', cookie(nameOf(isSecure), ticket, maxAgeSeconds, isSecure))
}

export function forgetTicket(reply: FastifyReply, isSecure: boolean): void {
  void reply.header('set-cookie', cookie(nameOf(isSecure), '', 0, isSecure))
}

/** The ticket the browser kept; empty where it has none. */
export function readTicket({ headers }: FastifyRequest, isSecure: boolean): string {
  const start = `${nameOf(isSecure)}=`
  const pair = (headers.cookie ?? '').split(';').find((part) => part.trim().startsWith(start))
  return pair?.trim().slice(start.length) ?? ''
}

// Lax, because the browser comes back from another site.
const cookie = (name: string, value: string, maxAge: number, isSecure: boolean): string =>
  `${name}=${value}; Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`
