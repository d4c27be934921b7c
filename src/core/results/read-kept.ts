import type { TurnSummary } from '../../contract/api.ts'
import type { AuditEntry } from '../../contract/audit.ts'
import { maxRowsLimit } from '../../contract/command.ts'
import { demandExport } from '../ask/run-query.ts'
import type { Caller } from '../caller.ts'
import type { ConnectionLimits } from '../connections/connection-policy.ts'
import type { Audit } from '../people/audit.ts'
import type { Connections } from '../ports/connections.ts'
import type { NewResult } from '../ports/result-files.ts'
import type { RowBatch } from '../ports/warehouse.ts'
import type { StoredResult } from './stored-result.ts'
import type { WriteOptions, WrittenResult } from './write-result.ts'

interface KeptNeeds {
  readonly connections: Connections
  readonly audit: Audit
  readonly onFault: (error: unknown) => void
}

/** A turn that has ended, and what it stored of its result. */
export interface FinishedTurn {
  readonly caller: Caller
  readonly turn: TurnSummary
  readonly stored: StoredResult
}

/** How long Snowflake may take to begin to hand over a result that it has. */
const rereadTimeoutMs = 120_000
/** How long writing a file may take. */
export const exportTimeoutMs = 60 * 60_000

/** The result as the warehouse keeps it; null where it keeps none. Nothing runs. */
export async function readAgain(
  needs: KeptNeeds,
  { caller, turn, stored }: FinishedTurn,
  signal: AbortSignal,
): Promise<(NewResult & { readonly isBeyond: boolean }) | null> {
  if (stored.queryId === null) return null
  const connection = await needs.connections.open(caller, turn.connection, signal)
  const { warehouse, policy } = connection
  if (warehouse.reread === undefined) return null
  demandExport(connection)
  const { done } = stored
  const note = auditReading(needs, { caller, turn, purpose: 'page' }, signal)
  const stream = await note.begun(
    warehouse.reread(stored.queryId, {
      fromRow: 0,
      maxRows: keptRows(done, policy.limits),
      maxBytes: Number.MAX_SAFE_INTEGER,
      timeoutMs: rereadTimeoutMs,
      signal,
      asker: { userId: caller.userId, turnId: turn.id },
    }),
  )
  const { columns, batches } = stream
  return {
    columns,
    rows: { kind: 'batches', batches: note.throughout(batches) },
    readAt: done.at,
    isWhole: () => !stream.truncated(),
    isBeyond: true,
  }
}

/** The row that proved that there are more is none of the result; how many may be read is what the connection's policy says now. */
const keptRows = (done: StoredResult['done'], limits: ConnectionLimits): number =>
  Math.min(done.maxRows ?? (done.truncated ? done.rowCount : maxRowsLimit), limits.maxRows)

/** Every row that the warehouse keeps, straight into a file; null where it keeps none, or cannot write them. */
export async function exportKept(
  needs: KeptNeeds,
  { caller, turn, stored }: FinishedTurn,
  { form, signal, onProgress }: WriteOptions,
): Promise<WrittenResult | null> {
  const connection = await needs.connections.open(caller, turn.connection, signal)
  const { exporter, policy } = connection
  if (stored.queryId === null || exporter?.exportKept === undefined) return null
  demandExport(connection)
  const note = auditReading(needs, { caller, turn, purpose: 'export' }, signal)
  const { truncated, ...file } = await note.begun(
    exporter.exportKept(stored.queryId, {
      form,
      maxRows: keptRows(stored.done, policy.limits),
      timeoutMs: exportTimeoutMs,
      queryTimeoutMs: rereadTimeoutMs,
      signal,
      asker: { userId: caller.userId, turnId: turn.id },
      onProgress,
    }),
  )
  try {
    await note.done(file.rowCount)
  } catch (error) {
    await file.discard()
    throw error
  }
  return { file, isCut: truncated, keptAt: stored.done.at }
}

/** Audits that rows were read once more from where the warehouse keeps them: what they are read for gets them only once that is written down. */
function auditReading(
  { audit, onFault }: KeptNeeds,
  read: { readonly caller: Caller; readonly turn: TurnSummary; readonly purpose: 'page' | 'export' },
  signal: AbortSignal,
) {
  const { caller, turn, purpose } = read
  const note = async (facts: AuditEntry['facts']): Promise<void> =>
    await audit.note(caller, 'result.read', { turn: turn.id, connection: turn.connection, for: purpose, ...facts })
  const done = (rows: number): Promise<void> => note({ outcome: 'done', rows })
  /** Rows that are on their way; a failure to get them is written down. */
  const begun = async <T>(reading: Promise<T>): Promise<T> => {
    try {
      return await reading
    } catch (error) {
      await note({ outcome: signal.aborted ? 'stopped' : 'failed' }).catch(onFault)
      throw error
    }
  }
  return {
    done,
    begun,
    throughout: async function* (batches: AsyncIterable<RowBatch>): AsyncGenerator<RowBatch> {
      let rows = 0
      let outcome = 'stopped'
      try {
        for await (const batch of batches) {
          rows += batch.rowCount
          yield batch
        }
        outcome = 'done'
      } catch (error) {
        if (!signal.aborted) outcome = 'failed'
        throw error
      } finally {
        if (outcome !== 'done') await note({ outcome }).catch(onFault)
      }
      await done(rows)
    },
  }
}
