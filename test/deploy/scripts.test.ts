import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, delimiter, join, resolve } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Outcome } from '../support/floe-process.ts'
import { freePort, postgresMissing, startPostgresServer, type PostgresServer } from '../support/postgres-server.ts'

// Each script starts several processes.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 })

const root = resolve(import.meta.dirname, '..', '..')
const folder = mkdtempSync(join(tmpdir(), 'floe-deploy-'))
const releases = { older: join(folder, 'older'), newer: join(folder, 'newer'), patched: join(folder, 'patched') }

/** A release as it is unpacked: what is built here, under a version and a stamp of its own. */
function makeRelease(path: string, version: string, stamp: string): void {
  mkdirSync(path)
  for (const part of ['package-lock.json', 'LICENSE', '.env.example', 'deploy', 'dist'])
    cpSync(join(root, part), join(path, part), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(path, 'node_modules'))
  const packed = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as object
  writeFileSync(join(path, 'package.json'), JSON.stringify({ ...packed, version }, null, 2))
  writeFileSync(join(path, 'dist', '.stamp'), stamp)
}

/** One that lacks the newest migration: what a release of before knows of the store. */
function dropNewestMigration(path: string): string {
  const dist = join(path, 'dist')
  const journal = readdirSync(dist, { recursive: true, encoding: 'utf8' }).find((name) =>
    name.endsWith('_journal.json'),
  )
  const file = join(dist, journal ?? 'no journal')
  const { entries, ...rest } = JSON.parse(readFileSync(file, 'utf8')) as { entries: readonly { tag: string }[] }
  writeFileSync(file, JSON.stringify({ ...rest, entries: entries.slice(0, -1) }))
  return entries.at(-1)?.tag ?? ''
}

let newest: string
beforeAll(() => {
  makeRelease(releases.older, '0.0.9', 'aaaaaaaa')
  newest = dropNewestMigration(releases.older)
  makeRelease(releases.newer, '0.1.0', 'bbbbbbbb')
  makeRelease(releases.patched, '0.1.1', 'cccccccc')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A machine's folders below a temporary one, with the service started and ended for real. */
async function makeMachine(name: string) {
  const place = join(folder, name)
  mkdirSync(join(place, 'bin'), { recursive: true })
  symlinkSync(join(root, 'test', 'deploy', 'systemctl'), join(place, 'bin', 'systemctl'))
  const port = await freePort()
  const settings = join(place, 'etc', 'floe', 'floe.env')
  const env: NodeJS.ProcessEnv = {
    PATH: `${join(place, 'bin')}${delimiter}${process.env['PATH'] ?? ''}`,
    TRIAL_ROOT: place,
    // The scripts pass none of these on: the file counts.
    PORT: '1',
    DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
  }
  const execute = async (command: string, args: readonly string[]): Promise<Outcome> => {
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
    let [out, err] = ['', '']
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
    const [code] = (await once(child, 'close')) as [number | null]
    return { code, out, err }
  }
  return {
    place,
    settings,
    backups: join(place, 'var', 'backups', 'floe'),
    data: join(place, 'var', 'lib', 'floe'),
    current: () => basename(readlinkSync(join(place, 'opt', 'floe', 'current'))),
    set: (lines: Readonly<Record<string, string>>, file = settings) =>
      appendFileSync(
        file,
        Object.entries({ PORT: String(port), SAMPLE: 'off', ...lines })
          .map(([key, value]) => `${key}=${value}\n`)
          .join(''),
      ),
    run: (script: string, ...args: readonly string[]) =>
      execute(join(root, 'deploy', 'scripts', `${script}.sh`), [...args, '--root', place]),
    /** The command line of the release in place. */
    floe: (...args: readonly string[]) =>
      execute(join(root, 'deploy', 'scripts', 'floe.sh'), ['--root', place, ...args]),
    isReady: async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).status === 200,
    stop: () => execute(join(place, 'bin', 'systemctl'), ['stop', 'floe.service']),
  }
}
type Machine = Awaited<ReturnType<typeof makeMachine>>

const done = { code: 0, err: '' }
const saying = (words: string): unknown => expect.stringContaining(words)

const invite = (machine: Machine, name: string) =>
  machine.floe('admin', 'users', 'invite', `${name}@example.com`, '--role', 'member')
const people = async (machine: Machine): Promise<readonly string[]> =>
  [...(await machine.floe('admin', 'users', 'list')).out.matchAll(/(\w+)@example\.com/g)]
    .map(([, name]) => name ?? '')
    .toSorted()

const missing = postgresMissing()
describe.skipIf(missing !== null)(`the scripts on PostgreSQL${missing === null ? '' : `: ${missing}`}`, () => {
  let server: PostgresServer
  let machine: Machine
  const addressOf = (database: string): string => server.url.replace(/[^/]+$/, database)
  beforeAll(async () => {
    server = await startPostgresServer()
    const client = new Client({ connectionString: server.url })
    await client.connect()
    for (const name of ['first', 'second', 'third']) await client.query(`create database ${name}`)
    await client.end()
    machine = await makeMachine('postgres')
  })
  afterAll(async () => {
    await machine.stop()
    await server.remove()
  })

  test('install puts everything in place, and once more changes nothing', async () => {
    const dry = await machine.run('install', '--from', releases.older, '--dry-run')
    expect(dry).toMatchObject({ ...done, out: saying('would: the service is started') })
    expect(existsSync(join(machine.place, 'opt'))).toBe(false)

    expect(await machine.run('install', '--from', releases.older, '--no-start')).toMatchObject(done)
    expect(machine.current()).toBe('0.0.9-aaaaaaaa')
    expect([machine.data, machine.backups].map((path) => statSync(path).mode & 0o777)).toEqual([0o700, 0o700])
    expect(statSync(machine.settings).mode & 0o777).toBe(0o640)
    const settings = readFileSync(machine.settings, 'utf8')
    expect(settings).toMatch(/^SECRET_KEYS=\d{4}:[\w+/]{43}=$/m)
    expect(readdirSync(join(machine.place, 'etc', 'systemd', 'system')).toSorted()).toEqual([
      'floe-backup.service',
      'floe-backup.timer',
      'floe.service',
    ])
    machine.set({ DATABASE_URL: addressOf('first') })
    expect(await machine.run('install', '--from', releases.newer)).toMatchObject(done)
    expect(machine.current()).toBe('0.0.9-aaaaaaaa')
    expect(readFileSync(machine.settings, 'utf8').startsWith(settings)).toBe(true)
    expect(await machine.isReady()).toBe(true)
    expect(await invite(machine, 'ann')).toMatchObject(done)
  })

  test('upgrade looks before it changes anything, then backs up, migrates and restarts', async () => {
    const dry = await machine.run('upgrade', '--from', releases.newer, '--dry-run')
    expect(dry).toMatchObject({ ...done, out: saying(`to apply: ${newest}`) })
    expect(machine.current()).toBe('0.0.9-aaaaaaaa')
    const upgraded = await machine.run('upgrade', '--from', releases.newer)
    expect(upgraded).toMatchObject({ ...done, out: saying('0.0.9-aaaaaaaa became 0.1.0-bbbbbbbb') })
    expect([machine.current(), await machine.isReady(), await people(machine)]).toEqual([
      '0.1.0-bbbbbbbb',
      true,
      ['ann'],
    ])
    expect(readdirSync(machine.backups)).toEqual([expect.stringMatching(/^before-0\.1\.0-bbbbbbbb-.*\.gz$/)])

    const again = await machine.run('upgrade', '--from', releases.newer)
    expect(again).toMatchObject({ ...done, out: saying('nothing to do') })
    const older = await machine.run('upgrade', '--from', releases.older)
    expect(older).toMatchObject({ code: 1, err: saying('0.0.9 is older than 0.1.0') })
    expect(readdirSync(machine.backups)).toHaveLength(1)
    expect(await invite(machine, 'ben')).toMatchObject(done)
  })

  test('rollback says what a migrated store means, and restores the backup of before into another database', async () => {
    const refused = await machine.run('rollback')
    expect(refused).toMatchObject({ code: 1, err: saying('Run this again with --restore') })
    expect(await machine.run('rollback', '--restore')).toMatchObject({ code: 1, err: saying('Make an empty database') })
    const copy = join(machine.place, 'etc', 'floe', 'second.env')
    cpSync(machine.settings, copy)
    expect(await machine.run('rollback', '--restore', '--settings', copy)).toMatchObject({
      code: 1,
      err: saying('names the same database'),
    })
    expect([machine.current(), await machine.isReady()]).toEqual(['0.1.0-bbbbbbbb', true])

    machine.set({ DATABASE_URL: addressOf('second') }, copy)
    expect(await machine.run('rollback', '--restore', '--settings', copy)).toMatchObject(done)
    expect([machine.current(), await machine.isReady(), await people(machine)]).toEqual([
      '0.0.9-aaaaaaaa',
      true,
      ['ann'],
    ])
  })

  test('a backup is restored into an empty database, and a filled one is refused', async () => {
    expect(await machine.run('backup', '--keep', '1')).toMatchObject(done)
    expect(await machine.run('backup', '--keep', '1')).toMatchObject(done)
    const files = readdirSync(machine.backups).filter((name) => name.startsWith('floe-'))
    expect(files).toHaveLength(1)
    const backup = join(machine.backups, files.join())
    const refused = await machine.run('restore', backup)
    expect(refused).toMatchObject({ code: 2, err: saying('is not empty') })
    expect(await machine.isReady()).toBe(true)
    machine.set({ DATABASE_URL: addressOf('third') })
    expect(await machine.run('restore', backup)).toMatchObject(done)
    expect([await machine.isReady(), await people(machine)]).toEqual([true, ['ann']])
    const damaged = join(machine.place, 'damaged.gz')
    writeFileSync(damaged, readFileSync(backup).subarray(0, -20))
    expect(await machine.run('restore', damaged)).toMatchObject({ code: 1, err: saying('is damaged or no backup') })
  })
})

describe('the scripts on the embedded store', () => {
  let machine: Machine
  beforeAll(async () => {
    machine = await makeMachine('embedded')
    await machine.run('install', '--from', releases.older, '--no-start')
    machine.set({})
    await machine.run('install')
    await invite(machine, 'ann')
  })
  afterAll(async () => {
    await machine.stop()
  })

  test('an upgrade that migrated goes back to the backup of before, and the newer store is kept', async () => {
    expect(await machine.run('upgrade', '--from', releases.newer)).toMatchObject(done)
    await invite(machine, 'ben')
    expect(await machine.run('rollback', '--restore')).toMatchObject(done)
    expect([machine.current(), await machine.isReady(), await people(machine)]).toEqual([
      '0.0.9-aaaaaaaa',
      true,
      ['ann'],
    ])
    expect(readdirSync(machine.data)).toContainEqual(expect.stringMatching(/^store-0\.1\.0-bbbbbbbb-/))
  })

  test('an upgrade that did not migrate goes back with everything', async () => {
    expect(await machine.run('upgrade', '--from', releases.newer)).toMatchObject(done)
    expect(await machine.run('upgrade', '--from', releases.patched)).toMatchObject(done)
    await invite(machine, 'cleo')
    expect(await machine.run('rollback')).toMatchObject({ ...done, out: saying('everything stays') })
    expect([machine.current(), await people(machine)]).toEqual(['0.1.0-bbbbbbbb', ['ann', 'cleo']])
  })
})

test.each(['install', 'upgrade', 'rollback', 'backup', 'restore'])('%s.sh tells how it is used', async (script) => {
  const machine = await makeMachine(`help-${script}`)
  expect(await machine.run(script, '--help')).toMatchObject({ ...done, out: saying(`Usage: ${script}.sh`) })
  expect(await machine.run(script, '--nonsense')).toMatchObject({ code: 2, err: saying('--help') })
})

test('floe.sh tells how it is used, and what is missing', async () => {
  const machine = await makeMachine('help-floe')
  expect(await machine.run('floe', '--help')).toMatchObject({ ...done, out: saying('Usage: floe.sh') })
  expect(await machine.floe()).toMatchObject({ code: 2, err: saying('The command is missing') })
  expect(await machine.floe('doctor')).toMatchObject({ code: 1, err: saying('Run install.sh first') })
})
