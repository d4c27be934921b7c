import { randomUUID } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import type { TurnSummary } from '../../src/contract/api.ts'
import { isFinalKind, type TurnEvent } from '../../src/contract/turn-event.ts'
import { descendantsOf } from '../support/child-processes.ts'
import { postTurn, readEvents, serveFloe, type ServedFloe } from '../support/floe-process.ts'
import { postgresMissing, startPostgresServer, type PostgresServer } from '../support/postgres-server.ts'

/** How often each store is killed: `KILLS` where it is set. */
const kills = Number(process.env['KILLS'] ?? 2)
/** Runs until it is stopped, on any machine. */
const endless =
  'SELECT COUNT(*) FROM LINEITEM a JOIN LINEITEM b ON a.L_QUANTITY < b.L_QUANTITY JOIN LINEITEM c ON b.L_PARTKEY < c.L_PARTKEY'
const json = { 'content-type': 'application/json' }

/** What the server has said yes to, over all its lives. */
interface Promised {
  /** Turns that began, by id, with all that was heard of them. */
  readonly turns: Map<string, readonly TurnEvent[]>
  readonly favorites: Set<string>
  /** The setting as it was last accepted, and as it was last sent: each is one more than the one before. */
  rowLimit: { accepted: number; sent: number }
}

let postgres: PostgresServer | null = null
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'floe-killed-'))
  if (postgresMissing() === null) postgres = await startPostgresServer()
})
afterAll(async () => {
  await postgres?.remove()
  rmSync(folder, { recursive: true, force: true })
})

/** Asks, keeps, sets and exports until the server dies; `heard` is called for each thing that it says. */
async function useUntilDead(server: ServedFloe, promised: Promised, heard: () => void): Promise<void> {
  const dead = new AbortController()
  server.process.once('exit', () => dead.abort())
  const keepDoing = async (work: () => Promise<void>): Promise<void> => {
    while (!dead.signal.aborted) await work()
  }
  const send = async (method: string, path: string, body: object): Promise<unknown> => {
    const answer = await fetch(`${server.url}/api/v1${path}`, { method, headers: json, body: JSON.stringify(body) })
    const said: unknown = await answer.json()
    // Two files are made at once; the next one waits.
    if (answer.status === 503) return null
    if (!answer.ok) throw new Error(JSON.stringify(said))
    heard()
    return said
  }
  /** The id of a turn that was answered; null for any other, as when it ran out of time. */
  const ask = async (body: Record<string, unknown>): Promise<string | null> => {
    const turnId = randomUUID()
    const events: TurnEvent[] = []
    for await (const event of readEvents(await postTurn(server.url, { turnId, autoRun: true, ...body }))) {
      events.push(event)
      promised.turns.set(turnId, events)
      heard()
    }
    return events.at(-1)?.kind === 'turn.done' ? turnId : null
  }
  const doings = [
    keepDoing(async () => {
      const turnId = await ask({ question: 'How many orders were placed per year?' })
      if (turnId === null) return
      const kept = (await send('POST', '/favorites', { turnId })) as { id: string } | null
      if (kept !== null) promised.favorites.add(kept.id)
    }),
    keepDoing(async () => {
      const turnId = await ask({ sql: 'SELECT * FROM LINEITEM', maxRows: 5_000 })
      if (turnId !== null) await send('POST', `/turns/${turnId}/exports`, { format: 'xlsx', view: 'all', again: true })
    }),
    keepDoing(async () => {
      promised.rowLimit.sent += 1
      const { sent } = promised.rowLimit
      if ((await send('PATCH', '/me/preferences', { rowLimit: sent })) !== null) promised.rowLimit.accepted = sent
    }),
    ask({ sql: endless }).then(() => undefined),
  ]
  const ends = await Promise.allSettled(doings)
  // Whatever broke before the server was killed is a fault of the server.
  const faults = ends.flatMap((end) => (end.status === 'rejected' ? [String(end.reason)] : []))
  expect(faults.filter((fault) => !/fetch failed|terminated|other side closed/.test(fault))).toEqual([])
}

/** Kills a server once it has said so many things, and waits until none of its processes is left. */
async function killAfter(server: ServedFloe, promised: Promised, many: number): Promise<void> {
  let left = many
  const processes = new Set<number>()
  const over = useUntilDead(server, promised, () => {
    left -= 1
    if (left !== 0) return
    for (const pid of descendantsOf(server.process.pid ?? 0)) processes.add(pid)
    void server.kill()
  })
  await over
  expect(processes.size).toBeGreaterThan(0)
  await vi.waitFor(() => expect([...processes].filter((pid) => existsSync(`/proc/${pid}`))).toEqual([]), {
    timeout: 60_000,
    interval: 50,
  })
}

/** Compares what a server that came back has with what it had promised. */
async function expectKept(server: ServedFloe, promised: Promised): Promise<void> {
  const read = async (path: string): Promise<unknown> => {
    const answer = await fetch(`${server.url}/api/v1${path}`)
    const said: unknown = await answer.json()
    expect(answer.ok, JSON.stringify(said)).toBe(true)
    return said
  }
  for (const [turnId, heard] of promised.turns) {
    const { turn, events } = (await read(`/turns/${turnId}`)) as { turn: TurnSummary; events: TurnEvent[] }
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
    expect(isFinalKind(events.at(-1)?.kind ?? '')).toBe(true)
    if (isFinalKind(heard.at(-1)?.kind ?? '')) expect(events).toEqual(heard)
    else expect(turn.state).not.toBe('running')
    // What is over and has been compared stays so: it need not be read again after the next kill.
    promised.turns.delete(turnId)
  }
  for (const id of promised.favorites) await read(`/favorites/${id}`)
  const { rowLimit } = (await read('/me/preferences')) as { rowLimit: number | null }
  // What was on its way may be stored also after the server has died: PostgreSQL ends what it was told.
  expect(rowLimit ?? 0).toBeGreaterThanOrEqual(promised.rowLimit.accepted)
  expect(rowLimit ?? 0).toBeLessThanOrEqual(promised.rowLimit.sent)
}

test.for(['the store in its own folder', 'a PostgreSQL server'] as const)(
  'killed at any moment, again and again, with %s: nothing that was said is lost, and no process or file stays behind',
  { timeout: 60_000 + kills * 30_000 },
  async (store, { skip }) => {
    if (store === 'a PostgreSQL server' && postgres === null) return skip(postgresMissing() ?? '')
    const dataDir = join(folder, store.replaceAll(' ', '-'))
    const env = {
      DATA_DIR: dataDir,
      ...(store === 'a PostgreSQL server' && postgres ? { DATABASE_URL: postgres.url } : {}),
    }
    const serve = async (): Promise<ServedFloe> => {
      const server = await serveFloe(env)
      onTestFinished(() => void server.process.kill('SIGKILL'))
      return server
    }
    const promised: Promised = { turns: new Map(), favorites: new Set(), rowLimit: { accepted: 0, sent: 0 } }
    for (let round = 0; round < kills; round += 1) {
      const server = await serve()
      if (round > 0) await expectKept(server, promised)
      await killAfter(server, promised, 1 + Math.floor(Math.random() * 120))
    }
    const last = await serve()
    await expectKept(last, promised)
    expect(readdirSync(join(dataDir, 'exports'), { recursive: true })).toEqual([])
    expect(await last.stop()).toBe(0)
  },
)
