import type { ORPCError } from '@orpc/server'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Problem } from '../contract/problem.ts'
import type { Caller } from '../core/caller.ts'
import type { Credential } from '../core/people/sessions.ts'
import type { LogScope } from '../core/ports/log-scope.ts'
import { problem } from '../core/problem.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** `leaving`: each answer ends its connection. `closing`: what still comes on one is refused. */
    stage: 'open' | 'leaving' | 'closing'
    logScope: LogScope
  }
  interface FastifyRequest {
    /** Who asks; null for nobody who is signed in. */
    caller: Caller | null
    /** Runs work whose lines of the log carry the ids of the request. What a socket hears comes outside of that. */
    inScope: <T>(work: () => T) => T
  }
}

/** Has each request be served in a scope of the log of its own. Parsing a body leaves it, and the hooks behind that enter it again. */
export function scopeRequests(app: FastifyInstance, scope: LogScope): void {
  app.decorate('logScope', scope)
  app.decorateRequest('inScope', (work) => work())
  app.addHook('onRequest', (request, { raw }, done) => {
    const over = new Promise<void>((resolve) => {
      const lasting = request.headers.upgrade === undefined ? raw : request.raw.socket
      lasting.once('close', resolve)
    })
    const enter = (): void => {
      request.inScope = AsyncLocalStorage.snapshot()
      done()
    }
    scope.within({ requestId: request.id }, enter, over)
  })
  app.addHook('preValidation', (request, _reply, done) => request.inScope(done))
}

/** Who makes a request that comes in this way and brings this; null for nobody who is signed in. */
export type Identify = (door: 'page' | 'api', credential: Credential | null) => Caller | null | Promise<Caller | null>

/** Browsers name the site that a request comes from, and for a socket its origin; other clients name neither. */
export const doorOf = ({ headers }: FastifyRequest): 'page' | 'api' =>
  headers['sec-fetch-site'] === undefined && headers.origin === undefined ? 'api' : 'page'

/** The caller of a request that passed the policies of the server. Throws `signed_out`. */
export function callerOf({ caller }: FastifyRequest): Caller {
  if (caller !== null) return caller
  throw problem('signed_out', 'You are not signed in, or your session has ended.', 'Sign in.')
}

/** Where a person comes back to after a sign-in in their browser: their question, or the settings of the connection. */
export type ReturnTo = 'question' | 'settings'

/** What a REST handler knows of its request. */
export interface RequestContext {
  readonly caller: Caller
  /** Notes the contract's path that the request was for, and the ids in its input. */
  readonly noteRoute: (path: string, input: unknown) => void
  /** Turns whatever a handler threw into the answer's error. */
  readonly present: (error: unknown) => ORPCError<string, unknown>
  /** The problem in whatever was thrown while an answer was streaming; what was not intended is written to the log. */
  readonly presentProblem: (error: unknown) => Problem
  readonly signIn: {
    /** Where an account's sign-in page sends the person back to. */
    readonly redirectUri: string
    /** Has the browser that made this request keep the ticket until then. */
    readonly keepTicket: (ticket: string, returnTo: ReturnTo) => void
  }
}

/** What oRPC declares as optional it always hands over in a server. */
export const noSignal = new AbortController().signal

/** The answer of routes that have nothing to tell but that it is done. */
export async function done(work: Promise<void>): Promise<{ ok: true }> {
  await work
  return { ok: true }
}
