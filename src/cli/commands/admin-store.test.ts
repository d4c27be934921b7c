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
    expect(ended).toMatchObject({ code: 0, out: `${JSON.stringify(report)}\n`, err: '' })
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
