import { rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Column } from '../../../contract/result.ts'
import type { FileForm } from '../../../contract/result-file.ts'
import type { ExportOptions } from '../../../core/ports/exporter.ts'
import type { RowFiles, SaveRows } from '../../../core/ports/row-files.ts'
import {
  type MomentForm,
  noField,
  type RowsFile,
  type RowsForm,
  type SavedRows,
} from '../../../core/ports/rows-file.ts'
import { outOfTime } from '../engine/duckdb-problem.ts'
import { emptyDatabase, type EngineSettings } from '../engine/engine-settings.ts'
import { quoteName, quoteText } from '../engine/sql-quoting.ts'
import { typesHolding } from '../engine/types-holding.ts'
import { makeExportFolder, makeFileWriter, presentFile } from './duckdb-exporter.ts'
import { type ExportProcesses, lookMs, writtenBytes } from './export-processes.ts'

/** Makes files under `root` of rows that another process writes: text as that process writes it, Parquet and workbooks by DuckDB from its fields. */
export const makeRowFiles = (root: string, exporting: Pick<ExportProcesses, 'run'>): RowFiles => ({
  async write(save, options) {
    const startedMs = performance.now()
    options.signal.throwIfAborted()
    const folder = await makeExportFolder(root)
    const discard = (): Promise<void> => rm(folder, { recursive: true, force: true })
    const text = textForm(options.form)
    const file = {
      path: join(folder, `result.${text?.format ?? 'fields'}`),
      form: text ?? { format: 'fields' },
    } as const
    try {
      const saved = await saveWithin(folder, file, save, options)
      const { rowCount, truncated } = saved
      if (text !== null) return { ...(await presentFile(file.path, rowCount, discard)), truncated }
      const timeoutMs = Math.max(1, options.timeoutMs - (performance.now() - startedMs))
      const write = makeFileWriter({ settings: settingsFor(file.path), exporting, root })
      const made = await write(selectFields(file.path, saved), { ...options, timeoutMs })
      await discard()
      return { ...made, truncated }
    } catch (error) {
      await discard()
      throw error
    }
  },
})

const textForm = ({ format, ...marks }: FileForm): Extract<RowsForm, FileForm> | null =>
  format === 'csv' || format === 'json' || format === 'ndjson' ? { format, ...marks } : null

/** Has the rows written, telling how far that is, for no longer than the whole file may take. */
async function saveWithin(
  folder: string,
  file: RowsFile,
  save: SaveRows,
  { timeoutMs, signal, onProgress }: ExportOptions,
): Promise<SavedRows> {
  const overdue = new AbortController()
  const watchdog = setTimeout(() => overdue.abort(outOfTime(timeoutMs)), timeoutMs)
  const looking = onProgress && setInterval(() => onProgress({ bytes: writtenBytes(folder), rows: null }), lookMs)
  try {
    return await save(file, AbortSignal.any([signal, overdue.signal]))
  } finally {
    clearTimeout(watchdog)
    clearInterval(looking)
  }
}

/** An engine over one file of fields and nothing else. */
const settingsFor = (path: string): EngineSettings => ({
  database: { name: 'fields', path: emptyDatabase },
  defaultSchema: 'main',
  prelude: [],
  readableFiles: [path],
  faults: [],
  viewRows: {},
  memoryLimitMb: 1_024,
  threads: Math.min(4, availableParallelism()),
  places: { running: 1, heavyRunning: 1, waiting: 0 },
  isOwnText: true,
})

/** The longest line that DuckDB's reader takes by itself. */
const usualLineBytes = 2_000_000

/** The query over a file of fields: each column with the first of DuckDB's types that holds its values exactly. */
function selectFields(path: string, { columns, moments, longestBytes }: SavedRows): string {
  const types = columns.map((column, at) => `'c${at}': '${typeOf(column, moments[at] ?? null)}'`)
  const names = columns.map(({ name }, at) => `c${at} AS ${quoteName(name.replaceAll('\0', '\uFFFD'))}`)
  const options = [
    "auto_detect = false, header = false, delim = ',', quote = '\"', escape = '\"', new_line = '\\n'",
    `nullstr = ${quoteText(noField)}, allow_quoted_nulls = false`,
    ...(longestBytes > usualLineBytes ? [`max_line_size = ${longestBytes + 1_024}`] : []),
    `columns = {${types.join(', ')}}`,
  ]
  return `SELECT ${names.join(', ')} FROM read_csv(${quoteText(path)}, ${options.join(', ')})`
}

function typeOf(column: Column, moment: MomentForm | null): string {
  const [best = 'VARCHAR'] = typesHolding(column)
  if (moment === 'text') return 'VARCHAR'
  if (moment === null || column.kind !== 'timestamp') return best
  if (moment === 'nanos') return 'TIMESTAMP_NS'
  return column.type.startsWith('TIMESTAMP_NTZ') ? 'TIMESTAMP' : 'TIMESTAMPTZ'
}
