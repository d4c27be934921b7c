import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { someone } from '../../../../test/support/callers.ts'
import type { Exporter } from '../../../core/ports/exporter.ts'
import type { Warehouse } from '../../../core/ports/warehouse.ts'
import { makeDuckdbConnections } from '../duckdb-connections.ts'

/** A folder of one CSV file that can be exported from. */
export interface ExportingFolder {
  readonly exporter: Exporter
  readonly warehouse: Warehouse
  /** Where everything lies. */
  readonly base: string
  /** Closes the engine and removes everything. */
  remove(): Promise<void>
}

/** Makes a folder with a file of this text, opened as a connection whose queries are DuckDB's own text. */
export async function makeExportingFolder(csv: string): Promise<ExportingFolder> {
  const base = mkdtempSync(join(tmpdir(), 'floe-export-'))
  const connections = makeDuckdbConnections({
    dataDir: join(base, 'data'),
    scale: 0.001,
    folders: null,
    translate: (sql) => Promise.resolve(sql),
    onFault: () => undefined,
  })
  mkdirSync(join(base, 'files'))
  writeFileSync(join(base, 'files', 'cells.csv'), csv)
  const { exporter, warehouse } = await connections.open(
    someone,
    `folder:${join(base, 'files')}`,
    new AbortController().signal,
  )
  if (exporter === undefined) throw new Error('A folder can export.')
  return {
    exporter,
    warehouse,
    base,
    remove: async () => {
      await connections.close()
      rmSync(base, { recursive: true })
    },
  }
}
