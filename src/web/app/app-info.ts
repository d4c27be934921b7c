import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import type { AppInfo } from '../../contract/api.ts'
import { isOver, type TurnView } from '../turns/turn-view.ts'
import { say } from '../words/language.ts'
import { shellWords } from '../words/shell.ts'
import { useApi } from './page-context.ts'

const staleTime = 5 * 60_000

/** What the page needs to know before the first question. */
export function useAppInfo() {
  const api = useApi()
  return useQuery({ queryKey: ['app'], queryFn: ({ signal }) => api.app(undefined, { signal }), staleTime })
}

/** Questions to start with for a connection: those of the sample come with the app's own facts, another's are fetched once it is chosen. */
export function useStarters(info: AppInfo | undefined, connection: string): readonly string[] {
  const api = useApi()
  const isFirst = info === undefined || (connection === info.connections[0]?.ref && info.starters.length > 0)
  const other = useQuery({
    queryKey: ['starters', connection],
    queryFn: ({ signal }) => api.starters({ connection }, { signal }),
    enabled: !isFirst,
    staleTime,
  })
  return (isFirst ? info?.starters : other.data) ?? []
}

/** A turn that has ended shows how its connection stands, which may have changed since it was listed. */
export function useAppInfoAfter(last: TurnView | undefined): void {
  const client = useQueryClient()
  const ended = last !== undefined && isOver(last) ? last.turnId : null
  useEffect(() => {
    if (ended !== null) void client.invalidateQueries({ queryKey: ['app'] })
  }, [client, ended])
}

/** What a connection is called, engine and sharer included; its reference where nothing more is known. */
export function placeOf(info: AppInfo | undefined, ref: string | null): string {
  const connection =
    info?.connections.find((each) => each.ref === ref) ?? (ref === null ? info?.connections[0] : undefined)
  if (connection === undefined) return ref ?? shellWords.warehouse
  const { label: name, engine, shared } = connection
  if (shared === undefined) return say(shellWords.place, { name, engine })
  const { by: owner, role } = shared
  return role === null
    ? say(shellWords.sharedPlace, { name, engine, owner })
    : say(shellWords.sharedPlaceAs, { name, engine, owner, role })
}
