import { z } from 'zod'

export type FileFormat = 'csv' | 'parquet' | 'json'

/** One file that becomes a table. */
export interface ListedFile {
  /** Where it really lies. */
  readonly path: string
  /** As a person sees it: relative to the folder. */
  readonly label: string
  readonly format: FileFormat
  readonly bytes: number
  readonly schema: string
  readonly table: string
  /** Why it must not be read, one sentence; null where nothing speaks against it. */
  readonly fault: string | null
}

/** A folder as a database to be. */
export interface FolderListing {
  readonly root: string
  readonly database: string
  readonly defaultSchema: string
  readonly files: readonly ListedFile[]
  /** Changes whenever a file is added, removed or rewritten. */
  readonly fingerprint: string
}

/** What building a folder's database found out; kept beside the database. */
export const FolderManifest = z.object({
  faults: z.array(z.object({ schema: z.string(), name: z.string(), message: z.string() })),
  /** Files that views of the database read where they lie. */
  readableFiles: z.array(z.string()),
  /** Rows of those, by `SCHEMA.NAME`. */
  viewRows: z.record(z.string(), z.number()),
})
export type FolderManifest = z.infer<typeof FolderManifest>
