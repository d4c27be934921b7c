import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { placeFile } from './duckdb-exporter.ts'

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'floe-place-'))
  file = join(folder, 'result.csv')
  writeFileSync(file, 'A\n1\n')
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})
const withCode = expect.objectContaining({ problem: expect.objectContaining({ code: 'bad_request' }) as unknown })

describe('is replaced, whole', () => {
  test('a new name', async () => {
    await placeFile(file, join(folder, 'new.csv'))
    expect(readFileSync(join(folder, 'new.csv'), 'utf8')).toBe('A\n1\n')
    expect(existsSync(file)).toBe(false)
  })

  test('a regular file', async () => {
    const target = join(folder, 'old.csv')
    writeFileSync(target, 'something longer than the result')
    await placeFile(file, target)
    expect(readFileSync(target, 'utf8')).toBe('A\n1\n')
  })

  test('the file behind a link, which stays a link', async () => {
    const [target, link] = [join(folder, 'old.csv'), join(folder, 'link.csv')]
    writeFileSync(target, 'old')
    symlinkSync('old.csv', link)
    await placeFile(file, link)
    expect(lstatSync(link).isSymbolicLink()).toBe(true)
    expect(readFileSync(target, 'utf8')).toBe('A\n1\n')
  })
})

describe('is written into', () => {
  test('a pipe', async () => {
    const pipe = join(folder, 'pipe')
    execFileSync('mkfifo', [pipe])
    const reader = spawn('cat', [pipe])
    const [read] = await Promise.all([text(reader.stdout), placeFile(file, pipe)])
    expect(read).toBe('A\n1\n')
    expect(lstatSync(pipe).isFIFO()).toBe(true)
  })

  test.each(['the device', 'a link to it'])('/dev/null, %s', async (kind) => {
    const link = join(folder, 'null')
    symlinkSync('/dev/null', link)
    await placeFile(file, kind === 'the device' ? '/dev/null' : link)
    expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true)
    expect(lstatSync(link).isSymbolicLink()).toBe(true)
  })
})

describe('is refused and stays as it was', () => {
  test('a folder, a link to one, a link to nothing', async () => {
    mkdirSync(join(folder, 'folder'))
    symlinkSync('folder', join(folder, 'to-folder'))
    symlinkSync('nowhere', join(folder, 'to-nothing'))
    for (const name of ['folder', 'to-folder', 'to-nothing'])
      await expect(placeFile(file, join(folder, name))).rejects.toEqual(withCode)
    expect(lstatSync(join(folder, 'to-folder')).isSymbolicLink()).toBe(true)
    expect(lstatSync(join(folder, 'to-nothing')).isSymbolicLink()).toBe(true)
    expect(existsSync(join(folder, 'nowhere'))).toBe(false)
  })

  test('a socket', async () => {
    const path = join(folder, 'socket')
    const server = createServer().listen(path)
    await once(server, 'listening')
    await expect(placeFile(file, path)).rejects.toEqual(withCode)
    expect(lstatSync(path).isSocket()).toBe(true)
    server.close()
  })

  test('a name where nobody may write', async () => {
    await expect(placeFile(file, '/proc/floe-result.csv')).rejects.toEqual(withCode)
    expect(existsSync(file)).toBe(true)
  })
})
