import type { Problem } from '../../../contract/problem.ts'
import type { FolderListing } from '../folder/folder-listing.ts'

/** What a building process makes. */
export type BuildJob =
  | { readonly kind: 'sample'; readonly scale: number }
  | { readonly kind: 'folder'; readonly listing: FolderListing; readonly maxCopiedBytes: number }

/** What a building process is told: to make the database at `target`, unless it is there. */
export interface BuildOrder {
  readonly target: string
  readonly job: BuildJob
}

/** What it answers, once. */
export type BuildAnswer =
  { readonly kind: 'built' } | { readonly kind: 'failed'; readonly message: string; readonly problem: Problem | null }
