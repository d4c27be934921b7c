import { expect, test } from 'vitest'
import type { Column } from '../../contract/result.ts'
import type { RowsView } from '../../contract/result-view.ts'
import { RefusedCommand } from '../transport/channel.ts'
import type { Row } from '../turns/turn-view.ts'
import { makeWorkerRows, type FromWorker, type ToWorker } from './worker-rows.ts'

const columns: readonly Column[] = [{ name: 'N', type: 'NUMBER(38,0)', kind: 'number', scale: 0 }]
const view: RowsView = { sort: [], filters: [], search: '' }
const rowsFrom = (first: number, count: number): readonly Row[] =>
  Array.from({ length: count }, (_, at) => [first + at])

/** A worker that keeps what it is told and says what the test wants it to say. */
class HeldWorker extends EventTarget {
  readonly told: ToWorker[] = []
  isEnded = false
  readonly #waiting: (() => void)[] = []

  postMessage(message: ToWorker): void {
    this.told.push(structuredClone(message))
    for (const look of this.#waiting) look()
  }

  say(message: FromWorker): void {
    this.dispatchEvent(new MessageEvent('message', { data: message }))
  }

  terminate(): void {
    this.isEnded = true
  }

  /** The message of a kind that comes after `after` others of it, once it is there. */
  async heard<K extends ToWorker['kind']>(kind: K, after = 0): Promise<Extract<ToWorker, { kind: K }>> {
    for (;;) {
      const message = this.told.filter((each): each is Extract<ToWorker, { kind: K }> => each.kind === kind)[after]
      if (message !== undefined) return message
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
  }
}

function open(rowCount: number) {
  const workers: HeldWorker[] = []
  const source = makeWorkerRows(columns, () => {
    const worker = new HeldWorker()
    workers.push(worker)
    return worker as unknown as Worker
  })
  source.append(rowsFrom(0, rowCount))
  const [worker = new HeldWorker()] = workers
  return { source, workers, worker }
}

test('few rows start no worker', async () => {
  const { source, workers } = open(1_000)
  source.append(rowsFrom(1_000, 500))
  expect(await source.count(view)).toBe(1_500)
  expect(await source.rows(view, { from: 998, count: 4 })).toEqual([[998], [999], [1_000], [1_001]])
  expect(workers).toEqual([])
})

test('thousands of columns start one before there is a row', async () => {
  const many = Array.from({ length: 1_001 }, () => columns).flat()
  const worker = new HeldWorker()
  const source = makeWorkerRows(many, () => worker as unknown as Worker)
  source.append([many.map((_, at) => at)])
  expect((await worker.heard('open')).columns).toHaveLength(1_001)
  expect((await worker.heard('append')).rows).toEqual([many.map((_, at) => at)])
})

test('more rows are sent in parts, those that came before among them, ahead of what is asked about them', async () => {
  const { source, worker, workers } = open(30_000)
  source.append(rowsFrom(30_000, 30_000))
  expect(workers).toHaveLength(1)
  expect(source.allRows).toBe(60_000)
  const [started] = workers
  const count = source.count(view)
  const { id } = await (started ?? worker).heard('ask')
  const told = started?.told ?? []
  expect(told.map(({ kind }) => kind)).toEqual(['open', ...Array.from({ length: 12 }, () => 'append'), 'ask'])
  const sent = told.flatMap((message) => (message.kind === 'append' ? message.rows : []))
  expect(sent).toEqual(rowsFrom(0, 60_000))
  started?.say({ id, value: 60_000 })
  expect(await count).toBe(60_000)
})

test('many rows are fetched in parts, none of which holds the page for long', async () => {
  const { source, worker } = open(60_000)
  const rows = source.rows(view, { from: 50_000, count: 20_000 })
  const asked = (): readonly ToWorker[] => worker.told.filter(({ kind }) => kind === 'ask')
  for (const [at, first, given] of [
    [0, 50_000, 5_000],
    [1, 55_000, 4_000],
  ] as const) {
    const message = await worker.heard('ask', at)
    expect(message.ask).toMatchObject({ what: 'rows', range: { from: first, count: 5_000 } })
    worker.say({ id: message.id, value: rowsFrom(first, given).map((row) => [...row]) })
  }
  expect(await rows).toEqual(rowsFrom(50_000, 9_000))
  expect(asked()).toHaveLength(2)
})

test('the columns that are asked for are the ones that cross from the worker', async () => {
  const { source, worker } = open(60_000)
  const rows = source.rows(view, { from: 0, count: 1, columns: [0] })
  const { id, ask } = await worker.heard('ask')
  expect(ask).toMatchObject({ what: 'rows', range: { columns: [0] } })
  worker.say({ id, value: [[7]] })
  expect(await rows).toEqual([[7]])
  const { source: inPage } = open(10)
  expect(await inPage.rows(view, { from: 2, count: 1, columns: [0, 0] })).toEqual([[2, 2]])
})

test('what is no longer wanted is cancelled in the worker and rejects with its reason', async () => {
  const { source, worker } = open(60_000)
  const control = new AbortController()
  const rows = source.rows(view, { from: 0, count: 10 }, control.signal)
  const { id } = await worker.heard('ask')
  control.abort(new Error('scrolled on'))
  await expect(rows).rejects.toThrow('scrolled on')
  expect(await worker.heard('cancel')).toEqual({ kind: 'cancel', id })
  // An answer that comes all the same belongs to nobody.
  worker.say({ id, value: [] })
})

test('a worker that fails is a problem for everything that was asked', async () => {
  const { source, worker } = open(60_000)
  const count = source.count(view)
  const summary = source.summary(view, 0)
  await worker.heard('ask')
  worker.dispatchEvent(Object.assign(new Event('error'), { message: 'out of memory' }))
  await expect(count).rejects.toBeInstanceOf(RefusedCommand)
  await expect(summary).rejects.toBeInstanceOf(RefusedCommand)
})

test('disposing ends the worker and what was asked of it', async () => {
  const { source, worker } = open(60_000)
  const count = source.count(view)
  source.dispose()
  expect(worker.isEnded).toBe(true)
  await expect(count).rejects.toMatchObject({ name: 'AbortError' })
})
