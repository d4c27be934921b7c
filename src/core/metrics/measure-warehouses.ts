import { problemCodes } from '../../contract/problem.ts'
import type { Clock } from '../ports/clock.ts'
import type { ConnectionKind } from '../ports/connection-kind.ts'
import type { WarehouseSource } from '../ports/connections.ts'
import type { Exporter } from '../ports/exporter.ts'
import { waitBounds, type Meter } from '../ports/meter.ts'
import type { Tracer } from '../ports/tracer.ts'
import type { RowBatch, RowStream, Warehouse } from '../ports/warehouse.ts'
import { presentProblem } from '../problem.ts'

/** How warehouses are counted, by their sort and never by the name of a connection. */
export interface WarehouseMeasures {
  /** Connections whose queries are counted under this name of their sort. */
  readonly source: <Source extends WarehouseSource>(source: Source, nameOf: (ref: string) => WarehouseName) => Source
  readonly kind: <Kind extends ConnectionKind>(kind: Kind) => Kind
}

const names = ['sample', 'folder', 'snowflake'] as const
type WarehouseName = (typeof names)[number]
const purposes = ['turn', 'probe', 'file'] as const

interface Query {
  readonly warehouse: WarehouseName
  readonly purpose: (typeof purposes)[number]
}

/** Estimates that may wait for their query to run. */
const mostEstimates = 200

interface Measuring {
  readonly measures: ReturnType<typeof defineMeasures>
  readonly clock: Pick<Clock, 'monotonicMs'>
  readonly tracer: Tracer
}

type Failure = { readonly error: unknown } | 'stopped' | null

export function measureWarehouses(needs: {
  readonly meter: Meter
  readonly clock: Pick<Clock, 'monotonicMs'>
  readonly tracer: Tracer
}): WarehouseMeasures {
  const measuring = { ...needs, measures: defineMeasures(needs.meter) }
  const exporterOf = ({ exporter }: { readonly exporter?: Exporter }, name: WarehouseName) =>
    exporter === undefined ? {} : { exporter: measureExporter(measuring, exporter, name) }
  return {
    source: (source, nameOf) => ({
      ...source,
      open: async (caller, ref, signal, onProgress) => {
        const opened = await source.open(caller, ref, signal, onProgress)
        const name = nameOf(ref)
        return {
          ...opened,
          warehouse: measureWarehouse(measuring, opened.warehouse, name),
          ...exporterOf(opened, name),
        }
      },
    }),
    kind: (kind) => ({
      ...kind,
      open: (row, role) => {
        const session = kind.open(row, role)
        const warehouse: typeof session.warehouse = (read) =>
          measureWarehouse(measuring, session.warehouse(read), kind.kind)
        return { ...session, warehouse, ...exporterOf(session, kind.kind) }
      },
    }),
  }
}

/** Begins a query, to be run as its span; `end` ends it. */
function begin({ measures, clock, tracer }: Measuring, query: Query, signal: AbortSignal) {
  const startedMs = clock.monotonicMs()
  const span = tracer.begin('warehouse', { 'floe.warehouse': query.warehouse, 'floe.purpose': query.purpose })
  const end = (failure: Failure): void => {
    const isStopped = failure === 'stopped' || (failure !== null && signal.aborted)
    const outcome = failure === null ? 'done' : isStopped ? 'stopped' : presentProblem(failure.error).code
    measures.queries({ ...query, outcome })
    measures.duration({ warehouse: query.warehouse }, (clock.monotonicMs() - startedMs) / 1_000)
    span.end(outcome === 'done' ? undefined : outcome)
  }
  return { span, end }
}

function measureWarehouse<W extends Warehouse>(measuring: Measuring, warehouse: W, name: WarehouseName): W {
  const { estimatedBytes, resultBytes } = measuring.measures
  const estimates = new Map<string, number>()
  const run: Warehouse['run'] = async (sql, options) => {
    const query: Query = { warehouse: name, purpose: options.asker?.purpose ?? 'turn' }
    const { span, end } = begin(measuring, query, options.signal)
    estimatedBytes({ warehouse: name }, estimates.get(sql) ?? 0)
    estimates.delete(sql)
    try {
      const rows = await span.run(() => warehouse.run(sql, options))
      return { ...rows, batches: watchBatches(rows, (bytes) => resultBytes({ warehouse: name }, bytes), end) }
    } catch (error) {
      end({ error })
      throw error
    }
  }
  const compile: Warehouse['compile'] = async (sql, options) => {
    const compiled = await warehouse.compile(sql, options)
    if (estimates.size >= mostEstimates) estimates.clear()
    estimates.set(sql, compiled.estimate.bytes ?? 0)
    return compiled
  }
  return { ...warehouse, run, compile, ...measureSaving(measuring, warehouse, name) }
}

/** Counts rows that go from a warehouse straight into a file. Those of a finished query are no query of their own. */
function measureSaving(measuring: Measuring, warehouse: Warehouse, name: WarehouseName): Pick<Warehouse, 'save'> {
  const saved = warehouse.save?.bind(warehouse)
  if (saved === undefined) return {}
  const save: typeof saved = async (source, file, options) => {
    const begun = 'sql' in source ? begin(measuring, { warehouse: name, purpose: 'file' }, options.signal) : null
    const work = () => saved(source, file, options)
    try {
      const rows = await (begun === null ? work() : begun.span.run(work))
      measuring.measures.resultBytes({ warehouse: name }, rows.bytes)
      begun?.end(null)
      return rows
    } catch (error) {
      begun?.end({ error })
      throw error
    }
  }
  return { save }
}

function measureExporter(measuring: Measuring, exporter: Exporter, name: WarehouseName): Exporter {
  return {
    export: async (sql, options) => {
      const { span, end } = begin(measuring, { warehouse: name, purpose: 'file' }, options.signal)
      try {
        const file = await span.run(() => exporter.export(sql, options))
        measuring.measures.resultBytes({ warehouse: name }, file.bytes)
        end(null)
        return file
      } catch (error) {
        end({ error })
        throw error
      }
    },
  }
}

function defineMeasures(meter: Meter) {
  const labels = { warehouse: names }
  return {
    queries: meter.counter({
      name: 'floe_warehouse_queries_total',
      help: 'Queries that a warehouse ran, by its sort, what they were for and how they ended.',
      labels: { ...labels, purpose: purposes, outcome: ['done', 'stopped', ...problemCodes] },
    }),
    duration: meter.histogram({
      name: 'floe_warehouse_query_duration_seconds',
      help: 'Time from sending a query to its last row.',
      labels,
      bounds: waitBounds,
    }),
    estimatedBytes: meter.counter({
      name: 'floe_warehouse_estimated_bytes_total',
      help: 'Bytes that the queries which were run may read at most, as estimated before.',
      labels,
    }),
    resultBytes: meter.counter({
      name: 'floe_warehouse_result_bytes_total',
      help: 'Bytes of rows and files that warehouses gave.',
      labels,
    }),
  }
}

/** The batches of a result; `end` is called once they are over, whether read to the end, left early or broken. */
async function* watchBatches(
  { batches }: RowStream,
  countBytes: (bytes: number) => void,
  end: (failure: Failure) => void,
): AsyncGenerator<RowBatch, void> {
  let failure: Failure = 'stopped'
  try {
    for await (const batch of batches) {
      countBytes(batch.bytes)
      yield batch
    }
    failure = null
  } catch (error) {
    failure = { error }
    throw error
  } finally {
    end(failure)
  }
}
