import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import type { TurnEvent } from '../../contract/turn-event.ts'
import { defaultConnectionPolicy } from '../connections/connection-policy.ts'
import { problem } from '../problem.ts'
import { ada, batchOf, rowStream, scriptTurns, untilAborted, type Script } from './scripted-ports.test-support.ts'

const question = 'How many orders?'
const find = <K extends TurnEvent['kind']>(events: readonly TurnEvent[], kind: K) =>
  events.find((event): event is Extract<TurnEvent, { kind: K }> => event.kind === kind)
const steps = (events: readonly TurnEvent[]) =>
  events.flatMap((event) =>
    event.kind === 'step' && event.state !== 'running' ? [`${event.name} ${event.state}`] : [],
  )
const failure = (events: readonly TurnEvent[]) => find(events, 'turn.failed')?.problem.code

describe('a result', () => {
  test('takes the time that passed, whatever the clock says meanwhile', async () => {
    const turns = scriptTurns({
      run: async () => {
        turns.setBack(3_600_000)
        await turns.pass(1_500)
        return rowStream([batchOf([[1]])])
      },
    })
    const events = await (await turns.ask({ sql: 'SELECT 1' })).rest()
    expect(find(events, 'result.done')).toMatchObject({ elapsedMs: 1_500 })
  })

  test('delivers no more bytes than its connection allows, and says so', async () => {
    const limits = {
      maxRows: 1_000,
      queryTimeoutMs: 1,
      maxResultBytes: 2_000_000,
      askAboveBytes: 1,
      refuseAboveBytes: 1,
    }
    const row = ['x'.repeat(900_000)]
    const { ask } = scriptTurns({
      policy: { limits },
      run: () => Promise.resolve(rowStream([batchOf([row, row, row]), batchOf([row])])),
    })
    const events = await (await ask({ sql: 'SELECT 1' })).rest()
    const done = find(events, 'result.done')
    expect(done).toMatchObject({ rowCount: 2, truncated: true })
    expect(done?.bytes).toBeLessThanOrEqual(2_000_000)
  })

  const bounded = (maxResultBytes: number): Script => ({
    policy: { limits: { ...defaultConnectionPolicy.limits, maxResultBytes } },
  })

  test('counts bytes and not letters: of rows in other scripts fewer fit', async () => {
    const row = ['€'.repeat(500_000)]
    const { ask } = scriptTurns({
      ...bounded(2_000_000),
      run: () => Promise.resolve(rowStream([batchOf([row, row])])),
    })
    const done = find(await (await ask({ sql: 'SELECT 1' })).rest(), 'result.done')
    expect(done).toMatchObject({ rowCount: 1, truncated: true })
    expect(done?.bytes).toBeGreaterThanOrEqual(1_500_000)
  })

  test('shows its first row however long it is: its values are cut until it fits', async () => {
    const { ask } = scriptTurns({
      ...bounded(10_000),
      run: () =>
        Promise.resolve(
          rowStream([
            batchOf([
              ['a'.repeat(9_000), 'b'.repeat(9_000)],
              ['c', 'd'],
            ]),
          ]),
        ),
    })
    const events = await (await ask({ sql: 'SELECT 1' })).rest()
    const [row = []] = find(events, 'result.rows')?.rows ?? []
    expect(row.map(String)).toEqual([
      expect.stringMatching(/^a+… \(cut: 9,000 characters\)$/),
      expect.stringMatching(/^b+… \(cut: 9,000 characters\)$/),
    ])
    expect(find(events, 'result.done')?.bytes).toBeLessThanOrEqual(10_000)
  })

  test('cuts a value that is too long, and notes it', async () => {
    const { ask } = scriptTurns({ run: () => Promise.resolve(rowStream([batchOf([['y'.repeat(5_000_000)], ['z']])])) })
    const events = await (await ask({ sql: 'SELECT 1' })).rest()
    const rows = find(events, 'result.rows')?.rows ?? []
    expect(String(rows[0]?.[0]).length).toBe(1_048_576)
    expect(String(rows[0]?.[0])).toMatch(/y… \(cut: 5,000,000 characters\)$/)
    expect(rows[1]).toEqual(['z'])
    expect(find(events, 'result.done')).toMatchObject({
      rowCount: 2,
      truncated: false,
      note: expect.stringContaining('cut') as unknown,
    })
  })

  test('goes into a file as a whole, without rows and without a summary', async () => {
    const exported: unknown[] = []
    const delivered: unknown[] = []
    const { ask, seen } = scriptTurns({
      exporter: {
        export: (sql, { form }) => {
          exported.push([sql, form.format])
          return Promise.resolve({
            rowCount: 5,
            bytes: 50,
            content: (async function* () {})(),
            saveAs: () => Promise.resolve(),
            read: () => Readable.from([]),
            discard: () => Promise.resolve(),
          })
        },
      },
    })
    const file = {
      form: { format: 'csv' },
      maxRows: null,
      deliver: (it: unknown) => Promise.resolve(void delivered.push(it)),
    } as const
    const events = await (await ask({ sql: 'SELECT 1' }, { file })).rest()
    expect([exported, delivered.length, seen.ran]).toEqual([[['SELECT 1', 'csv']], 1, []])
    expect(find(events, 'result.done')).toMatchObject({ rowCount: 5, bytes: 50, truncated: false, file: 'csv' })
    expect(steps(events).at(-1)).toBe('run-query done')
    expect(events.at(-1)?.kind).toBe('turn.done')
  })

  test('that its taker does not take is discarded', async () => {
    let discarded = 0
    const { ask } = scriptTurns({
      exporter: {
        export: () =>
          Promise.resolve({
            rowCount: 5,
            bytes: 50,
            content: (async function* () {})(),
            saveAs: () => Promise.resolve(),
            read: () => Readable.from([]),
            discard: () => Promise.resolve(void (discarded += 1)),
          }),
      },
    })
    const file = {
      form: { format: 'csv' },
      maxRows: 5,
      deliver: () => Promise.reject(problem('bad_request', 'No.', 'Go.')),
    } as const
    const events = await (await ask({ sql: 'SELECT 1' }, { file })).rest()
    expect([failure(events), discarded]).toEqual(['bad_request', 1])
  })

  test('cannot go into a file where the warehouse writes none, which is said before anything is read', async () => {
    const { ask, seen } = scriptTurns()
    const file = { form: { format: 'csv' }, maxRows: null, deliver: () => Promise.resolve() } as const
    const events = await (await ask({ sql: 'SELECT 1' }, { file })).rest()
    expect(find(events, 'turn.failed')?.problem).toMatchObject({
      code: 'sql_unsupported',
      message: 'the sample cannot write a result as a file.',
    })
    expect([seen.analyzed, steps(events)]).toEqual([[], ['understand failed']])
  })
})

describe('a turn that is stopped', () => {
  const inStep: Readonly<Record<string, (wait: (signal: AbortSignal) => Promise<never>) => Script>> = {
    understand: (wait) => ({ open: wait }),
    'understand (catalog)': (wait) => ({ catalog: wait }),
    'find-tables': (wait) => ({ findTables: wait }),
    'write-query': (wait) => ({ writes: [() => wait(stopSignal())] }),
    estimate: (wait) => ({ compile: (_sql, { signal }) => wait(signal) }),
    'run-query': (wait) => ({ run: (_sql, { signal }) => wait(signal) }),
    'sum-up': (wait) => ({ suggestFollowUps: wait }),
  }
  // Writers get their signal beside the request; the script hands over only the request.
  let writerSignal = new AbortController()
  const stopSignal = () => writerSignal.signal

  const stopIn = async (step: string, stop: 'cancel' | 'close') => {
    writerSignal = new AbortController()
    const reached = Promise.withResolvers<void>()
    let stopped = 0
    const script = inStep[step]?.((signal) => {
      reached.resolve()
      signal.addEventListener('abort', () => (stopped += 1), { once: true })
      return untilAborted(signal)
    })
    const { ask, turns } = scriptTurns(script)
    const turn = await ask({ question })
    const events = turn.rest()
    await reached.promise
    const stopping = stop === 'cancel' ? turns.cancel(ada, { turnId: turn.turnId }) : turns.close()
    if (step === 'write-query') writerSignal.abort(new Error('the writer stops'))
    await stopping
    return { events: await events, stopped }
  }

  test.each(Object.keys(inStep))('by a person in %s is cancelled there, and nothing runs on', async (step) => {
    const { events, stopped } = await stopIn(step, 'cancel')
    expect(steps(events).at(-1)).toBe(`${step.split(' ')[0] ?? ''} cancelled`)
    expect(events.findLast(({ kind }) => kind === 'step')).toMatchObject({ fact: null })
    expect(events.at(-1)).toMatchObject({ kind: 'turn.cancelled', reason: 'person' })
    expect(stopped).toBe(1)
  })

  test.each(['before', 'after'] as const)('%s its first row says how that ended in the warehouse', async (when) => {
    const reached = Promise.withResolvers<void>()
    const { ask, turns } = scriptTurns({
      run: async (_sql, { signal, onProgress }) => {
        const stop = async (): Promise<never> => {
          reached.resolve()
          return await untilAborted(signal).catch((error: unknown) => {
            onProgress?.({ queryId: 'q', state: 'unconfirmed' })
            throw error
          })
        }
        onProgress?.({ queryId: 'q', state: 'running' })
        if (when === 'before') return await stop()
        const rows = rowStream([batchOf([[1]])])
        const batches = (async function* () {
          yield* rows.batches
          await stop()
        })()
        return { ...rows, batches }
      },
    })
    const turn = await ask({ sql: 'SELECT 1' })
    const events = turn.rest()
    await reached.promise
    await turns.cancel(ada, { turnId: turn.turnId })
    expect((await events).slice(-3)).toMatchObject([
      { kind: 'step', state: 'running', fact: 'Asked the warehouse to stop; not confirmed' },
      { kind: 'step', state: 'cancelled', fact: null },
      { kind: 'turn.cancelled' },
    ])
  })

  test('by a shutdown is interrupted, and so is its step', async () => {
    const { events } = await stopIn('run-query', 'close')
    expect(steps(events).at(-1)).toBe('run-query interrupted')
    expect(failure(events)).toBe('interrupted')
  })

  test('by its deadline says that it timed out', async () => {
    const { ask } = scriptTurns({
      run: () => Promise.reject(problem('query_timeout', 'It took too long.', 'Ask for less.')),
    })
    const events = await (await ask({ sql: 'SELECT 1' })).rest()
    expect(events.findLast(({ kind }) => kind === 'step')).toMatchObject({
      state: 'timed_out',
      fact: 'It took too long.',
    })
    expect(failure(events)).toBe('query_timeout')
  })
})
