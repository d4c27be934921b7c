import { spawnSync } from 'node:child_process'
import { closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { compose } from '../../src/compose.ts'
import { readConfig } from '../../src/config.ts'
import { approvedTurn } from '../support/approved-turn.ts'
import { serveFloe } from '../support/floe-process.ts'
import { startServer, type StartedServer } from '../support/started-server.ts'

const run = (command: string, ...options: readonly string[]): boolean => spawnSync(command, options).status === 0
/** A file system of its own, small enough to fill. */
const mountDisk = (path: string): boolean => run('mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', path)
const unmountDisk = (path: string): boolean => run('umount', '-l', path)

const folder = mkdtempSync(join(tmpdir(), 'floe-full-'))
const canMount = mountDisk(folder) && unmountDisk(folder)
const why = canMount ? '' : ' (skipped: mounting a small disk is not permitted here)'
const disks = ['exports', 'results'].map((name) => join(folder, name))
let server: StartedServer

beforeAll(async () => {
  if (canMount)
    for (const disk of disks) {
      mkdirSync(disk)
      expect(mountDisk(disk)).toBe(true)
    }
  const floe = compose(readConfig({ DATA_DIR: folder, SAMPLE_SCALE: '0.001', LOG_LEVEL: 'silent' }))
  server = await startServer(floe.services, { identify: floe.callerAt })
}, 300_000)
afterAll(async () => {
  await server.stop(10_000)
  if (canMount) for (const disk of disks) unmountDisk(disk)
  rmSync(folder, { recursive: true, force: true })
})

const left = () => disks.flatMap((disk) => readdirSync(disk))
const turnOf = async (sql: string) => (await approvedTurn(server.url, { sql, maxRows: 1 })).turnId
/** About 15 MB as text. */
const large = 'SELECT L.*, N_COMMENT, RANDOM() AS R FROM LINEITEM L, NATION'

test.skipIf(!canMount).each(['csv', 'json', 'ndjson', 'parquet', 'xlsx'])(
  `a file of %s that the disk has no room for: the person is told, nothing is left, the next one is made${why}`,
  async (format) => {
    const download = (turnId: string) => fetch(`${server.url}/api/v1/turns/${turnId}/export?format=${format}`)
    const full = await download(await turnOf(large))
    expect(await full.json()).toMatchObject({
      code: 'warehouse_failed',
      message: expect.stringMatching(/disk|room/) as string,
    })
    await expect.poll(left).toEqual([])
    const small = await download(await turnOf('SELECT R_NAME FROM REGION'))
    expect([small.status, (await small.arrayBuffer()).byteLength > 0]).toEqual([200, true])
    await expect.poll(left).toEqual([])
  },
)

test.skipIf(!canMount)(
  `a whole result that the disk has no room for: the person is told, and nothing is left${why}`,
  async () => {
    const rows = await fetch(`${server.url}/api/v1/turns/${await turnOf(large)}/rows?from=0&count=1`)
    expect(await rows.json()).toMatchObject({
      code: 'warehouse_failed',
      message: expect.stringMatching(/disk|room/) as string,
    })
    await expect.poll(left).toEqual([])
  },
)

test.skipIf(!canMount)(
  `a disk without room for the log: people are served, the server stops when told to, and the log goes on with what is missing${why}`,
  async () => {
    const disk = join(folder, 'logs')
    mkdirSync(disk)
    expect(mountDisk(disk)).toBe(true)
    const [log, filler] = [join(disk, 'floe.log'), join(disk, 'filler')]
    const file = openSync(log, 'a')
    expect(() => writeFileSync(filler, Buffer.alloc(2_000_000))).toThrow('ENOSPC')
    try {
      const env = { DATA_DIR: join(folder, 'logging'), SAMPLE_SCALE: '0.001', LOG_LEVEL: 'debug' }
      const logging = await serveFloe(env, undefined, file)
      expect((await approvedTurn(logging.url, { sql: 'SELECT 1 AS N' })).events.at(-1)).toMatchObject({
        kind: 'turn.done',
      })
      expect(readFileSync(log, 'utf8')).toBe('')
      rmSync(filler)
      await expect.poll(() => readFileSync(log, 'utf8')).toContain('"msg"')
      writeFileSync(filler, '')
      expect(await logging.stop()).toBe(0)
    } finally {
      closeSync(file)
      unmountDisk(disk)
    }
  },
)
