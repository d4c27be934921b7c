import type { Problem } from '../../../contract/problem.ts'
import type { ExportFormat } from '../../../core/ports/exporter.ts'
import type { EngineSettings } from '../engine/engine-settings.ts'

/** What an exporting process is told, once. */
export interface ExportJob {
  readonly settings: EngineSettings
  /** DuckDB text, not yet proven. */
  readonly sql: string
  readonly format: ExportFormat
  /** Lies in the one folder that the settings let it write to. */
  readonly file: string
}

export type ExportAnswer =
  { readonly kind: 'done'; readonly rowCount: number } | { readonly kind: 'failed'; readonly problem: Problem }
