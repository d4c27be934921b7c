import { createContext, useContext } from 'react'
import { useStore, type StoreApi } from 'zustand'
import type { ApiClient } from '../transport/api-client.ts'
import type { PreferencesState } from '../../contract/preferences.ts'
import type { PagePreferences } from '../turns/preferences.ts'
import type { WorkspaceState } from '../turns/turn-store.ts'
import type { Workspace } from '../turns/workspace.ts'
import type { Shell, ShellState } from './shell-state.ts'

/** Whether the person is still signed in. */
export interface SessionState {
  /** The server said that nobody is signed in. */
  readonly isSignedOut: boolean
  /** The person signed out here, and another page is about to take this one's place. */
  readonly isLeaving: boolean
}

/** What the page is drawn with: its turns, what the person has set, the server's REST interface, whether somebody is signed in, and its frame. */
export interface PageServices {
  readonly workspace: Workspace
  readonly preferences: PagePreferences
  readonly api: ApiClient
  readonly session: StoreApi<SessionState>
  readonly shell: Shell
}

/** Given at the root. */
export const PageContext = createContext<PageServices | null>(null)

export function usePageServices(): PageServices {
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

/** A part of what the person has set; draws again only when that part changes. */
export function usePreference<T>(select: (state: PreferencesState) => T): T {
  return useStore(usePageServices().preferences.store, select)
}

/** A part of what frames the page; draws again only when that part changes. */
export function useShellState<T>(select: (state: ShellState) => T): T {
  return useStore(usePageServices().shell.store, select)
}
