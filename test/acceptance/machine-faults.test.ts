import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { Agent, request, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { TurnSummary } from '../../src/contract/api.ts'
import type { TurnEvent } from '../../src/contract/turn-event.ts'
import { approvedTurn } from '../support/approved-turn.ts'
import { commandOf, descendantsOf } from '../support/child-processes.ts'
import { serveFloe, type ServedFloe } from '../support/floe-process.ts'
import { whyNot } from '../support/why-not.ts'

const runs = (command: string): boolean => spawnSync(command, ['--version']).status === 0

const folder = mkdtempSync(join(tmpdir(), 'floe-machine-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const childOf = (server: ServedFloe, word: string): number =>
  descendantsOf(server.process.pid ?? 0).find((pid) => commandOf(pid).includes(word)) ?? 0

const readTurn = async (url: string, turnId: string) =>
  (await (await fetch(`${url}/api/v1/turns/${turnId}`)).json()) as { turn: TurnSummary; events: readonly TurnEvent[] }

const noPrlimit = whyNot(runs('prlimit'), 'prlimit')
const noStrace = whyNot(runs('strace'), 'strace')

describe.skipIf(process.platform !== 'linux')('a machine that fails', () => {
  let server: ServedFloe
  beforeAll(async () => {
    server = await serveFloe({ DATA_DIR: join(folder, 'data'), SAMPLE_SCALE: '0.001' })
    expect((await approvedTurn(server.url, { sql: 'SELECT 0 AS N' })).events.at(-1)?.kind).toBe('turn.done')
  }, 120_000)
  afterAll(() => server.stop())

  test.skipIf(noPrlimit !== '')(
    `with no open file left (EMFILE): open connections are served, a query that needs a process fails in words, later all goes on${noPrlimit}`,
    async () => {
      const pid = server.process.pid ?? 0
      const limit = (files: number): void =>
        expect(spawnSync('prlimit', ['--pid', String(pid), `--nofile=${files}:`]).status).toBe(0)
      const usual = Number(/^Max open files\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/limits`, 'utf8'))?.[1])
      const agent = new Agent({ keepAlive: true, maxSockets: 1 })
      const send = async (method: string, path: string, body = ''): Promise<[number | undefined, string]> => {
        const headers = body === '' ? {} : { 'content-type': 'application/json' }
        const sent = request(`${server.url}${path}`, { method, agent, headers }).end(body)
        const [answer] = (await once(sent, 'response')) as [IncomingMessage]
        return [answer.statusCode, await text(answer)]
      }
      expect((await send('GET', '/healthz'))[0]).toBe(200)
      const before = await approvedTurn(server.url, { sql: 'SELECT 1 AS N' })
      for (const word of ['duckdb-child', 'export-child']) {
        await expect.poll(() => childOf(server, word)).toBeGreaterThan(0)
        process.kill(childOf(server, word), 'SIGKILL')
        await expect.poll(() => childOf(server, word)).toBe(0)
      }
      // New files get the lowest free number: of these few are left below the limit, and the first connections take them.
      limit(readdirSync(`/proc/${pid}/fd`).length + 2)
      const more = Array.from({ length: 60 }, () => connect(Number(new URL(server.url).port), '127.0.0.1'))
      for (const socket of more) socket.on('error', () => undefined)
      await Promise.race(more.map((socket) => once(socket, 'close')))
      expect((await send('GET', '/api/v1/me'))[0]).toBe(200)
      for (const [method, path, body] of [
        ['POST', '/api/v1/turns', JSON.stringify({ sql: 'SELECT 1 AS N' })],
        ['GET', `/api/v1/turns/${before.turnId}/export?format=csv`, ''],
      ] as const) {
        const [, said] = await send(method, path, body)
        expect(said).toMatch(/"code":"warehouse_(?:unreachable|failed)".*"action":"[^"]+"/)
        expect(said).not.toContain(process.cwd())
      }
      limit(usual)
      for (const socket of more) socket.destroy()
      agent.destroy()
      expect((await approvedTurn(server.url, { sql: 'SELECT 2 AS N' })).events.at(-1)?.kind).toBe('turn.done')
      expect((await fetch(`${server.url}/api/v1/turns/${before.turnId}/export?format=csv`)).status).toBe(200)
      expect(server.log()).not.toMatch(/"level":60/)
    },
  )

  test('readers that take nothing of two files of 80 MB: the server keeps little of them in memory, and serves others', async () => {
    const sql = 'SELECT L.*, N_COMMENT, R_COMMENT FROM LINEITEM L, NATION, REGION WHERE R_REGIONKEY < 2'
    const { turnId } = await approvedTurn(server.url, { sql, maxRows: 1 })
    const { host, port } = new URL(server.url)
    const status = `/proc/${server.process.pid}/status`
    const residentMegabytes = (): number => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(status, 'utf8'))?.[1]) / 1_024
    const before = residentMegabytes()
    const readers = [0, 1].map(() => connect(Number(port), '127.0.0.1'))
    const lengths = await Promise.all(
      readers.map(async (socket) => {
        socket.write(`GET /api/v1/turns/${turnId}/export?format=csv HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
        const [head] = (await once(socket, 'data')) as [Buffer]
        socket.pause()
        return head.toString('latin1')
      }),
    )
    expect(lengths).toEqual([0, 1].map(() => expect.stringMatching(/^HTTP\/1\.1 200 OK\r\n/) as string))
    // Both connections have taken what they hold once nothing more leaves the server.
    const written = (): string => /wchar: \d+/.exec(readFileSync(`/proc/${server.process.pid}/io`, 'utf8'))?.[0] ?? ''
    let last = ''
    await expect
      .poll(() => [last, (last = written())], { interval: 500, timeout: 30_000 })
      .toSatisfy(([one, two]) => one === two)
    expect(residentMegabytes() - before).toBeLessThan(80)
    expect((await approvedTurn(server.url, { sql: 'SELECT 5 AS N' })).events.at(-1)?.kind).toBe('turn.done')
    for (const socket of readers) socket.destroy()
    await expect.poll(() => readdirSync(join(folder, 'data', 'exports'), { recursive: true })).toEqual([])
  })

  test.skipIf(noStrace !== '')(
    `whose disk does not take what was written (EIO): answers come, and nothing that was said to be saved is lost${noStrace}`,
    async () => {
      const before = await approvedTurn(server.url, { sql: 'SELECT 3 AS N' })
      const output = join(folder, 'strace')
      const pid = String(childOf(server, 'engine-child'))
      const calls = 'pwrite64,pwritev,fsync,fdatasync'
      const fault = ['-e', `trace=${calls}`, '-e', `inject=${calls}:error=EIO`]
      const tracer = spawn('strace', ['-f', '-p', pid, ...fault, '-o', output])
      // It ends with the process that it looks at.
      const exited = once(tracer, 'exit')
      await once(tracer.stderr, 'data')
      const during = await approvedTurn(server.url, { sql: 'SELECT 4 AS N' })
      expect(during.events.at(-1)?.kind).toBe('turn.done')
      tracer.kill('SIGINT')
      await exited
      expect(readFileSync(output, 'utf8')).toContain('INJECTED')
      for (const { turnId, events } of [before, during])
        await expect
          .poll(async () => (await readTurn(server.url, turnId)).events.length, { timeout: 50_000, interval: 500 })
          .toBe(events.length)
      expect(await (await fetch(`${server.url}/readyz`)).json()).toMatchObject({ status: 'ok' })
    },
  )
})

/** The sources take more memory than what is built of them. */
const builtProgram = resolve(import.meta.dirname, '..', '..', 'dist', 'main.js')

/** Where groups of processes with a limit of memory are made, by either version of control groups; undefined where this user may not. */
const groups = [
  ['/sys/fs/cgroup/memory', 'memory.limit_in_bytes'],
  ['/sys/fs/cgroup', 'memory.max'],
].find(([parent = '', file = '']) => {
  try {
    accessSync(parent, constants.W_OK)
    return (
      existsSync(join(parent, file)) || readFileSync(join(parent, 'cgroup.subtree_control'), 'utf8').includes('memory')
    )
  } catch {
    return false
  }
})
const noGroups = groups === undefined ? ' (skipped: no control group can be made here)' : ''

describe.skipIf(noGroups !== '')(`a server in a container of 512 MB${noGroups}`, () => {
  const [parent = '', limitFile = ''] = groups ?? []
  const group = join(parent, `floe-test-${process.pid}`)
  let server: ServedFloe
  beforeAll(async () => {
    mkdirSync(group)
    writeFileSync(join(group, limitFile), String(512 * 1_048_576))
    // A process is in the group of the one that starts it.
    writeFileSync(join(group, 'cgroup.procs'), String(process.pid))
    const started = serveFloe({ DATA_DIR: join(folder, 'small'), SAMPLE_SCALE: '0.01' }, builtProgram)
    writeFileSync(join(parent, 'cgroup.procs'), String(process.pid))
    server = await started
  }, 120_000)
  afterAll(async () => {
    await server.stop()
    await vi.waitFor(() => expect(readFileSync(join(group, 'cgroup.procs'), 'utf8')).toBe(''))
    rmdirSync(group)
  })

  test('says which question needs more memory than there is, goes on serving, and answers the next one', async () => {
    const pid = server.process.pid
    expect((await approvedTurn(server.url, { sql: 'SELECT COUNT(*) AS N FROM LINEITEM' })).events.at(-1)?.kind).toBe(
      'turn.done',
    )
    const sql = `SELECT L.L_ORDERKEY, LISTAGG(M.L_COMMENT, ',') AS ALL_OF_THEM
      FROM LINEITEM L, LINEITEM M, NATION GROUP BY L.L_ORDERKEY`
    const asked = await Promise.all([0, 1, 2].map(() => approvedTurn(server.url, { sql })))
    for (const { events } of asked) {
      expect(events.at(-1)).toMatchObject({ kind: 'turn.failed', problem: { code: 'query_too_large' } })
      expect(JSON.stringify(events.at(-1))).toContain('memory')
    }
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
    expect(server.process.pid).toBe(pid)
    expect((await approvedTurn(server.url, { sql: 'SELECT 7 AS N' })).events.at(-1)?.kind).toBe('turn.done')
    expect(server.log()).not.toMatch(/"level":60/)
  })
})
