import { strictPolicy } from '../../contract/guard-policy.ts'
import { guardDraft } from '../ask/check-query.ts'
import type { Caller } from '../caller.ts'
import type { Guard } from '../guard/make-guard.ts'
import type { Connections } from '../ports/connections.ts'
import type { ExportedFile, ExportFormat } from '../ports/exporter.ts'
import { problem } from '../problem.ts'

/** What to export. */
export interface ExportOrder {
  readonly sql: string
  readonly connection: string
  readonly format: ExportFormat
  /** Null for every row. */
  readonly maxRows: number | null
}

/** Guards a text and writes its whole result as a file. Throws what the guard and the warehouse throw, and `sql_unsupported` where a warehouse cannot export. */
export type ExportResult = (caller: Caller, order: ExportOrder, signal: AbortSignal) => Promise<ExportedFile>

/** The longest that an export may take. */
const timeoutMs = 60 * 60_000

export function makeExportResult(needs: { readonly guard: Guard; readonly connections: Connections }): ExportResult {
  return async (caller, { sql, connection, format, maxRows }, signal) => {
    const opened = await needs.connections.open(caller, connection, signal)
    if (opened.exporter === undefined) throw unsupported(opened.label)
    const catalog = await opened.catalog(signal)
    const { verdict } = await guardDraft(needs.guard, sql, catalog)
    const runnable =
      maxRows === null
        ? verdict.sql
        : await needs.guard.capRows(verdict.sql, maxRows, { catalog, policy: strictPolicy })
    return await opened.exporter.export(runnable, { format, timeoutMs, signal })
  }
}

const unsupported = (label: string): Error =>
  problem(
    'sql_unsupported',
    `${label} cannot write a result as a file.`,
    'Use --format csv or ndjson without --output, which stream the rows.',
  )
