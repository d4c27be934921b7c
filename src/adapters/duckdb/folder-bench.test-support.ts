import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect } from 'vitest'
import { someone } from '../../../test/support/callers.ts'
import { readRows } from '../../../test/support/warehouse-suite.ts'
import type { Cell } from '../../contract/result.ts'
import type { ReadOnlySql } from '../../core/guard/read-only-sql.ts'
import type { OpenWarehouse } from '../../core/ports/connections.ts'
import { makeDuckdbConnections } from './duckdb-connections.ts'

export const never = new AbortController().signal

/** Rows of a query in DuckDB's words, and its columns as `NAME TYPE`. */
export async function ask(
  { warehouse }: OpenWarehouse,
  sql: string,
): Promise<{ readonly columns: readonly string[]; readonly rows: readonly (readonly Cell[])[] }> {
  const options = { maxRows: 1_000, maxBytes: 1e7, timeoutMs: 30_000, signal: never }
  const stream = await warehouse.run(sql as ReadOnlySql, options)
  return { columns: stream.columns.map(({ name, type }) => `${name} ${type}`), rows: await readRows(stream) }
}

export const withProblem = (fields: object): unknown =>
  expect.objectContaining({ problem: expect.objectContaining(fields) as unknown })

export interface Folders {
  /** Where everything lies. */
  readonly base: string
  /** Makes a folder with these files, in a place of its own. */
  make(files: Readonly<Record<string, string | Uint8Array>>, name?: string): string
  open(root: string): Promise<OpenWarehouse>
  close(): Promise<void>
}

/** Folders of files and connections to them, spoken to in DuckDB's own dialect. */
export function makeFolderBench(options: { readonly maxCopiedBytes?: number } = {}): Folders {
  const base = mkdtempSync(join(tmpdir(), 'floe-folders-'))
  const connections = makeDuckdbConnections({
    dataDir: join(base, 'data'),
    scale: 0.001,
    folders: null,
    translate: (sql) => Promise.resolve(sql),
    onFault: () => undefined,
    ...options,
  })
  let count = 0
  return {
    base,
    make(files, name = 'folder') {
      const root = join(base, `place${(count += 1)}`, name)
      mkdirSync(root, { recursive: true })
      for (const [path, content] of Object.entries(files)) {
        mkdirSync(dirname(join(root, path)), { recursive: true })
        writeFileSync(join(root, path), content)
      }
      return root
    },
    open: (root) => connections.open(someone, `folder:${root}`, never),
    async close() {
      await connections.close()
      rmSync(base, { recursive: true })
    },
  }
}
