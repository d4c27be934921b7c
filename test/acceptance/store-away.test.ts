import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeClient } from '../../src/adapters/postgres/drizzle.ts'
import type { TurnSummary } from '../../src/contract/api.ts'
import type { TurnEvent } from '../../src/contract/turn-event.ts'
import { postTurn, readEvents, serveFloe, type ServedFloe } from '../support/floe-process.ts'
import { postgresMissing, startPostgresServer, type PostgresServer } from '../support/postgres-server.ts'
import { startTcpFaultProxy, type TcpFaultProxy } from '../support/tcp-fault-proxy.ts'

const missing = postgresMissing()
const reason = missing === null ? '' : ` (skipped: ${missing})`

describe.skipIf(missing !== null)(`a store that is away in the middle of a question${reason}`, () => {
  let folder: string
  let postgres: PostgresServer
  let proxy: TcpFaultProxy
  let server: ServedFloe

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'floe-away-'))
    postgres = await startPostgresServer()
    const address = new URL(postgres.url)
    proxy = await startTcpFaultProxy(Number(address.port))
    address.port = String(proxy.port)
    server = await serveFloe({ DATA_DIR: folder, DATABASE_URL: address.href, SAMPLE_SCALE: '0.001' })
  }, 300_000)
  afterAll(async () => {
    await server.stop()
    await proxy.close()
    await postgres.remove()
    rmSync(folder, { recursive: true, force: true })
  })

  const post = (path: string, body: object) =>
    fetch(`${server.url}/api/v1${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const readTurn = async (turnId: string) =>
    (await (await fetch(`${server.url}/api/v1/turns/${turnId}`)).json()) as { turn?: TurnSummary; events?: TurnEvent[] }

  const administer = async (...statements: readonly string[]): Promise<void> => {
    const client = await connectClient()
    for (const statement of statements) await client.query(statement)
    await client.end()
  }
  const connectClient = async () => {
    const client = makeClient({ connectionString: postgres.url })
    // Some are ended by the server, which is the point.
    client.on('error', () => undefined)
    await client.connect()
    return client
  }
  const endOthers = 'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()'

  /** What happens to the store; the result mends it. */
  const faults: Readonly<Record<string, () => Promise<() => Promise<void>>>> = {
    down: async () => {
      await proxy.set({ kind: 'down' })
      return () => proxy.set({ kind: 'none' })
    },
    'a black hole': async () => {
      await proxy.set({ kind: 'black-hole' })
      return async () => {
        await proxy.set({ kind: 'reset' })
        await proxy.set({ kind: 'none' })
      }
    },
    'read-only': async () => {
      const set = 'alter system set default_transaction_read_only'
      await administer(`${set} = on`, 'select pg_reload_conf()', endOthers)
      return () =>
        administer('set default_transaction_read_only = off', `${set} = off`, 'select pg_reload_conf()', endOthers)
    },
    'without a free connection': async () => {
      const taken: Awaited<ReturnType<typeof connectClient>>[] = []
      const pids: number[] = []
      const takeAll = async (): Promise<void> => {
        for (;;) {
          const client = await connectClient().catch((error: { code?: string }) => error.code)
          if (typeof client !== 'object') return expect(client).toBe('53300')
          taken.push(client)
          pids.push(((await client.query('select pg_backend_pid() as pid')).rows as { pid: number }[])[0]?.pid ?? 0)
        }
      }
      // The server connects again as quickly as this test: its connections are ended until it has had none twice.
      for (let without = 0; without < 2;) {
        await takeAll()
        const ended = await taken[0]?.query(
          `select pg_terminate_backend(pid) from pg_stat_activity where backend_type = 'client backend' and pid <> all($1)`,
          [pids],
        )
        without = ended?.rowCount === 0 ? without + 1 : 0
      }
      return async () => void (await Promise.all(taken.map((client) => client.end())))
    },
    'locked, so that every connection of the pool waits': async () => {
      const holder = await connectClient()
      await holder.query('begin')
      await holder.query('lock table turns, turn_events, preferences in access exclusive mode')
      return () => holder.end()
    },
  }

  test.each(Object.keys(faults))(
    '[nothing-lost] (%s): the answer comes and says that it is not saved; it is saved once the store is back',
    async (kind) => {
      const seen: TurnEvent[] = []
      let mend = (): Promise<void> => Promise.resolve()
      for await (const event of readEvents(await postTurn(server.url, { sql: 'SELECT COUNT(*) AS N FROM REGION' }))) {
        seen.push(event)
        if (event.kind !== 'query.proposed') continue
        // What was proposed is stored before the store goes away.
        await expect.poll(async () => (await readTurn(event.turnId)).turn?.state).toBe('waiting')
        mend = (await faults[kind]?.()) ?? mend
        void post(`/turns/${event.turnId}/approve`, { digest: event.digest })
      }
      expect(seen.at(-1)).toMatchObject({ kind: 'turn.done', saved: false })
      expect(seen.find((event) => event.kind === 'result.rows')).toMatchObject({ rows: [[5]] })
      const refused = await fetch(`${server.url}/api/v1/me/preferences`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ rowLimit: 77 }),
      })
      expect([refused.status, await refused.json()]).toEqual([
        503,
        expect.objectContaining({ code: 'store_unavailable', action: expect.stringMatching(/./) as string }),
      ])
      expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
      await mend()
      const turnId = seen[0]?.turnId ?? ''
      await expect
        .poll(async () => (await readTurn(turnId)).events?.length, { timeout: 50_000, interval: 500 })
        .toBe(seen.length)
      const { turn, events } = await readTurn(turnId)
      expect(turn?.state).toBe('done')
      expect(events?.slice(0, -1)).toEqual(seen.slice(0, -1))
      expect(events?.at(-1)).not.toHaveProperty('saved')
      expect((await post(`/turns/${turnId}/cancel`, {})).status).toBe(200)
    },
    120_000,
  )
})
