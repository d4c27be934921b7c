import { createContext, useContext } from 'react'
import { useStore } from 'zustand'
import type { ApiClient } from '../transport/api-client.ts'
import type { Workspace, WorkspaceState } from '../turns/workspace.ts'

/** What the page is drawn with: its turns, and the server's REST interface. */
export interface PageServices {
  readonly workspace: Workspace
  readonly api: ApiClient
}

/** Given at the root. */
export const PageContext = createContext<PageServices | null>(null)

function usePageServices(): PageServices {
  const services = useContext(PageContext)
  if (services === null) throw new Error('The page was drawn without its services.')
  return services
}

export function useWorkspace(): Workspace {
  return usePageServices().workspace
}

export function useApi(): ApiClient {
  return usePageServices().api
}

/** A part of the workspace's state; draws again only when that part changes. */
export function useWorkspaceState<T>(select: (state: WorkspaceState) => T): T {
  return useStore(useWorkspace().store, select)
}
