import type { FastifyRequest } from 'fastify'
import type { Sessions } from '../core/people/sessions.ts'
import { callerOf, doorOf, type Identify } from './request-context.ts'
import { readCredential } from './sign-in-routes.ts'

interface WatchNeeds {
  readonly sessions: Pick<Sessions, 'watch'>
  readonly identify: Identify
  readonly publicUrl: string | null
  /** How often the store is asked, in case that the news from another copy was lost. */
  readonly everyMs: number
}

/**
 * Calls back once when the session or token that a long-lived request came with holds no longer (`ended`), or before that when the rights
 * of its person have changed. The returned function ends the watching.
 */
export type WatchSignIn = (request: FastifyRequest, onNews: (news: 'ended' | 'changed') => void) => () => void

/** Makes the watch over the sign-ins of sockets and event streams. */
export function makeSignInWatch({ sessions, identify, publicUrl, everyMs }: WatchNeeds): WatchSignIn {
  return (request, onNews) => {
    let isOver = false
    const end = (): void => {
      isOver = true
      unwatch()
      clearInterval(timer)
    }
    const tell = (news: 'ended' | 'changed'): void => {
      if (isOver) return
      if (news === 'ended') end()
      onNews(news)
    }
    const check = async (): Promise<void> => {
      const caller = await identify(doorOf(request), readCredential(request, publicUrl))
      if (caller === null) tell('ended')
    }
    const unwatch = sessions.watch(callerOf(request), tell)
    const timer = setInterval(() => {
      // A store that does not answer says nothing about the session.
      check().catch((error: unknown) => request.log.warn({ err: error }, 'a session could not be checked'))
    }, everyMs)
    return end
  }
}
