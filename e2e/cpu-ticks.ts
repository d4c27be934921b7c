import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'

interface ProcessTimes {
  readonly parent: number
  readonly ticks: number
}

/** How many ticks of processor time (100 a second) a process and all it started used within the next `ms`. Linux only. */
export async function cpuTicksOf(pid: number, ms: number): Promise<number> {
  const before = ticksOfTree(pid)
  await wait(ms)
  return ticksOfTree(pid) - before
}

function ticksOfTree(pid: number): number {
  const all = new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => {
        const times = readTimes(name)
        return times === null ? [] : [[Number(name), times] as const]
      }),
  )
  const belongs = (each: number): boolean => {
    for (let at = each, steps = 0; at > 1 && steps < 32; at = all.get(at)?.parent ?? 0, steps += 1)
      if (at === pid) return true
    return false
  }
  return [...all].filter(([each]) => belongs(each)).reduce((sum, [, { ticks }]) => sum + ticks, 0)
}

function readTimes(name: string): ProcessTimes | null {
  try {
    const fields = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    return { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) }
  } catch {
    // It ended while the list was being read.
    return null
  }
}
