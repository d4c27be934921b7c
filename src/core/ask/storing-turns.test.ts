import { describe, expect, test } from 'vitest'
import { problem } from '../problem.ts'
import { settle } from './manual-time.test-support.ts'
import { ada, batchOf, bob, isKind, rowStream, scriptTurns, untilAborted } from './scripted-ports.test-support.ts'

const sql = 'SELECT 1'
const endless = { run: (_sql: string, { signal }: { readonly signal: AbortSignal }) => untilAborted(signal) }

describe('events', () => {
  test('that come soon after each other are stored together', async () => {
    const { ask, memory, pass, seen } = scriptTurns(endless)
    let writes = 0
    memory.fault.append = () => Promise.resolve(void (writes += 1))
    const turn = await ask({ sql, autoRun: true })
    await settle()
    expect(seen.ran).toHaveLength(1)
    const stored = () => (memory.turns.get(turn.turnId)?.events ?? []).map(({ json }) => json).join()
    expect([writes, stored().includes('"query.approved"')]).toEqual([2, true])
    await pass(50)
    expect([writes, stored().includes('"name":"run-query","state":"running"')]).toEqual([3, true])
  })

  test('by which another process knows what to cancel are stored at once', async () => {
    const { ask, memory, seen } = scriptTurns(endless)
    const turn = await ask({ sql, autoRun: true })
    await settle()
    seen.ran[0]?.options.onProgress?.({ queryId: 'q', state: 'running' })
    await settle()
    expect(memory.turns.get(turn.turnId)?.events.at(-1)?.json).toContain('"queryId":"q"')
  })
})

describe('the last event', () => {
  test('is told once it is stored', async () => {
    const { ask, memory } = scriptTurns()
    const turn = await ask({ sql })
    await turn.until(isKind('turn.done'))
    expect(memory.turns.get(turn.turnId)).toMatchObject({ state: 'done' })
    expect(memory.turns.get(turn.turnId)?.events.at(-1)?.json).toBe(JSON.stringify(turn.all.at(-1)))
  })

  test('says that the turn is not saved when the store is away, and the turn is saved when it is back', async () => {
    const { ask, follow, pass, memory, history, turns } = scriptTurns()
    const turn = await ask({ sql })
    memory.fault.append = memory.away
    const reading = turn.rest()
    await pass(4_999)
    expect(turn.all.at(-1)?.kind).not.toBe('turn.done')
    await pass(1)
    const told = await reading
    expect(told.at(-1)).toMatchObject({ kind: 'turn.done', saved: false })
    expect((await history.readTurn(ada, turn.turnId, 0)).turn.state).toBe('done')
    expect((await follow(turn.turnId).rest()).at(-1)).toMatchObject({ kind: 'turn.done', saved: false })
    await turns.cancel(ada, { turnId: turn.turnId })
    memory.fault.append = null
    await pass(20_000)
    const stored = await follow(turn.turnId).rest()
    expect(stored).toEqual([...told.slice(0, -1), expect.not.objectContaining({ saved: false })])
    expect(memory.turns.get(turn.turnId)?.state).toBe('done')
    expect(turns.isRunHere(turn.turnId)).toBe(false)
  })

  test('waits for a store that is slow as long as it makes progress', async () => {
    const rows = rowStream(Array.from({ length: 8 }, () => batchOf([['x'.repeat(150_000)]])))
    const { ask, pass, memory, clock } = scriptTurns({ run: () => Promise.resolve(rows) })
    memory.fault.append = () => new Promise((resolve) => clock.after(4_000, resolve))
    const turn = await ask({ sql })
    const reading = turn.rest()
    await pass(50_000)
    expect((await reading).at(-1)).not.toHaveProperty('saved')
    expect(memory.turns.get(turn.turnId)?.events).toHaveLength(turn.all.length)
  })

  test('that can never be stored ends as interrupted once the store is back', async () => {
    const { ask, follow, pass, memory, sweep, seen } = scriptTurns()
    const turn = await ask({ sql })
    memory.fault.append = memory.away
    const reading = turn.rest()
    await pass(31 * 60_000)
    await reading
    memory.fault.append = null
    await sweep()
    expect((await follow(turn.turnId).rest()).at(-1)).toMatchObject({
      kind: 'turn.failed',
      problem: { code: 'interrupted', message: 'The rest of this answer could not be stored.' },
    })
    expect(seen.logged).toEqual([
      expect.stringContaining('cannot be stored at the moment'),
      expect.stringContaining('are lost'),
    ])
  })

  test('of a turn that another process has ended says so', async () => {
    const { ask, memory, seen } = scriptTurns(endless)
    const turn = await ask({ sql })
    await turn.until(isKind('query.approved'))
    await settle()
    memory.fault.append = () => Promise.reject(problem('interrupted', 'Another process has ended it.', 'Ask again.'))
    seen.ran[0]?.options.onProgress?.({ queryId: 'q', state: 'queued' })
    expect((await turn.rest()).at(-1)).toMatchObject({ kind: 'turn.failed', problem: { code: 'interrupted' } })
    expect(seen.ran[0]?.options.signal.aborted).toBe(true)
  })

  test('of a turn that another process ended while this one was frozen in a write comes before its query runs', async () => {
    const { ask, turns, pass, memory, seen } = scriptTurns()
    const thawed = Promise.withResolvers<void>()
    const turn = await ask({ sql, autoRun: false })
    await turn.until(isKind('step'))
    memory.fault.append = () => thawed.promise
    const proposed = await turn.until(isKind('query.proposed'))
    await pass(35_000)
    memory.fault.append = async () => {
      await settle()
      throw problem('interrupted', 'Another process has ended it.', 'Ask again.')
    }
    thawed.reject(problem('store_unavailable', 'The store did not answer in time.', 'Wait.'))
    const digest = proposed.kind === 'query.proposed' ? proposed.digest : ''
    await expect(turns.approve(ada, { turnId: turn.turnId, digest })).rejects.toThrow('not waiting')
    expect((await turn.rest()).at(-1)).toMatchObject({ kind: 'turn.failed', problem: { code: 'interrupted' } })
    expect(seen.ran).toEqual([])
  })

  test('comes within the grace when a shutdown finds the store silent', async () => {
    const { ask, turns, pass, memory } = scriptTurns(endless)
    const turn = await ask({ sql })
    await turn.until(isKind('query.approved'))
    memory.fault.append = () => new Promise(() => undefined)
    const reading = turn.rest()
    const closing = turns.close()
    await pass(5_000)
    await closing
    expect((await reading).at(-1)).toMatchObject({ kind: 'turn.failed', saved: false })
  })
})

describe('a turn whose creation was answered by a problem', () => {
  test.each(['before', 'after'] as const)('(the store failed %s it) goes on when it is asked again', async (when) => {
    const { ask, memory } = scriptTurns()
    const turnId = crypto.randomUUID()
    memory.fault.create = when
    await expect(ask({ turnId, sql })).rejects.toMatchObject({ problem: { code: 'store_unavailable' } })
    memory.fault.create = null
    const events = await (await ask({ turnId, sql })).rest()
    expect(events.at(-1)?.kind).toBe('turn.done')
  })

  test('does not stay running when it is not asked again', async () => {
    const { ask, follow, memory, pass, sweep } = scriptTurns()
    const turnId = crypto.randomUUID()
    memory.fault.create = 'after'
    await expect(ask({ turnId, sql })).rejects.toMatchObject({ problem: { code: 'store_unavailable' } })
    memory.fault.create = null
    await sweep()
    expect(memory.turns.get(turnId)?.state).toBe('running')
    await pass(20_000)
    await sweep()
    expect(memory.turns.get(turnId)?.state).toBe('interrupted')
    expect((await follow(turnId).rest()).at(-1)?.kind).toBe('turn.failed')
  })

  test('is created once when two ask for it together', async () => {
    const { ask, seen } = scriptTurns()
    const turnId = crypto.randomUUID()
    const [one, two] = await Promise.all([ask({ turnId, sql }), ask({ turnId, sql })])
    expect(await one.rest()).toEqual(await two.rest())
    expect(seen.ran).toHaveLength(1)
  })
})

describe('a turn that this process does not run', () => {
  test('and no other is ended by the attempt to cancel it', async () => {
    const { turns, memory } = scriptTurns()
    const turnId = crypto.randomUUID()
    await memory.store.createTurn(ghost(turnId))
    await turns.cancel(ada, { turnId })
    expect(memory.turns.get(turnId)?.state).toBe('interrupted')
    await turns.cancel(ada, { turnId })
  })

  test('but another one does, is cancelled and decided about over there', async () => {
    const { turns, memory } = scriptTurns()
    const turnId = crypto.randomUUID()
    await memory.store.createTurn(ghost(turnId))
    memory.store.findOrphans = () => Promise.resolve([])
    const elsewhere = {
      problem: { code: 'turn_not_waiting', message: expect.stringContaining('Another process') as unknown },
    }
    await expect(turns.cancel(ada, { turnId })).rejects.toMatchObject(elsewhere)
    await expect(turns.approve(ada, { turnId, digest: 'd' })).rejects.toMatchObject(elsewhere)
  })

  test('of somebody else is unknown', async () => {
    const { ask, turns } = scriptTurns(endless)
    const { turnId } = await ask({ sql })
    for (const command of [turns.cancel(bob, { turnId }), turns.approve(bob, { turnId, digest: 'd' })])
      await expect(command).rejects.toMatchObject({ problem: { code: 'not_found' } })
    await expect(ask({ turnId, sql }, { caller: bob })).rejects.toMatchObject({ problem: { code: 'bad_request' } })
  })

  const ghost = (id: string) => ({
    id,
    ownerId: 'ada',
    conversationId: crypto.randomUUID(),
    question: null,
    connection: 'sample',
    writer: 'sql',
    askJson: '{}',
    createdAt: new Date(0).toISOString(),
  })
})

describe('a large result', () => {
  const batch = batchOf(Array.from({ length: 900 }, (_, n) => ['x'.repeat(1_000), n]))
  const batches = (howMany: number) => ({
    run: () => Promise.resolve(rowStream(Array.from({ length: howMany }, () => batch))),
  })
  const policy = {
    limits: { maxRows: 1e6, queryTimeoutMs: 1e6, maxResultBytes: 1e9, askAboveBytes: 1e9, refuseAboveBytes: 1e9 },
  }

  test('is read whole by a reader who comes while it runs, when much of it is in the store alone', async () => {
    const end = Promise.withResolvers<void>()
    const stream = rowStream(Array.from({ length: 12 }, () => batch))
    const held = (async function* () {
      yield* stream.batches
      await end.promise
    })()
    const { ask, follow, memory } = scriptTurns({ policy, run: () => Promise.resolve({ ...stream, batches: held }) })
    let reads = 0
    const readEvents = memory.store.readEvents.bind(memory.store)
    memory.store.readEvents = (...given) => {
      reads += 1
      return readEvents(...given)
    }
    const turn = await ask({ sql })
    let rows = 0
    await turn.until(({ kind }) => kind === 'result.rows' && (rows += 1) === 12)
    await settle()
    const late = follow(turn.turnId)
    rows = 0
    await late.until(({ kind }) => kind === 'result.rows' && (rows += 1) === 12)
    expect(reads).toBeGreaterThan(0)
    end.resolve()
    expect(await late.rest()).toEqual(await turn.rest())
  })

  test('waits for a slow store before it fills the memory, and goes on with it', async () => {
    const { ask, memory, seen } = scriptTurns({ ...batches(40), policy })
    const held: (() => void)[] = []
    memory.fault.append = () => new Promise((resolve) => held.push(resolve))
    const turn = await ask({ sql })
    const reading = turn.rest()
    await settle()
    await settle()
    expect(turn.all.filter(({ kind }) => kind === 'result.rows').length).toBeLessThan(12)
    memory.fault.append = null
    for (const go of held) go()
    expect((await reading).filter(({ kind }) => kind === 'result.rows')).toHaveLength(40)
    expect(seen.ran).toHaveLength(1)
  })
})
