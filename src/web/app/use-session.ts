import { useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query'
import { useCallback, useEffect, useRef } from 'react'
import { useStore } from 'zustand'
import type { Me } from '../../contract/people.ts'
import { serverPath } from '../transport/server-address.ts'
import { forget } from '../turns/browser-storage.ts'
import { usePageServices, useWorkspaceState } from './page-context.ts'

/** The person who asks. */
export function useMe(): UseQueryResult<Me> {
  const { api } = usePageServices()
  return useQuery({
    queryKey: ['me'],
    queryFn: ({ signal }) => api.me.read(undefined, { signal }),
    staleTime: 5 * 60_000,
  })
}

/** Whether the session has ended while the page is open, and whether the person left on purpose. */
export function useSessionState() {
  return useStore(usePageServices().session)
}

/** Leaves the page of a person who has signed out: nothing of theirs stays in this document. */
export function useLeave(): () => void {
  const { session } = usePageServices()
  const queries = useQueryClient()
  return useCallback(() => {
    session.setState({ isLeaving: true })
    queries.clear()
    forget(sessionStorage)
    forget(localStorage)
    location.replace(`${serverPath()}/`)
  }, [session, queries])
}

/**
 * Looks again who is signed in where that may have changed: when the person comes back to this tab, perhaps from signing in in
 * another, and when a broken line is back. Where it is the same person again, the page goes on where it was.
 */
export function useReturn({ data: known, refetch }: Pick<UseQueryResult<Me>, 'data' | 'refetch'>): void {
  const { session, workspace } = usePageServices()
  const queries = useQueryClient()
  const link = useWorkspaceState(({ link }) => link)
  const linkBefore = useRef(link)
  useEffect(() => {
    const wasBroken = linkBefore.current === 'reconnecting' || linkBefore.current === 'signed_out'
    linkBefore.current = link
    if (wasBroken && link === 'open') void refetch()
  }, [link, refetch])
  useEffect(() => {
    const look = async (): Promise<void> => {
      if (document.visibilityState !== 'visible' || !session.getState().isSignedOut) return
      const { isSuccess } = await refetch()
      if (!isSuccess) return
      session.setState({ isSignedOut: false })
      workspace.hurry()
      await queries.invalidateQueries()
    }
    const onVisible = (): void => void look()
    document.addEventListener('visibilitychange', onVisible)
    return () => document.removeEventListener('visibilitychange', onVisible)
  }, [session, workspace, queries, refetch])
  useOnePerson(known?.id)
}

/** Where a browser keeps whose page it was. */
export const personKey = 'floe.person'

/** What a browser keeps of one person is not shown to the next who signs in there. */
function useOnePerson(id: string | undefined): void {
  const { preferences, workspace } = usePageServices()
  useEffect(() => {
    if (id === undefined) return
    let isAnother = false
    for (const storage of [sessionStorage, localStorage]) {
      const before = storage.getItem(personKey)
      if (before !== null && before !== id) {
        forget(storage)
        isAnother = true
      }
      storage.setItem(personKey, id)
    }
    if (isAnother) return location.reload()
    preferences.keepFor(id)
    workspace.recallUnsent()
  }, [id, preferences, workspace])
}
