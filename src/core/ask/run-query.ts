import type { Cell } from '../../contract/result.ts'
import { countInWords, durationInWords } from '../../contract/words/amounts.ts'
import type { RunProgress } from '../ports/warehouse.ts'
import { askerOf, type CheckedQuery } from './check-query.ts'
import { inStep, type StepResult } from './in-step.ts'
import type { JourneyNeeds, JourneyOrder, Place, ResultHead } from './journey.ts'
import type { LiveFact } from './live-event.ts'
import { whileWorking } from './while-working.ts'

/** Rows kept to describe and draw a result; a longer result is shown as a table anyway. */
const headRows = 5_001

/** Runs an approved query and streams its rows. Returns the head of the result. */
export async function* runQuery(
  needs: JourneyNeeds,
  order: JourneyOrder,
  place: Place,
  query: CheckedQuery,
  signal: AbortSignal,
): AsyncGenerator<LiveFact, ResultHead> {
  return yield* inStep('run-query', () => stream(needs, order, place, query, signal))
}

async function* stream(
  needs: JourneyNeeds,
  order: JourneyOrder,
  { connection }: Place,
  query: CheckedQuery,
  signal: AbortSignal,
): AsyncGenerator<LiveFact, StepResult<ResultHead>> {
  const startedAt = needs.clock.now()
  const { queryTimeoutMs: timeoutMs, maxResultBytes: maxBytes } = needs.limits
  const { maxRows } = order
  const asker = askerOf(order)
  const result = yield* whileWorking((tell) => {
    const onProgress = (progress: RunProgress): void => tell(presentProgress(progress))
    return connection.warehouse.run(query.runnable, { maxRows, maxBytes, timeoutMs, signal, asker, onProgress })
  })
  yield { kind: 'result.columns', columns: [...result.columns] }
  const head: Cell[][] = []
  let rowCount = 0
  let bytes = 0
  for await (const batch of result.batches) {
    yield { kind: 'result.rows', rowsJson: batch.rowsJson }
    if (head.length < headRows) head.push(...(JSON.parse(batch.rowsJson) as Cell[][]))
    rowCount += batch.rowCount
    bytes += batch.bytes
  }
  const elapsedMs = needs.clock.now() - startedAt
  const truncated = result.truncated()
  yield { kind: 'result.done', rowCount, truncated, elapsedMs, bytes }
  const fact = `${truncated ? 'The first ' : ''}${countInWords(rowCount, 'row')} in ${durationInWords(elapsedMs)}`
  return { fact, value: { columns: result.columns, rows: head, rowCount, truncated } }
}

const facts = {
  running: null,
  queued: 'The warehouse is busy: the query waits for its turn',
  resuming: 'The warehouse is resuming, which can take a moment',
} as const satisfies Record<RunProgress['state'], string | null>

/** Stored with the turn, the id lets whoever comes after a crash cancel what was left running. */
const presentProgress = ({ queryId, state }: RunProgress): LiveFact => ({
  kind: 'step',
  name: 'run-query',
  state: 'running',
  fact: facts[state],
  queryId,
})
