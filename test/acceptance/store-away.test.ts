import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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

  test.each(['down', 'black-hole'] as const)(
    '[nothing-lost] (%s): the answer comes and says that it is not saved; it is saved once the store is back',
    async (kind) => {
      const seen: TurnEvent[] = []
      for await (const event of readEvents(await postTurn(server.url, { sql: 'SELECT COUNT(*) AS N FROM REGION' }))) {
        seen.push(event)
        if (event.kind !== 'query.proposed') continue
        // What was proposed is stored before the store goes away.
        await expect.poll(async () => (await readTurn(event.turnId)).turn?.state).toBe('waiting')
        await proxy.set({ kind })
        void post(`/turns/${event.turnId}/approve`, { digest: event.digest })
      }
      expect(seen.at(-1)).toMatchObject({ kind: 'turn.done', saved: false })
      expect(seen.find((event) => event.kind === 'result.rows')).toMatchObject({ rows: [[5]] })
      await proxy.set({ kind: kind === 'down' ? 'none' : 'reset' })
      await proxy.set({ kind: 'none' })
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
