import type { AdmissionLimits } from './admission-control.ts'

/** The path of a database without tables, for statements over files alone. */
export const emptyDatabase = ':memory:'

/** A table that is listed but cannot be read, and why, in a sentence for the person who asks it. */
export interface TableFault {
  readonly schema: string
  readonly name: string
  readonly message: string
}

/** Everything a DuckDB process needs to open one read-only database. Plain data: it crosses a process border. */
export interface EngineSettings {
  readonly database: { readonly name: string; readonly path: string }
  /** Where unqualified names are looked up. */
  readonly defaultSchema: string
  /** Statements run once, before the lock-down: the macros of the dialect. */
  readonly prelude: readonly string[]
  /** Files that views of the database read; nothing else on the disk can be opened. */
  readonly readableFiles: readonly string[]
  /** The one folder that may be written to, also with what does not fit into memory; without it nothing may be written anywhere. */
  readonly writableFolder?: string
  readonly faults: readonly TableFault[]
  /** Row counts of views over files, by `SCHEMA.NAME`; tables are counted by the engine. */
  readonly viewRows: Readonly<Record<string, number>>
  /** Mebibytes the engine may use for data. */
  readonly memoryLimitMb: number
  readonly threads: number
  /** How many queries may run and wait at once. */
  readonly places: AdmissionLimits
  /** Leaves the processor to other processes where they need it. */
  readonly background?: boolean
  /** Set where every statement is a text of ours, which is not judged as a person's is. */
  readonly isOwnText?: boolean
}
