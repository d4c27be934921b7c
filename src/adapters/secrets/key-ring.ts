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
  statSync,
  writeFileSync,
  type BigIntStats,
} from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
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
  /** Whether everything that other processes sealed under an older key is stored by now. */
  isSettled(): boolean
  /** Takes keys out, never the newest; false, and no change, where the ring is not settled. Null for keys from the configuration. */
  readonly drop: ((ids: readonly string[]) => boolean) | null
  /** Where the keys come from, for messages. */
  readonly source: string
}

/** The keys from the configuration. */
export const makeGivenRing = (keys: readonly SecretKey[]): KeyRing => ({
  keys: () => keys,
  find: (id) => keys.find((key) => key.id === id) ?? null,
  renew: () => undefined,
  isSettled: () => true,
  drop: null,
  source: 'SECRET_KEYS',
})

const keyBytes = 32
const linePattern = /^([\w-]{1,32}):([A-Za-z0-9+/]{43}=)$/

/**
 * What another process sealed under an older key is stored within this time after the newest key appeared in the file: it looks at the file
 * before it seals, and then stores at once.
 */
const storedWithinMs = 60_000

/**
 * Keys in a file that only its owner may read, created by the first use. Each line is `id:base64`, newest first. A file that others can
 * read is refused. Every use that seals looks whether another process has changed the file. Throws problem `connection_broken`.
 */
export function makeFileRing(path: string): KeyRing {
  let known: KeyFile | null = null
  const load = (): readonly SecretKey[] => {
    const file = readKeys(path)
    // A new file would hold a new key, and what the old ones sealed would be lost without a word.
    if (file === null && known !== null)
      throw broken(`The key file ${path} is gone.`, 'Put it back, for example from a backup.')
    known = file ?? makeFile(path)
    return known.keys
  }
  const keys = (): readonly SecretKey[] => {
    const found = statSync(path, { bigint: true, throwIfNoEntry: false })
    return known !== null && found !== undefined && versionOf(found) === known.version ? known.keys : load()
  }
  const change = (choose: (file: KeyFile) => readonly SecretKey[] | null): void =>
    alone(path, () => {
      load()
      const chosen = known === null ? null : choose(known)
      if (chosen !== null) renameSync(writeDraft(path, chosen), path)
      load()
    })
  return {
    keys,
    find: (id) => {
      const held = known?.keys.find((key) => key.id === id)
      return held ?? load().find((key) => key.id === id) ?? null
    },
    renew: () => change((file) => [makeKey(), ...file.keys]),
    isSettled: () => {
      keys()
      return isSettled(known)
    },
    drop: (ids) => {
      let isDropped = false
      change((file) => {
        isDropped = isSettled(file)
        return isDropped ? file.keys.filter(({ id }, index) => index === 0 || !ids.includes(id)) : null
      })
      return isDropped
    },
    source: path,
  }
}

/** Keys as a file held them. */
interface KeyFile {
  readonly keys: readonly SecretKey[]
  /** Differs between two files that had the same path one after the other. */
  readonly version: string
  /** Milliseconds since 1970. */
  readonly changedAt: number
}

const versionOf = ({ ino, mtimeNs, size }: BigIntStats): string => `${ino} ${mtimeNs} ${size}`

const isSettled = (file: KeyFile | null): boolean => file !== null && Date.now() - file.changedAt >= storedWithinMs

/** Runs a change of the file while no other process changes it. SQLite takes the kernel's lock, which no killed process leaves behind. */
function alone(path: string, work: () => void): void {
  makeFolder(dirname(path))
  const lock = new DatabaseSync(`${path}.lock`, { timeout: 10_000 })
  try {
    lock.exec('begin exclusive')
    work()
  } finally {
    lock.close()
  }
}

const makeKey = (): SecretKey => ({ id: randomBytes(4).toString('hex'), key: randomBytes(keyBytes) })

/** Returns null when the file does not exist. */
function readKeys(path: string): KeyFile | null {
  const file = readPrivateFile(path)
  if (file === null) return null
  const { text, stats } = file
  const lines = text.split('\n').filter((line) => line !== '')
  const keys = lines.flatMap((line): readonly SecretKey[] => {
    const [, id, key] = linePattern.exec(line) ?? []
    return id === undefined || key === undefined ? [] : [{ id, key: Buffer.from(key, 'base64') }]
  })
  if (keys.length > 0 && keys.length === lines.length)
    return { keys, version: versionOf(stats), changedAt: Number(stats.mtimeMs) }
  throw broken(`The key file ${path} is damaged.`, 'Put back the file that was there, for example from a backup.')
}

/** Checks the permissions of the opened file, not of the path, which may name another file by then. */
function readPrivateFile(path: string): { readonly text: string; readonly stats: BigIntStats } | null {
  const file = openOrNull(path)
  if (file === null) return null
  try {
    const stats = fstatSync(file, { bigint: true })
    if (!stats.isFile()) throw broken(`${path} is no file.`, 'Move it away, or set SECRET_KEYS.')
    if (process.platform !== 'win32' && (stats.mode & 0o077n) !== 0n)
      throw broken(
        `Others on this machine can read the key file ${path}.`,
        `Run chmod 600 ${path}; if others may have read it, run floe admin rotate-secrets afterwards.`,
      )
    return { text: readFileSync(file, 'utf8'), stats }
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
function makeFile(path: string): KeyFile {
  const draft = writeDraft(path, [makeKey()])
  try {
    linkSync(draft, path)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST')
      throw broken(`The key file ${path} cannot be made (${codeOf(error)}).`, 'Make its folder writable.')
  } finally {
    rmSync(draft, { force: true })
  }
  const made = readKeys(path)
  if (made !== null) return made
  throw broken(`The key file ${path} was removed while it was being made.`, 'Try again.')
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
