import { join } from 'node:path'
import { buildDatabase } from '../build/build-database.ts'

/** Raise it when the generator changes, so that older files are made anew. */
const generation = 1

/** The sample warehouse's file. */
export interface Sample {
  readonly path: string
  /** Generates the file unless it is there and whole. Returns its path. Throws `connection_broken`. */
  ensure(signal: AbortSignal): Promise<string>
}

/** `scale` as TPC-H counts: 1 is 6 million line items. The file lies in `dir`. */
export function makeSample({ dir, scale }: { readonly dir: string; readonly scale: number }): Sample {
  const path = join(dir, `tpch-${generation}-${scale}.duckdb`)
  return {
    path,
    async ensure(signal) {
      await buildDatabase({ target: path, job: { kind: 'sample', scale } }, signal)
      return path
    },
  }
}
