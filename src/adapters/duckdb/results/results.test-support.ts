import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, vi } from 'vitest'
import type { Cell, Column } from '../../../contract/result.ts'
import type { RowsView } from '../../../contract/result-view.ts'
import type { NewResult, ResultFiles } from '../../../core/ports/result-files.ts'
import type { RowBatch } from '../../../core/ports/warehouse.ts'
import { makeExportProcesses } from '../export/export-processes.ts'
import { makeResultFiles } from './result-files.ts'

export const never = new AbortController().signal
export const plain: RowsView = { sort: [], filters: [], search: '' }
export const everything = { columns: null, from: 0, count: 10_000, maxBytes: 1e8 }
export const number: Column = { name: 'N', type: 'NUMBER(38,0)', kind: 'number', scale: 0 }
export const text: Column = { name: 'T', type: 'VARCHAR', kind: 'text', scale: null }

/** A folder for kept results, with what keeps them there. */
export function makeResultBench() {
  const base = mkdtempSync(join(tmpdir(), 'floe-results-'))
  const root = join(base, 'results')
  const open: ResultFiles[] = []
  const exporting = makeExportProcesses()
  const left = () => (existsSync(root) ? readdirSync(root) : [])
  return {
    base,
    root,
    exports: join(base, 'exports'),
    exporting,
    /** What lies in the folder of kept results. */
    left,
    makeFiles: (more: Partial<Parameters<typeof makeResultFiles>[0]> = {}): ResultFiles => {
      const onFault = (error: unknown): void => {
        throw error
      }
      const needs = { root, exports: join(base, 'exports'), exporting, maxBytes: 1e9, now: Date.now, onFault }
      const files = makeResultFiles({ ...needs, ...more })
      open.push(files)
      return files
    },
    /** Closes what is open and expects that it leaves nothing. */
    async close(): Promise<void> {
      for (const files of open.splice(0)) await files.close()
      await vi.waitFor(() => expect(left()).toEqual([]), { timeout: 10_000 })
    },
    remove: async () => {
      await exporting.close()
      rmSync(base, { recursive: true, force: true })
    },
  }
}

export async function* inBatches(...batches: readonly (readonly (readonly Cell[])[])[]): AsyncGenerator<RowBatch> {
  for (const rows of batches) {
    const rowsJson = JSON.stringify(rows)
    yield { rowsJson, rowCount: rows.length, bytes: rowsJson.length }
  }
}

export const resultOf = (columns: readonly Column[], batches: AsyncIterable<RowBatch>): NewResult => ({
  columns,
  rows: { kind: 'batches', batches },
  readAt: '2026-11-02T08:15:00.000Z',
  isWhole: () => true,
})

export async function rowsOf(files: ResultFiles, key: string, make: () => Promise<NewResult>): Promise<Cell[][]> {
  const kept = await files.open(key, make, never)
  return JSON.parse((await kept.window(plain, everything, never)).rowsJson) as Cell[][]
}
