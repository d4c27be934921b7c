import { existsSync, readFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { makeWorkerSqlParsers } from '../src/adapters/sql-parsers/worker-sql-parsers.ts'
import { strictPolicy } from '../src/contract/guard-policy.ts'
import { makeGuard } from '../src/core/guard/make-guard.ts'
import { measureFrontPath } from './front-path.ts'
import { ms, percentile, timed, type Figure } from './measure.ts'

const published = new URL('../../shared/data/spider2snow_gold_dev.jsonl', import.meta.url)
const ours = new URL('../test/data/readonly_accept.jsonl', import.meta.url)

const readSql = (url: URL): readonly string[] =>
  readFileSync(url, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { sql: string }).sql)

/** A statement of about `length` characters, made of joined plain queries; another one for each `year`. */
const longStatement = (length: number, year: number): string => {
  const part = `SELECT a, b, SUM(c * (1 - d)) AS total FROM db.s.t WHERE e >= ${year} AND f IN (1, 2, 3) GROUP BY a, b`
  return Array.from({ length: Math.ceil(length / (part.length + 11)) }, () => part).join('\nUNION ALL\n')
}

/** Both parsers and the rules, through the worker; and how long the event loop stood still meanwhile. */
export async function benchGuard(): Promise<readonly Figure[]> {
  const hasPublished = existsSync(published)
  const queries = readSql(hasPublished ? published : ours)
  const parsers = makeWorkerSqlParsers({ timeoutMs: 5_000 })
  const guard = makeGuard({ parsers })
  const judge = (sql: string) => timed(() => guard.guardSql(sql, { catalog: null, policy: strictPolicy }))
  for (let round = 0; round < 3; round += 1) for (const sql of queries) await judge(sql)
  const loop = monitorEventLoopDelay({ resolution: 1 })
  loop.enable()
  const times: number[] = []
  for (let round = 0; round < 5; round += 1) for (const sql of queries) times.push(await judge(sql))
  const long: number[] = []
  for (let round = 0; round < 10; round += 1) long.push(await judge(longStatement(19_000, 1_990 + round)))
  loop.disable()
  const frontPath = await measureFrontPath(queries, { parsers, guard })
  await parsers.close()
  const [p50, p95, longest] = [percentile(times, 0.5), percentile(times, 0.95), percentile(long, 0.5)]
  const blocked = loop.max / 1e6
  const corpus = hasPublished ? 'published Spider queries' : 'own harmless queries (the published ones are absent)'
  return [
    { what: `both parsers, ${corpus}, p50`, measured: ms(p50), goal: '≤ 2 ms', met: p50 <= 2 },
    { what: 'the same, p95', measured: ms(p95), goal: '≤ 5 ms', met: p95 <= 5 },
    { what: 'a statement of 19 kB', measured: ms(longest), goal: '≤ 30 ms', met: longest <= 30 },
    { what: 'event loop blocked at most', measured: ms(blocked), goal: '≤ 20 ms', met: blocked <= 20 },
    ...frontPath,
  ]
}
