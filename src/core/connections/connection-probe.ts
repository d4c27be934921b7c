import type { CatalogState, ConnectionReport } from '../../contract/connection.ts'
import type { OnProgress } from '../ports/connection-kind.ts'
import type { ConnectionFindings, ConnectionRow } from '../ports/connection-store.ts'

/** Saved connections as they are tried and kept up to date. Throws what `Connections` throws. */
export interface ConnectionProbe {
  /** Tries everything step by step; a step that fails is a finding, no error. */
  diagnose(
    row: ConnectionRow,
    signal: AbortSignal,
  ): Promise<{ readonly report: ConnectionReport; readonly findings: ConnectionFindings }>
  /** What is stored of the catalog; the source is not asked. */
  catalogState(row: ConnectionRow): Promise<CatalogState>
  /** Compares the catalog with the source and resolves once that is done. */
  refreshCatalog(row: ConnectionRow, signal: AbortSignal, onProgress?: OnProgress): Promise<CatalogState>
  /** Closes the sessions of a connection that was changed or removed. */
  drop(id: string): Promise<void>
}
