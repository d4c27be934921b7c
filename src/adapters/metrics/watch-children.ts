import type { ChildProcess } from 'node:child_process'
import { subscribe } from 'node:diagnostics_channel'
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Meter, Readings } from '../../core/ports/meter.ts'
import { childDeaths, type ChildDeath } from '../processes/child-link.ts'

/** What each child process is called, by the module that it runs. */
const nameOf: Readonly<Record<string, string>> = {
  'duckdb-child': 'duckdb',
  'build-child': 'build',
  'export-child': 'export',
  'result-child': 'results',
  'engine-child': 'store',
  'snowflake-child': 'snowflake',
}
const children = [...Object.values(nameOf), 'other']
/** Linux counts resident memory in pages of this size on the machines that Floe supports. */
const pageBytes = 4_096

/** Counts the child processes that this process starts from now on, as Node tells of them. */
export function watchChildren(meter: Meter): void {
  const running = new Set<ChildProcess>()
  const deaths = meter.counter({
    name: 'floe_child_deaths_total',
    help: 'Child processes that ended unasked (killed: by a signal from outside, most often for memory) or had to be replaced.',
    labels: { child: children, reason: ['ended', 'killed', 'replaced'] },
  })
  subscribe('child_process', (message) => {
    const { process: child } = message as { readonly process: ChildProcess }
    running.add(child)
    child.once('exit', () => running.delete(child))
    child.once('error', () => child.pid === undefined && running.delete(child))
  })
  const told = new WeakSet<ChildProcess>()
  subscribe(childDeaths, (message) => {
    const { child, isReplaced } = message as ChildDeath
    if (told.has(child)) return
    told.add(child)
    const reason = isReplaced ? 'replaced' : child.signalCode === null ? 'ended' : 'killed'
    deaths({ child: childName(child), reason })
  })
  measureRunning(meter, running)
}

function measureRunning(meter: Meter, running: ReadonlySet<ChildProcess>): void {
  meter.gauge({ name: 'floe_children_running', help: 'Child processes that run.', labels: { child: children } }, () =>
    sumByName([...running].map((child) => [childName(child), 1] as const)),
  )
  meter.gauge(
    {
      name: 'floe_child_resident_memory_bytes',
      help: 'Resident memory of child processes, those of a sort together. Only on Linux.',
      labels: { child: children },
    },
    async () =>
      sumByName(
        await Promise.all([...running].map(async (child) => [childName(child), await residentBytes(child)] as const)),
      ),
  )
}

function childName({ spawnargs }: ChildProcess): string {
  for (const argument of spawnargs) {
    const name = nameOf[basename(argument).replace(/\.[jt]s$/, '')]
    if (name !== undefined) return name
  }
  return 'other'
}

function sumByName(values: readonly (readonly [name: string, value: number])[]): Readings<'child'> {
  const sums = new Map(children.map((name) => [name, 0]))
  for (const [name, value] of values) sums.set(name, (sums.get(name) ?? 0) + value)
  return [...sums].map(([child, value]) => [{ child }, value] as const)
}

/** 0 for a process that ends meanwhile, and where the system does not tell. */
async function residentBytes({ pid }: ChildProcess): Promise<number> {
  const text = await readFile(`/proc/${pid}/statm`, 'latin1').catch(() => '')
  return Number(text.split(' ')[1] ?? 0) * pageBytes
}
