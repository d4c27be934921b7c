import { z } from 'zod'

export type FileFormat = 'csv' | 'parquet' | 'json' | 'xlsx'

/** The format of a file by its name; null where none of that kind holds tables. */
export function formatOf(name: string): FileFormat | null {
  if (/\.parquet$/i.test(name)) return 'parquet'
  if (/\.xlsx$/i.test(name) && !name.startsWith('~$')) return 'xlsx'
  if (/\.(csv|tsv)(\.gz)?$/i.test(name)) return 'csv'
  return /\.(jsonl|ndjson|json)(\.gz)?$/i.test(name) ? 'json' : null
}

/** The name of a file without its extension and that of its packing. */
export const stemOf = (name: string): string => name.replace(/\.gz$/i, '').replace(/\.[^.]*$/, '')
/** The extension of a file without that of its packing, in capitals: `CSV` for `a.csv.gz`. */
export const extensionOf = (name: string): string => (/\.([a-z]+)(\.gz)?$/i.exec(name)?.[1] ?? '').toUpperCase()

/** One file of a table. */
export interface FilePart {
  /** Where it really lies. */
  readonly path: string
  /** As a person sees it: relative to the folder. */
  readonly label: string
  /** The values that the folders on its way name, one for each partition key; null where they name none. */
  readonly values: readonly (string | null)[]
}

/** The files that become one table: one file, or all files of a partitioned folder. A workbook becomes a table for each sheet. */
export interface ListedTable {
  readonly parts: readonly [FilePart, ...FilePart[]]
  /** As a person sees it: relative to the folder. */
  readonly label: string
  readonly format: FileFormat
  readonly bytes: number
  readonly schema: string
  readonly table: string
  /** The name as the file or folder spells it. */
  readonly spelling: string
  /** Keys of folders named `key=value`, which become columns. */
  readonly partitionKeys: readonly string[]
  /** Why it must not be read, one sentence; null where nothing speaks against it. */
  readonly fault: string | null
}

/** A folder as a database to be. */
export interface FolderListing {
  readonly root: string
  readonly database: string
  readonly defaultSchema: string
  readonly tables: readonly ListedTable[]
  /** Files of other kinds, as a person sees them. */
  readonly ignored: readonly string[]
  /** Changes whenever a file is added, removed or rewritten. */
  readonly fingerprint: string
}

const ColumnNote = z.object({
  name: z.string(),
  spelling: z.string(),
  reading: z.string().optional(),
  looksLike: z.string().optional(),
  unit: z.string().optional(),
})
/** What people should know about a column of a file. */
export type ColumnNote = z.infer<typeof ColumnNote>

const TableNote = z.object({
  schema: z.string(),
  name: z.string(),
  spelling: z.string(),
  notices: z.array(z.string()),
  columns: z.array(ColumnNote),
})
/** What people should know about the table that a file became. */
export type TableNote = z.infer<typeof TableNote>

/** What building a folder's database found out; kept beside the database. */
export const FolderManifest = z.object({
  faults: z.array(z.object({ schema: z.string(), name: z.string(), message: z.string() })),
  /** Files that views of the database read where they lie. */
  readableFiles: z.array(z.string()),
  /** Rows of those, by `SCHEMA.NAME`. */
  viewRows: z.record(z.string(), z.number()),
  tables: z.array(TableNote),
})
export type FolderManifest = z.infer<typeof FolderManifest>
