import { createContext, useContext } from 'react'
import { useStore } from 'zustand'
import type { Workspace, WorkspaceState } from '../lib/workspace.ts'

/** The page's workspace, given at the root. */
export const WorkspaceContext = createContext<Workspace | null>(null)

export function useWorkspace(): Workspace {
  const workspace = useContext(WorkspaceContext)
  if (workspace === null) throw new Error('The page was drawn without its workspace.')
  return workspace
}

/** A part of the workspace's state; draws again only when that part changes. */
export const useWorkspaceState = <T>(select: (state: WorkspaceState) => T): T => useStore(useWorkspace().store, select)
