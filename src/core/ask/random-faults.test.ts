import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fuzzRuns } from '../../../test/support/fuzz-runs.ts'
import { isFinalKind, type TurnEvent } from '../../contract/turn-event.ts'
import type { Warehouse } from '../ports/warehouse.ts'
import { ProblemError, problem } from '../problem.ts'
import { settle } from './manual-time.test-support.ts'
import { ada, batchOf, rowStream, scriptTurns, untilAborted } from './scripted-ports.test-support.ts'

const away = () => problem('warehouse_unreachable', 'The warehouse is away.', 'Try again.')

/** What the warehouse does with a query. */
const engines = {
  answers: () => Promise.resolve(rowStream([batchOf([[1]])])),
  refuses: () => Promise.reject(away()),
  breaks: () => Promise.reject(new Error('a defect of the driver')),
  hangs: (_sql, { signal }) => untilAborted(signal),
  'is cut in the rows': () => {
    const batches = (async function* () {
      yield await Promise.resolve(batchOf([[1]]))
      throw away()
    })()
    return Promise.resolve({ ...rowStream([]), batches })
  },
} satisfies Readonly<Record<string, Warehouse['run']>>

const stores = ['here', 'away', 'slow', 'answers lost', 'taken over'] as const

/** One thing that a person, the network or a machine does. `turn` counts back from the newest one. */
type Step =
  | { readonly what: 'ask'; readonly autoRun: boolean }
  | { readonly what: 'approve' | 'approve an old text' | 'edit' | 'cancel' | 'read'; readonly turn: number }
  | { readonly what: 'leave' }
  | { readonly what: 'engine'; readonly how: keyof typeof engines }
  | { readonly what: 'store'; readonly how: (typeof stores)[number] }
  | { readonly what: 'wait' | 'set the clock back'; readonly ms: number }

const turn = fc.nat({ max: 3 })
const ms = fc.constantFrom(1, 1_000, 6_000, 31_000, 3_600_000)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ what: fc.constant('ask' as const), autoRun: fc.boolean() }) },
  {
    weight: 6,
    arbitrary: fc.record({
      what: fc.constantFrom('approve', 'approve', 'approve an old text', 'edit', 'cancel', 'read'),
      turn,
    }),
  },
  { weight: 1, arbitrary: fc.constant({ what: 'leave' as const }) },
  {
    weight: 3,
    arbitrary: fc.record({
      what: fc.constant('engine' as const),
      how: fc.constantFrom(...(Object.keys(engines) as (keyof typeof engines)[])),
    }),
  },
  { weight: 3, arbitrary: fc.record({ what: fc.constant('store' as const), how: fc.constantFrom(...stores) }) },
  { weight: 3, arbitrary: fc.record({ what: fc.constantFrom('wait', 'set the clock back'), ms }) },
)

/** What the model of a turn knows: how often its queries may run at most. */
interface Known {
  readonly turnId: string
  mayRun: number
}

function prepare() {
  let engine: keyof typeof engines = 'answers'
  const scripted = scriptTurns({ run: (sql, options) => engines[engine](sql, options) })
  const { memory, clock, pass, setBack, turns, follow, ask } = scripted
  let store: (typeof stores)[number] = 'here'
  const write = memory.store.append.bind(memory.store)
  memory.store.append = async (...given) => {
    await write(...given)
    if (store === 'answers lost') throw problem('store_unavailable', 'It did not answer in time.', 'Wait.')
  }
  const known: Known[] = []
  const readers: ReturnType<typeof follow>[] = []
  const heard: { readonly turnId: string; readonly events: readonly TurnEvent[] }[] = []
  const read = (turnId: string, afterSeq: number): void => {
    const reader = follow(turnId, ada, afterSeq)
    readers.push(reader)
    heard.push({ turnId, events: reader.all })
    // Whoever leaves hears nothing more; all else that ends a reading is looked at through what was heard.
    void reader.rest().catch(expectProblem)
  }
  const append = {
    here: null,
    away: memory.away,
    slow: () => new Promise<void>((resolve) => clock.after(4_000, resolve)),
    'answers lost': null,
    'taken over': () => Promise.reject(problem('interrupted', 'Another process has ended it.', 'Ask again.')),
  } as const
  const setStore = (how: (typeof stores)[number]): void => {
    store = how
    memory.fault.append = append[how]
  }
  const digestNow = (turnId: string): string =>
    heard
      .filter((each) => each.turnId === turnId)
      .flatMap(({ events }) => events)
      .flatMap((event) => (event.kind === 'query.proposed' ? [event.digest] : []))
      .at(-1) ?? 'none yet'
  const begin = async (autoRun: boolean): Promise<void> => {
    const { turnId } = await ask({ sql: `SELECT ${known.length}`, autoRun })
    known.push({ turnId, mayRun: autoRun ? 1 : 0 })
    read(turnId, 0)
  }
  const decide = async (one: Known, what: Step['what']): Promise<void> => {
    const { turnId } = one
    if (what === 'cancel') return await turns.cancel(ada, { turnId })
    if (what === 'edit') return await turns.edit(ada, { turnId, sql: `SELECT ${known.indexOf(one)} /* edited */` })
    if (what === 'approve an old text') return await turns.approve(ada, { turnId, digest: 'sha256 of another text' })
    await turns.approve(ada, { turnId, digest: digestNow(turnId) })
    one.mayRun += 1
  }
  const take = async (each: Step): Promise<void> => {
    if (each.what === 'engine') engine = each.how
    else if (each.what === 'store') setStore(each.how)
    else if ('ms' in each) await (each.what === 'wait' ? pass(each.ms) : setBack(each.ms))
    else if (each.what === 'leave') readers.pop()?.leave()
    else if (each.what === 'ask') await begin(each.autoRun).catch(expectProblem)
    else {
      const one = known.at(-1 - each.turn)
      if (one !== undefined && each.what === 'read') read(one.turnId, 1)
      // A cancel waits for the engine and the store, which may be what is broken now.
      else if (one !== undefined) void decide(one, each.what).catch(expectProblem)
    }
    await settle()
  }
  const mend = async (): Promise<void> => {
    engine = 'answers'
    setStore('here')
    for (const { turnId } of known) void turns.cancel(ada, { turnId }).catch(expectProblem)
    await pass(40 * 60_000)
    await scripted.sweep()
    await settle()
  }
  return { ...scripted, known, heard, take, mend }
}

/** What goes wrong is told as a problem, never as a defect. */
function expectProblem(error: unknown): void {
  if (error instanceof ProblemError) expect(error.problem.action).not.toBe('')
  else throw error
}

function expectWhole({ known, heard, seen, memory }: ReturnType<typeof prepare>): void {
  for (const [place, { turnId, mayRun }] of known.entries()) {
    const ran = seen.ran.filter(({ sql }) => /^SELECT (\d+)/.exec(sql)?.[1] === String(place))
    expect(ran.length, `runs of turn ${place}`).toBeLessThanOrEqual(mayRun)
    const stored = (memory.turns.get(turnId)?.events ?? []).map(({ json }) => JSON.parse(json) as TurnEvent)
    expect(stored.map(({ seq }) => seq)).toEqual(stored.map((_event, index) => index + 1))
    const finals = stored.filter(({ kind }) => isFinalKind(kind))
    expect(finals, `the end of turn ${place}`).toEqual([stored.at(-1)])
    for (const event of stored) if (event.kind === 'result.done') expect(event.elapsedMs).toBeGreaterThanOrEqual(0)
    for (const { events } of heard.filter((each) => each.turnId === turnId)) {
      const first = events[0]?.seq ?? 1
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_event, index) => first + index))
      expect(events.filter(({ kind }) => isFinalKind(kind)).length).toBeLessThanOrEqual(1)
    }
  }
}

test('whatever happens in whatever order: a query runs once for an approval, events have no gap, every turn ends once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
      const world = prepare()
      for (const each of steps) await world.take(each)
      await world.mend()
      expectWhole(world)
    }),
    { numRuns: fuzzRuns(150) },
  )
})
