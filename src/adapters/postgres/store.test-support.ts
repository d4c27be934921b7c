import { fork, type ChildProcess } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TurnStore } from '../../core/ports/turn-store.ts'
import type { Database } from './database.ts'
import { writeTemplate } from './embedded/write-template.ts'
import { localUserId } from './local-user.ts'
import { openDatabase } from './open-database.ts'
import { makePostgresTurnStore, type PostgresTurnStore } from './postgres-turn-store.ts'

export const otherUserId = '0e2f5a7c-9b1d-4f3a-8c6e-2d4b6a8f0c1e'

/** An archive of an empty database, made once for all runs on this machine with the same code. */
export async function testTemplate(): Promise<string> {
  const code = ['prepare-folder.ts', 'open-pglite.ts', 'folder-archive.ts'].map((name) =>
    readFileSync(new URL(`./embedded/${name}`, import.meta.url)),
  )
  const version = createHash('sha256').update(Buffer.concat(code)).digest('hex').slice(0, 12)
  const path = join(tmpdir(), `floe-test-template-${version}-${process.getuid?.() ?? 0}.tar.gz`)
  if (!existsSync(path)) {
    const draft = `${path}.${randomUUID()}`
    await writeTemplate(draft)
    renameSync(draft, path)
  }
  return path
}

/** A new temporary folder and what removes it. */
export function temporaryFolder(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'floe-store-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

export interface OpenStore {
  readonly database: Database
  readonly store: PostgresTurnStore
  readonly faults: unknown[]
  readonly close: () => Promise<void>
}

/** A store on a database of its own: `databaseUrl` null for the embedded one in `dataDir`. */
export function openStore(where: {
  readonly databaseUrl?: string
  readonly dataDir?: string
  readonly templatePath?: string
  readonly onFault?: (error: unknown) => void
}): OpenStore {
  const faults: unknown[] = []
  const onFault = (error: unknown): void => {
    faults.push(error)
    where.onFault?.(error)
  }
  const database = openDatabase({
    databaseUrl: where.databaseUrl ?? null,
    dataDir: where.dataDir ?? '',
    templatePath: where.templatePath ?? null,
    userIds: [localUserId, otherUserId],
    onFault,
  })
  const store = makePostgresTurnStore({ database, instanceId: randomUUID(), onFault })
  const close = async (): Promise<void> => {
    await store.close()
    await database.close()
  }
  return { database, store, faults, close }
}

/** What a writer process says: a turn was created, or an event of it was stored. */
export interface WriterWord {
  readonly turnId: string
  readonly seq: number
}

/** A process that appends to a turn of its own until it has written `events`, or is killed. */
export interface WriterProcess {
  readonly process: ChildProcess
  readonly words: WriterWord[]
  /** Resolves once `count` words were said or the process has ended. */
  readonly said: (count: number) => Promise<void>
  /** Resolves with the exit code, null after a kill. */
  readonly ended: Promise<number | null>
}

export function startWriter(where: {
  readonly databaseUrl?: string
  readonly dataDir?: string
  readonly templatePath?: string
  readonly events: number
}): WriterProcess {
  const child = fork(new URL('./store.test-child.ts', import.meta.url), [JSON.stringify(where)], {
    execArgv: [],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const words: WriterWord[] = []
  const waiting = new Set<() => void>()
  child.on('message', (word) => {
    words.push(word as WriterWord)
    for (const wake of waiting) wake()
  })
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', (code) => resolve(code))
  })
  const said = (count: number): Promise<void> =>
    Promise.race([
      ended.then(() => undefined),
      new Promise<void>((resolve) => {
        const look = (): void => {
          if (words.length >= count) resolve()
        }
        waiting.add(look)
        look()
      }),
    ])
  return { process: child, words, said, ended }
}

/** The highest event number said of each turn. */
export function acknowledged(writers: readonly WriterProcess[]): ReadonlyMap<string, number> {
  const highest = new Map<string, number>()
  for (const { turnId, seq } of writers.flatMap(({ words }) => words))
    highest.set(turnId, Math.max(seq, highest.get(turnId) ?? 0))
  return highest
}

/** The turns whose stored events do not count from 1 without a gap up to at least what was acknowledged. */
export async function lostEvents(store: TurnStore, expected: ReadonlyMap<string, number>): Promise<readonly string[]> {
  const lost: string[] = []
  for (const [turnId, seq] of expected) {
    const seqs = (await store.readEvents(localUserId, turnId, 0)).map((event) => event.seq)
    const gapless = seqs.every((stored, index) => stored === index + 1)
    if (!gapless || seqs.length < seq) lost.push(`${turnId}: ${seqs.length} of ${seq}`)
  }
  return lost
}
