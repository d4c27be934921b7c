import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import type { AppInfo } from '../../contract/api.ts'
import type { ProblemCode } from '../../contract/problem.ts'
import { useApi } from './page-context.ts'

const staleTime = 5 * 60_000

/** What the page needs to know before the first question. */
export function useAppInfo() {
  const api = useApi()
  return useQuery({ queryKey: ['app'], queryFn: ({ signal }) => api.app(undefined, { signal }), staleTime })
}

/** Questions to start with for a connection: the first one's come with the app's own facts, another's are fetched once it is chosen. */
export function useStarters(info: AppInfo | undefined, connection: string): readonly string[] {
  const api = useApi()
  const isFirst = info === undefined || connection === info.connections[0]?.ref
  const other = useQuery({
    queryKey: ['starters', connection],
    queryFn: ({ signal }) => api.starters({ connection }, { signal }),
    enabled: !isFirst,
    staleTime,
  })
  return (isFirst ? info?.starters : other.data) ?? []
}

/** A question that failed for want of a sign-in shows that the connection has changed since it was listed. */
export function useAppInfoAfter(code: ProblemCode | undefined): void {
  const client = useQueryClient()
  useEffect(() => {
    if (code === 'sign_in_needed') void client.invalidateQueries({ queryKey: ['app'] })
  }, [client, code])
}

/** What a connection is called, engine and sharer included; its reference where nothing more is known. */
export function placeOf(info: AppInfo | undefined, ref: string | null): string {
  const connection =
    info?.connections.find((each) => each.ref === ref) ?? (ref === null ? info?.connections[0] : undefined)
  if (connection === undefined) return ref ?? 'the warehouse'
  const { label, engine, shared } = connection
  const as = shared === undefined ? '' : ` · shared by ${shared.by}${shared.role === null ? '' : ` as ${shared.role}`}`
  return `${label} · ${engine}${as}`
}
