import { describe, expect, test } from 'vitest'
import { makeScriptedKind, makeScriptedSession } from '../connections/scripted-kind.test-support.ts'
import type { ConnectionRow } from '../ports/connection-store.ts'
import { silentMeter, type Meter } from '../ports/meter.ts'
import type { SavedRows } from '../ports/rows-file.ts'
import type { SavedSource } from '../ports/warehouse.ts'
import { silentTracer } from '../ports/tracer.ts'
import { problem } from '../problem.ts'
import { measureWarehouses } from './measure-warehouses.ts'

/** The save of a measured warehouse that saves so, and what was counted of it. */
function measuredSave(saving: () => Promise<SavedRows>) {
  const counted: unknown[] = []
  const meter: Meter = {
    ...silentMeter,
    counter:
      ({ name }) =>
      (labels, by = 1) =>
        void counted.push([name, ...Object.values(labels), by]),
  }
  const bare = makeScriptedSession()
  const kind = makeScriptedKind({
    open: () => makeScriptedSession({ warehouse: (readCatalog) => ({ ...bare.warehouse(readCatalog), save: saving }) }),
  })
  const measured = measureWarehouses({ meter, tracer: silentTracer, clock: { monotonicMs: () => 0 } }).kind(kind)
  const { save } = measured.open({} as ConnectionRow).warehouse(() => Promise.reject(new Error('not read')))
  if (save === undefined) throw new Error('It saves no more.')
  return { save, counted }
}

const rows: SavedRows = { columns: [], rowCount: 3, bytes: 120, truncated: false, moments: [], longestBytes: 50 }
const query = { sql: 'SELECT 1' } as SavedSource
const refusal = problem('warehouse_failed', 'No.', 'Again.')
const ran = (outcome: string) => ['floe_warehouse_queries_total', 'snowflake', 'file', outcome, 1]
const bytes = ['floe_warehouse_result_bytes_total', 'snowflake', 120]

describe('rows that go from a warehouse straight into a file', () => {
  test.each<readonly [string, SavedSource, Error | null, boolean, readonly unknown[]]>([
    ['of a query count as one for a file, with their bytes', query, null, false, [bytes, ran('done')]],
    ['of a finished query count by their bytes alone', { queryId: '01b' }, null, false, [bytes]],
    ['that cannot be had count as a query that failed', query, refusal, false, [ran('warehouse_failed')]],
    ['that are no longer wanted count as a query that was stopped', query, new Error('enough'), true, [ran('stopped')]],
    ['of a finished query that cannot be had count as nothing', { queryId: '01b' }, refusal, false, []],
  ])('%s', async (_, source, failure, isAborted, expected) => {
    const stopping = new AbortController()
    const { save, counted } = measuredSave(() => {
      if (isAborted) stopping.abort(failure)
      return failure === null ? Promise.resolve(rows) : Promise.reject(failure)
    })
    const options = { maxRows: 10, timeoutMs: 1_000, signal: stopping.signal }
    const saved = save(source, { path: '/files/rows', form: { format: 'fields' } }, options)
    if (failure === null) expect(await saved).toBe(rows)
    else await expect(saved).rejects.toBe(failure)
    expect(counted).toEqual(expected)
  })
})
