import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const main = join(import.meta.dirname, '..', 'dist', 'main.js')

/** A built server of its own, as a person starts it. */
export interface Served {
  readonly url: string
  /** From starting the process to its address, in ms. */
  readonly startMs: number
  readonly pid: number
  /** How long the event loop was held at a stretch since this was last asked, in ms of processor time; only where it is probed. */
  longestHold(): Promise<number>
  stop(): Promise<void>
}

const probe = ['--import', new URL('loop-probe.ts', import.meta.url).href]

export interface ServeOptions {
  /** Has its event loop watched. */
  readonly probed?: boolean
  readonly env?: Readonly<Record<string, string>>
  /** Another program than the built one. */
  readonly program?: string
}

/** Starts the built server on a free port over `dataDir` and resolves when it has printed its address. */
export async function serve(
  dataDir: string,
  { probed = false, env = {}, program = main }: ServeOptions = {},
): Promise<Served> {
  const start = performance.now()
  const child = spawn(process.execPath, [...(probed ? probe : []), program, 'serve'], {
    env: { PATH: process.env['PATH'] ?? '', PORT: '0', DATA_DIR: dataDir, LOG_LEVEL: 'error', ...env },
    stdio: ['ignore', 'pipe', 'inherit', ...(probed ? ['ipc' as const] : [])],
  })
  const url = await readAddress(child)
  return {
    url,
    startMs: performance.now() - start,
    pid: child.pid ?? 0,
    longestHold: async () => {
      child.send('how long?')
      const [held] = (await once(child, 'message')) as [number]
      return held
    },
    stop: async () => {
      const exited = once(child, 'exit')
      child.kill('SIGTERM')
      await exited
    },
  }
}

/** The address that the server prints; what it prints later is read too, since it ends when nobody reads it. */
async function readAddress({ stdout }: ChildProcess): Promise<string> {
  let text = ''
  for await (const chunk of stdout?.iterator({ destroyOnReturn: false }) ?? []) {
    text += String(chunk)
    const address = /http:\/\/\S+/.exec(text)?.[0]
    if (address === undefined) continue
    stdout?.resume()
    return address
  }
  throw new Error('The server ended before it was ready.')
}

/** Resident memory of a process and its children in MB, summed: what they share is counted for each. Linux only, null elsewhere. */
export function residentMegabytes(pid: number): number | null {
  try {
    return familyOf(pid).reduce((sum, { kilobytes }) => sum + kilobytes, 0) / 1_024
  } catch {
    return null
  }
}

/**
 * Memory of a process and its children in MB as a container of their own would show it: each page of a file once, and what each has for itself.
 * Linux only, null elsewhere.
 */
export function containerMegabytes(pid: number): number | null {
  try {
    const files = new Map<string, number>()
    let kilobytes = 0
    for (const { id } of familyOf(pid)) {
      const mapped = readMappings(id)
      kilobytes += mapped.anonymous
      for (const [file, size] of mapped.files) files.set(file, Math.max(files.get(file) ?? 0, size))
    }
    return (kilobytes + [...files.values()].reduce((sum, size) => sum + size, 0)) / 1_024
  } catch {
    return null
  }
}

/** Resident kilobytes of a process: those of each file, and those of none. */
function readMappings(pid: number): { readonly anonymous: number; readonly files: ReadonlyMap<string, number> } {
  const files = new Map<string, number>()
  let anonymous = 0
  let file = ''
  for (const line of readFileSync(`/proc/${pid}/smaps`, 'utf8').split('\n')) {
    file = /^[\da-f]+-[\da-f]+ \S+ \S+ \S+ \d+ *(.*)/.exec(line)?.[1] ?? file
    const [, kind, size] = /^(Rss|Anonymous): +(\d+)/.exec(line) ?? []
    if (kind === 'Anonymous') anonymous += Number(size)
    if (kind !== undefined) files.set(file, (files.get(file) ?? 0) + Number(size) * (kind === 'Rss' ? 1 : -1))
  }
  return { anonymous, files }
}

/** Whether a process has a child that runs this module. */
export const hasChild = (pid: number, module: string): boolean =>
  familyOf(pid).some(({ id }) => readFileSync(`/proc/${id}/cmdline`, 'utf8').includes(module))

interface Member {
  readonly id: number
  readonly parent: number
  readonly kilobytes: number
}

/** A process with its children and theirs. */
function familyOf(pid: number): readonly Member[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(statusOf)
  const family = new Set([pid])
  for (let grown = true; grown;) {
    const before = family.size
    for (const { id, parent } of all) if (family.has(parent)) family.add(id)
    grown = family.size > before
  }
  return all.filter(({ id }) => family.has(id))
}

function statusOf(pid: string): Member {
  const id = Number(pid)
  try {
    const text = readFileSync(`/proc/${pid}/status`, 'utf8')
    return {
      id,
      parent: Number(/^PPid:\s+(\d+)/m.exec(text)?.[1]),
      kilobytes: Number(/^VmRSS:\s+(\d+)/m.exec(text)?.[1] ?? 0),
    }
  } catch {
    return { id, parent: -1, kilobytes: 0 }
  }
}
