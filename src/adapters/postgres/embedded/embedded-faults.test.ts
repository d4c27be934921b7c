import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { eventsUpTo, newTurn } from '../../../../test/support/turn-store-suite.ts'
import { ProblemError } from '../../../core/problem.ts'
import { sql } from '../drizzle.ts'
import { localUserId } from '../local-user.ts'
import { lostEvents, openStore, temporaryFolder, testTemplate } from '../store.test-support.ts'
import { packFolder, unpackFolder } from './folder-archive.ts'
import { readOwnerRecord } from './folder-owner.ts'

let templatePath: string
beforeAll(async () => {
  templatePath = await testTemplate()
})

const cleanups: (() => void | Promise<void>)[] = []
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean()
})

const freshFolder = (): string => {
  const folder = temporaryFolder()
  cleanups.push(folder.remove)
  return folder.path
}
const open = (dataDir: string) => {
  const opened = openStore({ dataDir, templatePath })
  cleanups.push(opened.close)
  return opened
}
const problemOf = async (promise: Promise<unknown>) => {
  const error: unknown = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(ProblemError)
  return error instanceof ProblemError ? error.problem : null
}

describe('a folder that is not a database of ours is refused and left alone', () => {
  const pg = (dir: string, ...path: string[]): string => join(dir, 'pg', ...path)
  const damage: readonly (readonly [string, RegExp, (dir: string) => void])[] = [
    [
      'made by another PostgreSQL',
      /PostgreSQL 17.*PostgreSQL 18/,
      (dir) => writeFileSync(pg(dir, 'PG_VERSION'), '17\n'),
    ],
    ['without its version', /damaged or incomplete/, (dir) => rmSync(pg(dir, 'PG_VERSION'))],
    [
      'emptied',
      /damaged or incomplete/,
      (dir) => {
        rmSync(pg(dir), { recursive: true })
        mkdirSync(pg(dir))
      },
    ],
    ['gone while its mark is there', /damaged or incomplete/, (dir) => rmSync(pg(dir), { recursive: true })],
    ['with a short control file', /damaged or incomplete/, (dir) => truncateSync(pg(dir, 'global', 'pg_control'), 100)],
    ['without its control file', /damaged or incomplete/, (dir) => rmSync(pg(dir, 'global', 'pg_control'))],
    [
      'without its log of changes',
      /damaged or incomplete/,
      (dir) => {
        for (const name of readdirSync(pg(dir, 'pg_wal')).filter((name) => /^[0-9A-F]{24}$/.test(name)))
          rmSync(pg(dir, 'pg_wal', name))
      },
    ],
    ['without its tables', /damaged or incomplete/, (dir) => rmSync(pg(dir, 'base'), { recursive: true })],
    [
      'with a garbled settings file',
      /damaged or incomplete/,
      (dir) => writeFileSync(pg(dir, 'postgresql.conf'), 'a = = b\n'),
    ],
  ]
  test.each(damage)('%s', async (_, message, harm) => {
    const dataDir = freshFolder()
    unpackFolder(templatePath, join(dataDir, 'pg'))
    writeFileSync(join(dataDir, 'made-by.json'), '{}')
    harm(dataDir)
    const before = readdirSync(dataDir)
    const found = await problemOf(open(dataDir).database.ready())
    expect(found).toMatchObject({ code: 'store_unavailable', whoseTurn: 'operator' })
    expect(found?.message).toMatch(message)
    expect(found?.message).toContain(dataDir)
    expect(found?.action).toMatch(/backup|version of Floe/)
    expect(readdirSync(dataDir)).toEqual(expect.arrayContaining(before))
  })

  test('once it is put right, the same store works without a restart', async () => {
    const dataDir = freshFolder()
    unpackFolder(templatePath, join(dataDir, 'pg'))
    renameSync(join(dataDir, 'pg', 'global'), join(dataDir, 'aside'))
    const { database } = open(dataDir)
    expect((await problemOf(database.ready()))?.message).toMatch(/damaged/)
    expect(await database.health()).toMatchObject({ state: 'failed' })
    renameSync(join(dataDir, 'aside'), join(dataDir, 'pg', 'global'))
    await database.ready()
    expect(await database.health()).toEqual({
      state: 'ok',
      detail: expect.stringMatching(/^The embedded database in .* answers \(version 18\.\d+\)\.$/) as unknown,
      action: null,
    })
  })

  test('a start that was killed half-way begins again', async () => {
    const dataDir = freshFolder()
    mkdirSync(join(dataDir, 'pg.new'))
    copyFileSync(templatePath, join(dataDir, 'pg.new', 'PG_VERSION'))
    await open(dataDir).database.ready()
    expect(readFileSync(join(dataDir, 'pg', 'PG_VERSION'), 'utf8').trim()).toBe('18')
  })
})

test('a folder that is a file is named', async () => {
  const path = join(freshFolder(), 'file')
  writeFileSync(path, 'not a folder')
  expect(await problemOf(open(path).database.ready())).toMatchObject({
    code: 'store_unavailable',
    message: `The data folder ${path} is not a folder.`,
    action: 'Set DATA_DIR to a folder.',
  })
})

test.skipIf(!existsSync('/proc/self'))(
  'a file system that takes no folders is an error, not an endless try',
  async () => {
    expect(await problemOf(open('/proc/floe').database.ready())).toMatchObject({
      code: 'store_unavailable',
      message: 'The data folder /proc/floe cannot be made.',
    })
  },
)

test('a folder that cannot be written is named', async () => {
  const parent = freshFolder()
  chmodSync(parent, 0o500)
  cleanups.push(() => chmodSync(parent, 0o700))
  // Root may write everywhere but into the kernel's own folders.
  const dataDir = process.getuid?.() === 0 ? '/sys/kernel/floe' : join(parent, 'store')
  const found = await problemOf(open(dataDir).database.ready())
  expect(found?.message).toMatch(/^The data folder .* (cannot be written|is on a read-only disk)\.$/)
  expect(found?.action).toContain('DATA_DIR')
})

const run = (command: string, ...options: readonly string[]): boolean => spawnSync(command, options).status === 0
/** A file system of its own, small enough to fill. */
const mountDisk = (path: string, megabytes: number): boolean =>
  run('mount', '-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path)
const growDisk = (path: string, megabytes: number): boolean => run('mount', '-o', `remount,size=${megabytes}m`, path)
const unmountDisk = (path: string): boolean => run('umount', '-l', path)

const canMount = ((): boolean => {
  const { path, remove } = temporaryFolder()
  const mounted = mountDisk(path, 1)
  if (mounted) unmountDisk(path)
  remove()
  return mounted
})()
const why = canMount ? '' : ' (skipped: mounting a small disk is not permitted here)'

const smallDisk = (megabytes: number): string => {
  const path = freshFolder()
  expect(mountDisk(path, megabytes)).toBe(true)
  cleanups.push(() => void unmountDisk(path))
  return path
}

test.skipIf(!canMount)(`a full disk: what was stored stays, and writing goes on once there is room${why}`, async () => {
  const dataDir = smallDisk(48)
  const { store, database } = open(dataDir)
  const turn = newTurn(localUserId)
  await store.createTurn(turn)
  let stored = 0
  const fill = async (): Promise<void> => {
    for (; stored < 400; stored += 1)
      await store.append(localUserId, turn.id, eventsUpTo(stored + 1, stored + 1, noise(200_000)), 'running')
  }
  expect(await problemOf(fill())).toMatchObject({ code: 'store_unavailable' })
  expect(stored).toBeGreaterThan(3)
  expect(await database.health()).toMatchObject({
    state: 'failed',
    action: expect.stringContaining('space') as unknown,
  })
  expect(await lostEvents(store, new Map([[turn.id, stored]]))).toEqual([])
  expect(growDisk(dataDir, 96)).toBe(true)
  await store.append(localUserId, turn.id, eventsUpTo(stored + 1, stored + 1), 'done')
  expect((await open(dataDir).database.health()).state).toBe('ok')
  expect(await lostEvents(store, new Map([[turn.id, stored + 1]]))).toEqual([])
})

/** Text that does not compress. */
const noise = (length: number): string =>
  Buffer.from(crypto.getRandomValues(new Uint8Array(60_000)))
    .toString('base64')
    .repeat(length / 80_000)

test.skipIf(!canMount)(`no room for a new database: nothing half-made is left${why}`, async () => {
  const dataDir = smallDisk(8)
  expect(await problemOf(open(dataDir).database.ready())).toMatchObject({
    code: 'store_unavailable',
    message: `The data folder ${dataDir} has no disk space left.`,
  })
  expect(growDisk(dataDir, 96)).toBe(true)
  await open(dataDir).database.ready()
})

test('an engine that is killed is reported and replaced at the next use', async () => {
  const dataDir = freshFolder()
  const { database, store, faults } = open(dataDir)
  const turn = newTurn(localUserId)
  await store.createTurn(turn)
  process.kill(readOwnerRecord(dataDir)?.pid ?? 0, 'SIGKILL')
  expect(await store.readTurn(localUserId, turn.id)).not.toBeNull()
  expect(faults.map(String).join()).toMatch(/embedded database ended/)
  expect((await database.health()).state).toBe('ok')
})

test('an engine whose code breaks off in a statement never answers that all is well', async () => {
  const dataDir = freshFolder()
  const { database, store, faults } = open(dataDir)
  const turn = newTurn(localUserId)
  await store.createTurn(turn)
  await store.append(localUserId, turn.id, eventsUpTo(1, 1), 'running')
  const tooDeep = sql`select ${'['.repeat(100_000)}::json`
  expect(await problemOf(database.run((statements) => statements.execute(tooDeep)))).toMatchObject({
    code: 'store_unavailable',
  })
  expect(faults.map(String).join()).toMatch(/RangeError: Maximum call stack size exceeded/)
  expect(await lostEvents(store, new Map([[turn.id, 1]]))).toEqual([])
})

test('a folder that was removed under a running store is made anew', async () => {
  const dataDir = join(freshFolder(), 'store')
  const removed = Promise.withResolvers<unknown>()
  const { database, store } = openStore({ dataDir, templatePath, onFault: removed.resolve })
  cleanups.push(() => database.close())
  await store.createTurn(newTurn(localUserId))
  rmSync(dataDir, { recursive: true })
  await removed.promise
  expect(await store.createTurn(newTurn(localUserId))).toBe('created')
  expect(existsSync(join(dataDir, 'pg', 'PG_VERSION'))).toBe(true)
})

test('closing while it is being opened leaves no engine behind', async () => {
  const dataDir = freshFolder()
  const { database } = openStore({ dataDir, templatePath })
  const opening = problemOf(database.ready())
  expect((await database.health()).state).toBe('starting')
  await database.close()
  expect((await opening)?.code).toBe('store_unavailable')
  expect(readOwnerRecord(dataDir)).toBeNull()
  expect(await problemOf(database.ready())).toMatchObject({ message: 'The database was closed.' })
})

test('an archive gives back the folder it was made from', async () => {
  const [source, target] = [freshFolder(), join(freshFolder(), 'copy')]
  mkdirSync(join(source, 'empty', 'deep'), { recursive: true })
  for (const size of [0, 1, 511, 512, 513, 100_000])
    writeFileSync(join(source, 'empty', `${size}`), Buffer.alloc(size, 'ä'))
  await packFolder(source, join(target, '..', 'archive.tar.gz'))
  unpackFolder(join(target, '..', 'archive.tar.gz'), target)
  const list = (dir: string) => readdirSync(dir, { recursive: true, encoding: 'utf8' }).toSorted()
  expect(list(target)).toEqual(list(source))
  for (const size of [0, 1, 511, 512, 513, 100_000])
    expect(readFileSync(join(target, 'empty', `${size}`)).equals(readFileSync(join(source, 'empty', `${size}`)))).toBe(
      true,
    )
  const short = join(target, '..', 'short.tar.gz')
  cpSync(join(target, '..', 'archive.tar.gz'), short)
  truncateSync(short, 60)
  expect(() => unpackFolder(short, join(target, 'again'))).toThrow(/unexpected end of file/)
})
