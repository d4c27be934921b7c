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

/** Resident memory of a process and its children in MB; Linux only, null elsewhere. */
export function residentMegabytes(pid: number): number | null {
  try {
    const parents = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((name) => [Number(name), statusOf(name)] as const)
    const family = new Set([pid])
    for (let grown = true; grown;) {
      const before = family.size
      for (const [id, status] of parents) if (family.has(status.parent)) family.add(id)
      grown = family.size > before
    }
    return parents.filter(([id]) => family.has(id)).reduce((sum, [, status]) => sum + status.kilobytes, 0) / 1_024
  } catch {
    return null
  }
}

function statusOf(pid: string): { readonly parent: number; readonly kilobytes: number } {
  try {
    const text = readFileSync(`/proc/${pid}/status`, 'utf8')
    return {
      parent: Number(/^PPid:\s+(\d+)/m.exec(text)?.[1]),
      kilobytes: Number(/^VmRSS:\s+(\d+)/m.exec(text)?.[1] ?? 0),
    }
  } catch {
    return { parent: -1, kilobytes: 0 }
  }
}
