import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ms, percentile, timed, type Figure } from './measure.ts'
import { residentMegabytes, serve } from './served.ts'

/** Start to the served page and idle memory, embedded; the first start makes store and sample. */
export async function benchStart(): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'floe-bench-'))
  try {
    const first = await serve(folder)
    const page = await timed(() => fetch(first.url).then((answer) => answer.text()))
    const sampleMs = await timed(() => fetch(`${first.url}/api/v1/app`).then((answer) => answer.text()))
    await first.stop()
    const starts: number[] = []
    for (let round = 0; round < 5; round += 1) {
      const again = await serve(folder)
      const served = await timed(() => fetch(again.url).then((answer) => answer.text()))
      starts.push(again.startMs + served)
      await again.stop()
    }
    const idle = await serve(folder)
    await fetch(`${idle.url}/api/v1/conversations`).then((answer) => answer.text())
    await fetch(`${idle.url}/api/v1/app`).then((answer) => answer.text())
    const memory = residentMegabytes(idle.pid)
    await idle.stop()
    const p50 = percentile(starts, 0.5)
    return [
      { what: 'first start to the served page', measured: ms(first.startMs + page), goal: '', met: null },
      { what: 'sample warehouse made, first start', measured: ms(sampleMs), goal: '≤ 10 s', met: sampleMs <= 10_000 },
      { what: 'later start to the served page, p50', measured: ms(p50), goal: '≤ 500 ms', met: p50 <= 500 },
      {
        what: 'memory of all processes, idle, embedded',
        measured: memory === null ? 'unknown here' : `${memory.toFixed(0)} MB`,
        goal: '≤ 420 MB',
        met: memory === null ? null : memory <= 420,
      },
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
