import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { run, start } from '../../../test/support/cli-run.ts'
import { scriptServices } from '../../../test/support/scripted-services.ts'
import type { StoreUpkeep } from '../../core/ports/store-upkeep.ts'
import { problem } from '../../core/problem.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'floe-backup-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const report = { level: '0001_x', created: '2026-11-29T10:00:00.000Z', rows: { users: 2 } }
const servicesWith = (backup: StoreUpkeep['backup']) => {
  const services = scriptServices()
  return { ...services, upkeep: { ...services.upkeep, backup } }
}
const bytes = (text: string): Uint8Array => Buffer.from(text)

describe('the file of a backup', () => {
  test('has its name only once it is whole, and is for its owner alone', async () => {
    const file = join(folder, 'floe.backup')
    writeFileSync(file, 'of yesterday')
    const seen: unknown[] = []
    const services = servicesWith(async (write) => {
      await write(bytes('one '))
      const drafts = readdirSync(folder).filter((name) => name !== 'floe.backup')
      const [draft = ''] = drafts
      seen.push(readFileSync(file, 'utf8'), drafts.length, statSync(join(folder, draft)).mode & 0o777)
      await write(bytes('two'))
      return report
    })
    const ended = await run(['admin', 'backup', file, '--json'], { services })
    expect(ended).toMatchObject({ code: 0, out: `${JSON.stringify({ ...report, file })}\n`, err: '' })
    expect(seen).toEqual(['of yesterday', 1, 0o600])
    expect([readdirSync(folder), readFileSync(file, 'utf8')]).toEqual([['floe.backup'], 'one two'])
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  test('is not there after a failure in the middle', async () => {
    const services = servicesWith(async (write) => {
      await write(bytes('one '))
      throw problem('store_unavailable', 'It went away.', 'Wait.')
    })
    const ended = await run(['admin', 'backup', join(folder, 'floe.backup')], { services })
    expect(ended).toMatchObject({ code: 1, err: expect.stringContaining('It went away.') as unknown })
    expect(readdirSync(folder)).toEqual([])
  })

  test('is not there after Ctrl-C', async () => {
    const services = servicesWith(async (write, signal) => {
      await write(bytes('one '))
      const stopped = new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(new Error('broken by the stop')))
      })
      running.signals.emit('SIGINT')
      await stopped
      return report
    })
    const running = start(['admin', 'backup', join(folder, 'floe.backup')], { services })
    expect(await running.ended).toMatchObject({ code: 130, err: '', defects: [] })
    expect(readdirSync(folder)).toEqual([])
  })

  test.each([
    ['a folder', () => folder, /is no file/],
    ['a folder that is not there', () => join(folder, 'none', 'file'), /could not be written \(ENOENT\)/],
  ])('%s is refused before the store is read', async (_, path, words) => {
    const ended = await run(['admin', 'backup', path()], {
      services: servicesWith(() => Promise.reject(new Error('read'))),
    })
    expect(ended).toMatchObject({ code: 2, err: expect.stringMatching(words) as unknown, defects: [] })
  })

  test('goes to stdout on request, and what is said of it to stderr', async () => {
    const services = servicesWith(async (write) => {
      await write(bytes('all of it'))
      return report
    })
    expect(await run(['admin', 'backup', '-'], { services })).toMatchObject({
      code: 0,
      out: 'all of it',
      err: expect.stringMatching(/^Backed up 2 rows of 1 tables at 0001_x\. Its secrets stay sealed/) as unknown,
    })
    expect(await run(['admin', 'backup', '-', '--json'], { services })).toMatchObject({ code: 2, out: '' })
  })
})

describe('a folder of backups', () => {
  const old = ['floe-20200101T000000Z.gz', 'floe-20200102T000000Z.gz', 'floe-20200103T000000Z.gz']
  const other = ['before-0.2.0.gz', 'floe-by-hand.gz']
  const services = servicesWith(async (write) => {
    await write(bytes('all of it'))
    return report
  })
  const fill = (names: readonly string[]): void => {
    for (const name of names) writeFileSync(join(folder, name), 'of then')
  }
  const byTime = /^floe-2\d{7}T\d{6}Z\.gz$/

  test('gets a file named by its time, and loses all but the newest of those', async () => {
    fill([...old, ...other])
    const ended = await run(['admin', 'backup', folder, '--keep', '2'], { services })
    expect(ended).toMatchObject({ code: 0, out: expect.stringContaining(` into ${folder}/floe-`) as unknown })
    const left = readdirSync(folder).toSorted()
    expect(left).toHaveLength(4)
    expect(left).toEqual(expect.arrayContaining([...other, old.at(-1)]))
    const made = left.find((name) => byTime.test(name) && !old.includes(name))
    expect(readFileSync(join(folder, made ?? ''), 'utf8')).toBe('all of it')
  })

  test('keeps everything when a backup fails', async () => {
    fill(old)
    const failing = servicesWith(() => Promise.reject(new Error('no')))
    expect(await run(['admin', 'backup', folder, '--keep', '1'], { services: failing })).toMatchObject({ code: 1 })
    expect(readdirSync(folder).toSorted()).toEqual(old)
  })

  test('with --every gets one as soon as the newest is too old, and no other before', async () => {
    fill(old)
    const going = start(['admin', 'backup', folder, '--keep', '9', '--every', '24'], { services })
    await expect.poll(going.stdout).toContain('Backed up')
    going.signals.emit('SIGTERM')
    expect(await going.ended).toMatchObject({ code: 143, err: '', defects: [] })
    expect(readdirSync(folder)).toHaveLength(4)
    // The newest is of now: another start waits.
    const never = servicesWith(() => Promise.reject(new Error('made before its time')))
    const waiting = start(['admin', 'backup', folder, '--keep', '9', '--every', '24'], { services: never })
    waiting.signals.emit('SIGTERM')
    expect(await waiting.ended).toMatchObject({ code: 143, err: '', defects: [] })
  })

  test.each([
    [['--keep', '2'], () => join(folder, 'none'), /is no folder/],
    [['--every', '24'], () => folder, /fill the disk/],
    [['--keep', '0'], () => folder, /whole number from 1 to 10000/],
    [['--keep', '1', '--every', '0.5'], () => folder, /whole number from 1 to 500/],
  ])('%j is refused where it makes no sense', async (options, path, words) => {
    const refused = await run(['admin', 'backup', path(), ...options], { services })
    expect(refused).toMatchObject({ code: 2, err: expect.stringMatching(words) as unknown, defects: [] })
  })
})
