import type { ORPCError } from '@orpc/server'
import type { FastifyRequest } from 'fastify'
import type { Caller } from '../core/caller.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; null until the request has been identified. */
    caller: Caller | null
  }
}

/** Who makes a request of this kind. */
export type Identify = (door: 'page' | 'api') => Caller

/** Browsers name the site that a request comes from; other clients do not. */
export const doorOf = ({ headers }: FastifyRequest): 'page' | 'api' =>
  headers['sec-fetch-site'] === undefined ? 'api' : 'page'

/** The caller of a request that passed the policies of the server. */
export function callerOf({ caller }: FastifyRequest): Caller {
  if (caller === null) throw new Error('The request was handled before its caller was identified.')
  return caller
}

/** What a REST handler knows of its request. */
export interface RequestContext {
  readonly caller: Caller
  /** Turns whatever a handler threw into the answer's error. */
  readonly present: (error: unknown) => ORPCError<string, unknown>
  readonly signIn: {
    /** Where an account's sign-in page sends the person back to. */
    readonly redirectUri: string
    /** Has the browser that made this request keep the ticket until then. */
    readonly keepTicket: (ticket: string) => void
  }
}
