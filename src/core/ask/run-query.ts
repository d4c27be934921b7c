import type { Cell } from '../../contract/result.ts'
import type { TurnFact } from '../../contract/turn-event.ts'
import { bytesInWords, countInWords, durationInWords } from '../../contract/words/amounts.ts'
import type { OpenConnection } from '../ports/connections.ts'
import type { Exporter } from '../ports/exporter.ts'
import type { RowBatch, RunProgress } from '../ports/warehouse.ts'
import { problem } from '../problem.ts'
import type { ResultHead, RunningJourney } from './journey.ts'
import { runStep, tellWhile, type StepResult } from './run-step.ts'
import type { LiveFact } from './turn-facts.ts'
import type { ResultFile } from './turns.ts'
import { askerOf, type ValidatedQuery } from './validate-query.ts'

/** Rows kept to describe and draw a result; a longer result is shown as a table anyway. */
const headRows = 5_001

/** The longest text of one value that is delivered in a row, in UTF-16 code units; a file holds it whole. */
const maxCellLength = 1_048_576
/** The most bytes that one code unit takes as JSON, with the marks around a value: `\u0000` takes six. */
const bytesPerUnit = 8
/** The longest that writing a file may take. */
const fileTimeoutMs = 60 * 60_000

/** Runs an approved query. Streams its rows and returns the head of the result, or writes its file and returns null. */
export async function* runQuery(
  run: RunningJourney,
  query: ValidatedQuery,
): AsyncGenerator<LiveFact, ResultHead | null> {
  const { file } = run.order
  return yield* runStep('run-query', run.signal, () =>
    file === null ? streamRows(run, query) : writeFile(run, query, file),
  )
}

async function* streamRows(
  { needs, order, connection, signal }: RunningJourney,
  query: ValidatedQuery,
): AsyncGenerator<LiveFact, StepResult<ResultHead>> {
  const startedMs = needs.clock.monotonicMs()
  const { queryTimeoutMs: timeoutMs, maxResultBytes: maxBytes } = connection.policy.limits
  const maxRows = query.maxRows ?? order.maxRows
  const asker = askerOf(order)
  let lastProgress: LiveFact | null = null
  const result = yield* tellWhile((tell) => {
    const onProgress = (progress: RunProgress): void => {
      lastProgress = presentProgress(progress)
      tell(lastProgress)
    }
    return connection.warehouse.run(query.runnable, { maxRows, maxBytes, timeoutMs, signal, asker, onProgress })
  })
  const toldProgress: LiveFact | null = lastProgress
  yield { kind: 'result.columns', columns: [...result.columns] }
  let delivered: Delivered
  try {
    delivered = yield* deliverRows(result.batches, maxBytes)
  } catch (error) {
    // How a stop ended in the warehouse is known only now.
    if (lastProgress !== null && lastProgress !== toldProgress) yield lastProgress
    throw error
  }
  const { head, rowCount, bytes, cutCells, isFull } = delivered
  const elapsedMs = needs.clock.monotonicMs() - startedMs
  const truncated = isFull || result.truncated()
  const note = cutCells === 0 ? {} : { note: cutNote(cutCells) }
  yield { kind: 'result.done', rowCount, truncated, ...(truncated ? { maxRows } : {}), elapsedMs, bytes, ...note }
  const fact = `${truncated ? 'The first ' : ''}${countInWords(rowCount, 'row')} in ${durationInWords(elapsedMs)}`
  return { fact, value: { columns: result.columns, rows: head, rowCount, truncated } }
}

/** What was delivered of a result. */
interface Delivered {
  readonly head: readonly (readonly Cell[])[]
  readonly rowCount: number
  readonly bytes: number
  readonly cutCells: number
  /** Whether rows were left out because no more bytes may be delivered. */
  readonly isFull: boolean
}

async function* deliverRows(batches: AsyncIterable<RowBatch>, maxBytes: number): AsyncGenerator<LiveFact, Delivered> {
  const head: Cell[][] = []
  let [rowCount, bytes, cutCells] = [0, 0, 0]
  for await (const given of batches) {
    const batch = fitBatch(given, { maxBytes, usedBytes: bytes })
    if (batch.rowCount > 0) yield { kind: 'result.rows', rowsJson: batch.rowsJson }
    if (head.length < headRows) head.push(...(JSON.parse(batch.rowsJson) as Cell[][]))
    rowCount += batch.rowCount
    bytes += batch.bytes
    cutCells += batch.cutCells
    if (batch.isFull) return { head, rowCount, bytes, cutCells, isFull: true }
  }
  return { head, rowCount, bytes, cutCells, isFull: false }
}

/** A batch of rows that fits what a result may still deliver. */
interface FittedBatch extends RowBatch {
  /** How many of its values are cut. */
  readonly cutCells: number
  /** True when rows were left out: the result ends here. */
  readonly isFull: boolean
}

/**
 * Cuts values that are too long, then leaves out the rows that exceed what the result may deliver. Engines count bytes between rows, so that
 * one row may exceed it by far. The first row of a result always fits: its values are cut until it does. An ordinary batch is not even parsed.
 */
function fitBatch(
  batch: RowBatch,
  { maxBytes, usedBytes }: { readonly maxBytes: number; readonly usedBytes: number },
): FittedBatch {
  const roomBytes = maxBytes - usedBytes
  if (batch.bytes <= Math.min(roomBytes, maxCellLength)) return { ...batch, cutCells: 0, isFull: false }
  const kept: string[] = []
  // The brackets around the rows.
  let bytes = 2
  let cutCells = 0
  let isFull = false
  for (const row of JSON.parse(batch.rowsJson) as Cell[][]) {
    let fitted = cutRow(row, maxCellLength)
    if (usedBytes === 0 && kept.length === 0 && bytes + fitted.bytes > roomBytes)
      fitted = cutRow(row, Math.floor(maxBytes / bytesPerUnit / row.length))
    isFull = bytes + fitted.bytes > roomBytes
    if (isFull) break
    kept.push(fitted.json)
    bytes += fitted.bytes
    cutCells += fitted.cutCells
  }
  return { rowsJson: `[${kept.join(',')}]`, rowCount: kept.length, bytes, cutCells, isFull }
}

function cutRow(row: readonly Cell[], maxLength: number) {
  const cells = row.map((cell) => cutCell(cell, maxLength))
  const json = JSON.stringify(cells)
  const cutCells = cells.filter((cell, at) => cell !== row[at]).length
  // One more for the comma between rows.
  return { json, cutCells, bytes: utf8Length(json) + 1 }
}

/** Code units below U+0080 take one byte, others two or three; each half of a surrogate pair takes two of its four. */
const utf8Length = (text: string): number =>
  text.length +
  (text.match(/[\u0080-\u07ff\ud800-\udfff]/g)?.length ?? 0) +
  2 * (text.match(/[\u0800-\ud7ff\ue000-\uffff]/g)?.length ?? 0)

/** Keeps the beginning and says how long the value was. */
function cutCell(cell: Cell, maxLength: number): Cell {
  if (typeof cell !== 'string' || cell.length <= maxLength) return cell
  const mark = `… (cut: ${cell.length.toLocaleString('en-US')} characters)`
  return cell.slice(0, Math.max(0, maxLength - mark.length)).replace(/[\uD800-\uDBFF]$/, '') + mark
}

const cutNote = (cells: number): string =>
  `${countInWords(cells, 'value')} too long to be shown ${cells === 1 ? 'is' : 'are'} cut. Write the result to a file to have ${cells === 1 ? 'it' : 'them'} whole.`

async function* writeFile(
  { needs, order, connection, signal }: RunningJourney,
  query: ValidatedQuery,
  wanted: ResultFile,
): AsyncGenerator<LiveFact, StepResult<null>> {
  const startedMs = needs.clock.monotonicMs()
  const file = yield* tellWhile((tell) =>
    exporterOf(connection).export(query.runnable, {
      form: wanted.form,
      maxRows: query.maxRows,
      timeoutMs: fileTimeoutMs,
      queryTimeoutMs: connection.policy.limits.queryTimeoutMs,
      signal,
      asker: askerOf(order),
      onQuery: (progress) => tell(presentProgress(progress)),
      ...(wanted.onProgress === undefined ? {} : { onProgress: wanted.onProgress }),
    }),
  )
  try {
    await wanted.deliver(file)
  } catch (error) {
    await file.discard()
    throw error
  }
  const { rowCount, bytes } = file
  const elapsedMs = needs.clock.monotonicMs() - startedMs
  yield {
    kind: 'result.done',
    rowCount,
    truncated: rowCount === query.maxRows,
    elapsedMs,
    bytes,
    file: wanted.form.format,
  }
  const fact = `${countInWords(rowCount, 'row')}, ${bytesInWords(bytes)} in ${durationInWords(elapsedMs)}`
  return { fact, value: null }
}

/** Throws `forbidden` where the policy of a connection lets nobody write its results to files. */
export function demandExport({ label, policy }: Pick<OpenConnection, 'label' | 'policy'>): void {
  if (policy.mayExport) return
  throw problem(
    'forbidden',
    `Results of ${label} may not be exported.`,
    'Look at them here, or ask the owner of the connection.',
  )
}

/** Throws `sql_unsupported` where a warehouse writes no files. */
export function exporterOf({ exporter, label }: { readonly exporter?: Exporter; readonly label: string }): Exporter {
  if (exporter !== undefined) return exporter
  throw problem(
    'sql_unsupported',
    `${label} cannot write a result as a file.`,
    'Read its rows instead; on the command line, --format csv, json or ndjson without --output prints them.',
  )
}

const facts = {
  waiting: 'Other queries of this connection run first: this one waits',
  running: null,
  queued: 'The warehouse is busy: the query waits for its turn',
  resuming: 'The warehouse is resuming, which can take a moment',
  cancelled: 'Cancelled at the warehouse',
  unconfirmed: 'Asked the warehouse to stop; not confirmed',
} as const satisfies Record<RunProgress['state'], string | null>

/** Stored with the turn, the id lets another process cancel what was left running after a crash. */
const presentProgress = ({ queryId, state }: RunProgress): Extract<TurnFact, { kind: 'step' }> => ({
  kind: 'step',
  name: 'run-query',
  state: 'running',
  fact: facts[state],
  ...(queryId === null ? {} : { queryId }),
})
