import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { postgresMissing, startPostgresServer } from '../test/support/postgres-server.ts'
import { ms, percentile, timed, type Figure } from './measure.ts'
import { containerMegabytes, hasChild, residentMegabytes, serve } from './served.ts'

/** Start to the served page and idle memory; the first start makes store and sample. */
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
    const p50 = percentile(starts, 0.5)
    return [
      { what: 'first start to the served page', measured: ms(first.startMs + page), goal: '', met: null },
      { what: 'sample warehouse made, first start', measured: ms(sampleMs), goal: '≤ 10 s', met: sampleMs <= 10_000 },
      { what: 'later start to the served page, p50', measured: ms(p50), goal: '≤ 300 ms', met: p50 <= 300 },
      ...(await measureMemory('embedded', 380, folder, {})),
      ...(await measureWithPostgres(folder)),
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measureWithPostgres(folder: string): Promise<readonly Figure[]> {
  if (postgresMissing() !== null) return []
  const postgres = await startPostgresServer()
  try {
    return await measureMemory('PostgreSQL outside', 170, folder, { DATABASE_URL: postgres.url })
  } finally {
    await postgres.remove()
  }
}

/** The engine of the sample ends by itself after three minutes without a question, and soon after it what reads questions and queries. */
const idleWithinMs = 240_000
const restMs = 15_000

/** Memory of all processes once the page was served, and once nobody has asked for so long that what only questions need has ended. */
async function measureMemory(
  store: string,
  goal: number,
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<readonly Figure[]> {
  const server = await serve(folder, { env })
  try {
    for (const path of ['', '/api/v1/conversations', '/api/v1/app'])
      await fetch(server.url + path).then((answer) => answer.text())
    const started = readMemory(server.pid)
    const giveUpAt = performance.now() + idleWithinMs
    while (started.container !== null && hasChild(server.pid, 'duckdb-child') && performance.now() < giveUpAt)
      await delay(1_000)
    await delay(restMs)
    const idle = readMemory(server.pid)
    const met = idle.container === null ? null : idle.container <= goal
    return [
      { what: `memory after the start, ${store}`, measured: started.words, goal: '', met: null },
      { what: `memory idle, ${store}`, measured: idle.words, goal: `≤ ${goal} MB`, met },
    ]
  } finally {
    await server.stop()
  }
}

function readMemory(pid: number): { readonly container: number | null; readonly words: string } {
  const [container, resident] = [containerMegabytes(pid), residentMegabytes(pid)]
  const words =
    container === null || resident === null
      ? 'unknown here'
      : `${container.toFixed(0)} MB (${resident.toFixed(0)} MB with what processes share counted for each)`
  return { container, words }
}
