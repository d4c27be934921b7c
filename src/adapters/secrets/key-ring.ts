import { randomBytes, randomUUID } from 'node:crypto'
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { problem } from '../../core/problem.ts'
import { makeFolder } from '../processes/make-folder.ts'

/** A key that seals secrets. */
export interface SecretKey {
  /** Prefixed to everything that the key sealed. */
  readonly id: string
  /** 32 bytes. */
  readonly key: Uint8Array
}

/** The keys of this installation, newest first. */
export interface KeyRing {
  /** Never empty. Throws problem `connection_broken`. */
  keys(): readonly SecretKey[]
  /** Finds a key, reading the file again when `keys` lacks it, because another process may have added it. Null when there is none. */
  find(id: string): SecretKey | null
  /** Adds a new key in front. Keys from the configuration stay as they are. */
  renew(): void
  /** Where the keys come from, for messages. */
  readonly source: string
}

/** The keys from the configuration. */
export const makeGivenRing = (keys: readonly SecretKey[]): KeyRing => ({
  keys: () => keys,
  find: (id) => keys.find((key) => key.id === id) ?? null,
  renew: () => undefined,
  source: 'SECRET_KEYS',
})

const keyBytes = 32
const linePattern = /^([\w-]{1,32}):([A-Za-z0-9+/]{43}=)$/

/**
 * Keys in a file that only its owner may read, created by the first use. Each line is `id:base64`, newest first. A file that others can
 * read is refused. Throws problem `connection_broken`.
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

/** Returns null when the file does not exist. */
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

/** Checks the permissions of the opened file, not of the path, which may name another file by then. */
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

/** Creates the file by linking a complete draft. When another process was first, its keys are used. */
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
    makeFolder(dirname(path))
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
