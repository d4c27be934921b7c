import { randomBytes, randomUUID } from 'node:crypto'
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { problem } from '../../core/problem.ts'
import type { KeyRing, SecretKey } from './key-ring.ts'

const keyBytes = 32
const linePattern = /^([\w-]{1,32}):([A-Za-z0-9+/]{43}=)$/

/**
 * Keys in a file that its owner alone may read, made at first use: a line a key, `id:base64`, newest first. A file that others can read
 * is refused. Throws problem `connection_broken`.
 */
export function makeFileRing(path: string): KeyRing {
  let known: readonly SecretKey[] | null = null
  const load = (): readonly SecretKey[] => (known = readKeys(path) ?? makeFile(path))
  const keys = (): readonly SecretKey[] => known ?? load()
  const findIn = (ring: readonly SecretKey[], id: string) => ring.find((key) => key.id === id) ?? null
  return {
    keys,
    find: (id) => findIn(keys(), id) ?? findIn(load(), id),
    renew: () => {
      const ring = [makeKey(), ...load()]
      const draft = writeDraft(path, ring)
      renameSync(draft, path)
      known = ring
    },
    source: path,
  }
}

const makeKey = (): SecretKey => ({ id: randomBytes(4).toString('hex'), key: randomBytes(keyBytes) })

/** Null when there is no file. */
function readKeys(path: string): readonly SecretKey[] | null {
  const text = readPrivateFile(path)
  if (text === null) return null
  const lines = text.split('\n').filter((line) => line !== '')
  const keys = lines.flatMap((line): readonly SecretKey[] => {
    const [, id, key] = linePattern.exec(line) ?? []
    return id === undefined || key === undefined ? [] : [{ id, key: Buffer.from(key, 'base64') }]
  })
  if (keys.length > 0 && keys.length === lines.length) return keys
  throw broken(`The key file ${path} is damaged.`, 'Put back the file that was there, for example from a backup.')
}

/** Judges the very file it reads, whatever happens to the name meanwhile. */
function readPrivateFile(path: string): string | null {
  const file = openOrNull(path)
  if (file === null) return null
  try {
    const found = fstatSync(file)
    if (!found.isFile()) throw broken(`${path} is no file.`, 'Move it away, or set SECRET_KEYS.')
    if (process.platform !== 'win32' && (found.mode & 0o077) !== 0)
      throw broken(
        `Others on this machine can read the key file ${path}.`,
        `Run chmod 600 ${path}; if others may have read it, run floe admin rotate-secrets afterwards.`,
      )
    return readFileSync(file, 'utf8')
  } finally {
    closeSync(file)
  }
}

function openOrNull(path: string): number | null {
  try {
    return openSync(path, constants.O_RDONLY)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw broken(`The key file ${path} cannot be read (${codeOf(error)}).`, 'Let the user that Floe runs as read it.')
  }
}

/** Makes the file whole or not at all; when another process was first, its keys count. */
function makeFile(path: string): readonly SecretKey[] {
  const keys = [makeKey()]
  const draft = writeDraft(path, keys)
  try {
    linkSync(draft, path)
    return keys
  } catch (error) {
    const theirs = codeOf(error) === 'EEXIST' ? readKeys(path) : null
    if (theirs !== null) return theirs
    throw broken(`The key file ${path} cannot be made (${codeOf(error)}).`, 'Make its folder writable.')
  } finally {
    rmSync(draft, { force: true })
  }
}

function writeDraft(path: string, keys: readonly SecretKey[]): string {
  const draft = `${path}.${randomUUID()}`
  try {
    mkdirSync(dirname(path), { recursive: true })
    const file = openSync(draft, 'wx', 0o600)
    try {
      writeFileSync(file, keys.map(({ id, key }) => `${id}:${Buffer.from(key).toString('base64')}\n`).join(''))
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    return draft
  } catch (error) {
    rmSync(draft, { force: true })
    throw broken(`The key file ${path} cannot be written (${codeOf(error)}).`, 'Make its folder writable.')
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown'

const broken = (what: string, action: string) => problem('connection_broken', what, action)
