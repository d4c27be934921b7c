import { useQuery } from '@tanstack/react-query'
import type { AppInfo } from '../../contract/api.ts'
import { readAppInfo } from '../lib/read-api.ts'

export const useAppInfo = () =>
  useQuery({ queryKey: ['app'], queryFn: ({ signal }) => readAppInfo(signal), staleTime: 5 * 60_000 })

/** How a connection is called, engine included; its reference where nothing more is known. */
export function placeOf(info: AppInfo | undefined, ref: string | null): string {
  const connection =
    info?.connections.find((each) => each.ref === ref) ?? (ref === null ? info?.connections[0] : undefined)
  return connection === undefined ? (ref ?? 'the warehouse') : `${connection.label} · ${connection.engine}`
}
