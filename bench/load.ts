import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { postgresMissing, startPostgresServer } from '../test/support/postgres-server.ts'
import { percentile, timed, type Figure } from './measure.ts'
import { serve } from './served.ts'

const attacks = [
  'long texts',
  'long arrays',
  'cross joins',
  'large groups',
  'constants to be folded',
  '300 joins, proposed',
  'a flood of cancels',
  '100 turns at once',
  '100 questions at once',
  '30 large bodies',
  '50 slow readers',
  '600 idle sockets',
]

/** What a person asks meanwhile: small things, in words and as SQL. */
const small = [
  { question: 'How many orders are there per order status?' },
  { sql: 'SELECT N_NAME FROM NATION ORDER BY N_NAME' },
  { question: 'Total account balance by nation' },
  { sql: 'SELECT COUNT(*) AS N FROM CUSTOMER' },
  { question: 'How many customers are there?' },
]
const rounds = 6
const asksEachRound = 20

/**
 * One person's small questions beside another's attack, as a ratio to the same questions alone; the two take turns, so that noise hits both.
 * People who share a server share a PostgreSQL: it is used where it is installed.
 */
export async function benchLoad(): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'floe-bench-'))
  const postgres = postgresMissing() === null ? await startPostgresServer() : null
  const env = {
    QUERY_TIMEOUT_SECONDS: '15',
    SAMPLE_SCALE: '0.01',
    ...(postgres === null ? {} : { DATABASE_URL: postgres.url }),
  }
  const server = await serve(folder, { env, program: join(import.meta.dirname, 'two-people.ts') })
  try {
    const only = process.argv.filter((word) => attacks.includes(word))
    await askSmall(server.url)
    const figures: Figure[] = []
    for (const attack of attacks)
      if (only.length === 0 || only.includes(attack)) figures.push(await measureAttack(server.url, attack))
    return figures
  } finally {
    await server.stop()
    await postgres?.remove()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measureAttack(url: string, attack: string): Promise<Figure> {
  const alone: number[] = []
  const beside: number[] = []
  const failures: string[] = []
  for (let round = 0; round < rounds; round += 1) {
    const calm = await askSmall(url)
    alone.push(...calm.times)
    failures.push(...calm.failures.map((failure) => `${failure} alone`))
    const attacker = fork(join(import.meta.dirname, 'attack.ts'), [attack, url])
    await once(attacker, 'message')
    const { times, failures: failed } = await askSmall(url)
    beside.push(...times)
    failures.push(...failed)
    attacker.send('stop')
    await once(attacker, 'exit')
  }
  if (failures.length > 0) console.error(`${attack}: ${[...new Set(failures)].join('; ')}`)
  const [own, with50, p50] = [percentile(alone, 0.99), percentile(beside, 0.5), percentile(alone, 0.5)]
  const p99 = percentile(beside, 0.99)
  return {
    what: `p99 of small questions beside ${attack}, to alone`,
    measured: `${(p99 / own).toFixed(2)} (${p99.toFixed(0)} ms to ${own.toFixed(0)} ms; p50 ${with50.toFixed(0)} to ${p50.toFixed(0)} ms; ${failures.length} of ${beside.length} failed)`,
    goal: '≤ 1.5, 0 failed',
    met: p99 <= 1.5 * own && failures.length === 0,
  }
}

/** Asks small things one after another, each read to its last event. */
async function askSmall(
  url: string,
): Promise<{ readonly times: readonly number[]; readonly failures: readonly string[] }> {
  const times: number[] = []
  const failures: string[] = []
  for (let n = 0; n < asksEachRound; n += 1) {
    let text = ''
    times.push(
      await timed(async () => {
        const answer = await fetch(`${url}/api/v1/turns`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ model: 'offline', connection: 'sample', autoRun: true, ...small[n % small.length] }),
        })
        text = await answer.text()
      }),
    )
    if (!text.includes('"kind":"turn.done"'))
      failures.push(/"(?:code|message)":"[^"]*"/.exec(text.slice(-1_500))?.[0] ?? text)
  }
  return { times, failures }
}
