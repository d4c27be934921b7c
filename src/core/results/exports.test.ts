import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import type { Notice } from '../../contract/notice.ts'
import { ExportOrder } from '../../contract/result-export.ts'
import { ada, bob, isKind, scriptTurns, untilAborted, type Script } from '../ask/scripted-ports.test-support.ts'
import { settle } from '../ask/manual-time.test-support.ts'
import type { Caller } from '../caller.ts'
import { defaultConnectionPolicy } from '../connections/connection-policy.ts'
import { limits } from '../limits.ts'
import { problem } from '../problem.ts'
import type { ExportOptions } from '../ports/exporter.ts'
import { makeExports, type ExportBounds } from './exports.ts'
import { makeWriteWholeResult } from './write-result.ts'

const never = new AbortController().signal
const csv = ExportOrder.parse({ format: 'csv' })

/** Turns over scripted ports whose exports write files of so many bytes, or whatever `write` does. */
function scriptExports(
  script: Script & {
    readonly bounds?: Partial<ExportBounds>
    readonly write?: (options: ExportOptions) => Promise<void>
  } = {},
) {
  const { bounds, write } = script
  const kept = new Set<number>()
  const ran: string[] = []
  const audited: object[] = []
  const looked: object[] = []
  let hear = (_notice: Notice): void => undefined
  const scripted = scriptTurns({
    ...script,
    exporter: {
      export: async (sql, options) => {
        const own = ran.push(sql)
        await write?.(options)
        kept.add(own)
        return {
          rowCount: 3,
          bytes: 100,
          content: Readable.from([]),
          read: () => Readable.from([]),
          saveAs: () => Promise.resolve(),
          discard: () => Promise.resolve(void kept.delete(own)),
        }
      },
    },
  })
  const { journey, connections, memory, clock } = scripted
  const identity = { uuid: () => crypto.randomUUID(), secret: () => '', sha256: (text: string) => text }
  const exports = makeExports({
    writeWhole: makeWriteWholeResult({ journey, store: memory.store, identity }),
    writeShown: (_caller, _turn, shown) => {
      looked.push(shown)
      const file = { rowCount: 2, bytes: 20, content: Readable.from([]), read: () => Readable.from([]) }
      const leaving = { saveAs: () => Promise.resolve(), discard: () => Promise.resolve() }
      return Promise.resolve({ file: { ...file, ...leaving }, isCut: false, keptAt: null })
    },
    writeKept: () => Promise.resolve(null),
    writeReread: () => Promise.reject(new Error('not scripted')),
    store: memory.store,
    sweep: { first: () => Promise.resolve() },
    connections,
    audit: {
      note: (actor, action, facts) => Promise.resolve(void audited.push({ by: actor?.userId, action, ...facts })),
      list: () => Promise.reject(new Error('not scripted')),
      export: () => Promise.reject(new Error('not scripted')),
    },
    clock,
    identity,
    notices: { subscribe: (heard) => ((hear = heard), () => undefined) },
    onFault: (error) => {
      throw error
    },
    bounds: { ...limits.exports, ...bounds },
  })
  const over = async (ask: object = { sql: 'SELECT 1' }, caller: Caller = ada): Promise<string> => {
    const turn = await scripted.ask(ask, { caller })
    await turn.rest()
    return turn.turnId
  }
  return { ...scripted, exports, ran, kept, looked, audited, over, tell: (notice: Notice) => hear(notice) }
}

const code = (expected: string) => ({ problem: { code: expected } })

describe('an export', () => {
  test('runs the query of its turn, and no other, without a limit, and is audited', async () => {
    const { exports, over, ran, audited } = scriptExports()
    const turnId = await over({ sql: 'SELECT 1', maxRows: 5 })
    const { file } = await exports.make(ada, turnId, csv, never)
    expect([ran, file.rowCount]).toEqual([['SELECT 1'], 3])
    expect(audited).toEqual([
      {
        by: 'ada',
        action: 'result.exported',
        turn: turnId,
        connection: 'sample',
        format: 'csv',
        view: 'all',
        outcome: 'done',
        rows: 3,
        bytes: 100,
      },
    ])
  })

  test('whose reader leaves before having all of it is removed, and audited as such', async () => {
    const { exports, over, audited, kept } = scriptExports()
    const leaving = new AbortController()
    await exports.make(ada, await over(), csv, leaving.signal)
    expect(kept.size).toBe(1)
    leaving.abort(new Error('gone'))
    await exports.end()
    expect([kept.size, audited]).toMatchObject([0, [{ outcome: 'done' }, { outcome: 'left', bytes: 100 }]])
  })

  test('of what a table shows runs nothing, and is audited as such', async () => {
    const { exports, over, ran, looked, audited } = scriptExports()
    const shown = { sort: [{ column: 1, direction: 'descending' }], filters: [], search: 'x', columns: [1, 0] } as const
    const order = ExportOrder.parse({ format: 'xlsx', view: 'shown', shown })
    const { fileName } = await exports.make(ada, await over(), order, never)
    expect(fileName).toBe('Query - the sample - as shown - 2026-01-01.xlsx')
    expect([ran, looked]).toEqual([[], [shown]])
    expect(audited).toMatchObject([{ action: 'result.exported', view: 'shown', format: 'xlsx', rows: 2 }])
  })

  test('says where the connection left rows out', async () => {
    const { exports, over } = scriptExports({ policy: { limits: { ...defaultConnectionPolicy.limits, maxRows: 3 } } })
    const { id } = await exports.start(ada, await over(), csv, never)
    await settle()
    expect(await exports.read(ada, id)).toMatchObject({ state: 'done', rows: 3, isCut: true })
  })

  test.each<readonly [string, string, Partial<Script>]>([
    ['is not allowed where the connection forbids it', 'forbidden', { policy: { mayExport: false } }],
    ['is held back that may read much and was not approved', 'stale_approval', { estimate: { rows: 1, bytes: 60e9 } }],
  ])('%s', async (_, expected, { policy, estimate }) => {
    const now = { policy: {}, estimate: { rows: 7, bytes: null } }
    const { exports, over, ran } = scriptExports(now)
    const turnId = await over()
    Object.assign(now.policy, policy)
    Object.assign(now.estimate, estimate)
    await expect(exports.make(ada, turnId, csv, never)).rejects.toMatchObject(code(expected))
    expect(ran).toEqual([])
  })

  test('that a person approved needs no other approval', async () => {
    const { exports, ask, turns, ran } = scriptExports({ estimate: { rows: null, bytes: 60e9 } })
    const turn = await ask({ sql: 'SELECT 1' })
    const proposed = await turn.until(isKind('query.proposed'))
    const { digest } = proposed as Extract<typeof proposed, { kind: 'query.proposed' }>
    await turns.approve(ada, { turnId: turn.turnId, digest })
    await turn.rest()
    await exports.make(ada, turn.turnId, csv, never)
    expect(ran).toEqual(['SELECT 1'])
  })

  test('is made by the writer of its turn, where nobody may write queries of their own', async () => {
    const { exports, over, ran } = scriptExports({ policy: { writers: ['scripted'] } })
    const turnId = await over({ question: 'How many orders were there?' })
    await exports.make(ada, turnId, csv, never)
    expect(ran).toEqual(['SELECT 1'])
  })

  test('belongs to its person, who must be one that asks', async () => {
    const { exports, over } = scriptExports()
    const turnId = await over()
    await expect(exports.make(bob, turnId, csv, never)).rejects.toMatchObject(code('not_found'))
    await expect(exports.start({ ...ada, rights: [] }, turnId, csv, never)).rejects.toMatchObject(code('forbidden'))
    const { id } = await exports.start(ada, turnId, csv, never)
    await settle()
    for (const work of [exports.read(bob, id), exports.open(bob, id), exports.remove(bob, id)])
      await expect(work).rejects.toMatchObject(code('not_found'))
    expect((await exports.open(ada, id)).file.bytes).toBe(100)
  })

  test('of a turn without a query is refused', async () => {
    const { exports, over } = scriptExports()
    await expect(exports.make(ada, await over({ question: 'thanks' }), csv, never)).rejects.toMatchObject(
      code('bad_request'),
    )
  })
})

describe('files', () => {
  test('are kept for an hour', async () => {
    const { exports, over, pass, kept } = scriptExports()
    const { id } = await exports.start(ada, await over(), csv, never)
    await settle()
    expect(await exports.read(ada, id)).toMatchObject({ state: 'done', expiresAt: '2026-01-01T01:00:00.000Z' })
    await pass(limits.exports.keepMs - 1)
    expect(kept.size).toBe(1)
    await pass(1)
    expect(kept.size).toBe(0)
    await expect(exports.read(ada, id)).rejects.toMatchObject(code('not_found'))
  })

  test('make room for newer ones, the oldest first: of one person, and of all', async () => {
    const { exports, over, kept } = scriptExports({ bounds: { keptBytesEach: 250, keptBytesInAll: 350 } })
    const ids: string[] = []
    for (const caller of [ada, ada, ada, bob, bob]) {
      ids.push((await exports.start(caller, await over({ sql: 'SELECT 1' }, caller), csv, never)).id)
      await settle()
    }
    const states = ids.map((id, at) =>
      exports.read(at < 3 ? ada : bob, id).then(
        ({ state }) => state,
        () => 'gone',
      ),
    )
    expect(await Promise.all(states)).toEqual(['gone', 'gone', 'done', 'done', 'done'])
    expect(kept.size).toBe(3)
  })

  test('that grow too large are given up, and say so', async () => {
    const { exports, over, kept, audited } = scriptExports({
      bounds: { maxFileBytes: 1_000 },
      write: async ({ onProgress, signal }) => {
        onProgress?.({ bytes: 1_001, rows: 7 })
        await untilAborted(signal)
      },
    })
    const { id } = await exports.start(ada, await over(), csv, never)
    await settle()
    expect(await exports.read(ada, id)).toMatchObject({
      state: 'failed',
      rows: 7,
      bytes: 1_001,
      problem: { code: 'query_too_large' },
    })
    await expect(exports.open(ada, id)).rejects.toMatchObject(code('query_too_large'))
    expect([kept.size, audited.at(-1)]).toMatchObject([0, { outcome: 'stopped' }])
  })

  test.each<readonly [string, (made: ReturnType<typeof scriptExports>, id: string) => Promise<void>]>([
    ['their person removes them', ({ exports }, id) => exports.remove(ada, id)],
    ['the server ends', ({ exports }) => exports.end()],
    [
      'their person may not come any more',
      ({ tell }) => Promise.resolve(tell({ kind: 'ended', userId: 'ada', sessionId: null, tokenId: null })),
    ],
  ])('go when %s, made or being made', async (_, end) => {
    let isSlow = false
    const made = scriptExports({ write: ({ signal }) => (isSlow ? untilAborted(signal) : Promise.resolve()) })
    const turnId = await made.over()
    const first = await made.exports.start(ada, turnId, csv, never)
    await settle()
    isSlow = true
    const second = await made.exports.start(ada, turnId, csv, never)
    await settle()
    for (const { id } of [first, second]) await end(made, id).catch(() => undefined)
    await settle()
    expect([made.kept.size, made.audited.at(-1)]).toMatchObject([0, { outcome: 'stopped' }])
    await expect(made.exports.read(ada, second.id)).rejects.toMatchObject(code('not_found'))
  })

  test('are so many at once of one person and of all; one that failed takes no place', async () => {
    let fails = true
    const made = scriptExports({
      bounds: { atOnceEach: 1, atOnceInAll: 2 },
      write: ({ signal }) =>
        fails ? Promise.reject(problem('warehouse_failed', 'No.', 'Again.')) : untilAborted(signal),
    })
    const { exports, over } = made
    const eve = { ...bob, userId: 'eve' }
    const start = async (caller: Caller) =>
      await exports.start(caller, await over({ sql: 'SELECT 1' }, caller), csv, never)
    await start(ada)
    await settle()
    fails = false
    await start(ada)
    await expect(start(ada)).rejects.toMatchObject(code('too_busy'))
    await start(bob)
    await expect(start(eve)).rejects.toMatchObject(code('too_busy'))
    await exports.end()
  })

  test('cannot be had any more once the connection forbids it', async () => {
    const policy = { mayExport: true }
    const { exports, over } = scriptExports({ policy })
    const { id } = await exports.start(ada, await over(), csv, never)
    await settle()
    policy.mayExport = false
    await expect(exports.open(ada, id)).rejects.toMatchObject(code('forbidden'))
  })
})
