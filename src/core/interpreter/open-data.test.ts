import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { openDatabase } from './database.test-support.ts'
import type { TestDatabase } from './database.test-support.ts'
import { ask } from './questions.test-support.ts'
import { holdsRows } from './same-rows.test-support.ts'

const data = resolve(import.meta.dirname, '../../../../shared/data')

interface BenchmarkCase {
  readonly db: string
  readonly question: string
  readonly hardness: string
  readonly isOrdered: boolean
  readonly isUnanswerable: boolean
  readonly canRun: boolean
  /** Any one of these results is right. */
  readonly results: readonly (readonly (readonly unknown[])[])[]
}

function readCase(text: string): BenchmarkCase {
  const line = new Map(Object.entries(JSON.parse(text) as object))
  const results = (line.get('gold_results') ?? []) as readonly { readonly rows: readonly (readonly unknown[])[] }[]
  return {
    db: String(line.get('db')),
    question: String(line.get('question')),
    hardness: String(line.get('hardness')),
    isOrdered: line.get('ordered') === true && line.get('order_ties') !== true,
    isUnanswerable: line.get('unanswerable') === true,
    canRun: line.get('exec') !== false,
    results: results.map((result) => result.rows),
  }
}

type Verdict = 'right' | 'wrong' | 'declined'

const opened = new Map<string, TestDatabase>()
afterAll(() => {
  for (const database of opened.values()) database.close()
})

/** A benchmark's database as a folder of Parquet files would be seen: plain names in upper case, no keys. */
async function open(set: string, name: string): Promise<TestDatabase> {
  const known = opened.get(name)
  if (known !== undefined) return known
  const folder = join(data, `${set}_db_dev`, name)
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.parquet'))
  const database = await openDatabase(name, async (connection) => {
    for (const file of files) {
      const table = basename(file, '.parquet')
      await connection.run(`CREATE TABLE "${table}" AS SELECT * FROM read_parquet('${join(folder, file)}')`)
    }
  })
  opened.set(name, database)
  return database
}

async function judge(set: string, line: BenchmarkCase): Promise<Verdict> {
  const database = await open(set, line.db)
  const outcome = await ask(line.question, database)
  if (outcome.kind !== 'query') return 'declined'
  const rows = await database.rows(outcome.sql)
  return line.results.some((wanted) => holdsRows(rows, wanted, line.isOrdered)) ? 'right' : 'wrong'
}

/** Counts the verdicts over a benchmark's lines, by class. */
async function measure(set: string, classOf: (line: BenchmarkCase) => string) {
  const lines = readFileSync(join(data, `${set}_dev.jsonl`), 'utf8')
    .trim()
    .split('\n')
  const counts: Record<string, Record<Verdict, number>> = {}
  for (const text of lines) {
    const line = readCase(text)
    if (!line.canRun && !line.isUnanswerable) continue
    if (!existsSync(join(data, `${set}_db_dev`, line.db))) continue
    const count = (counts[classOf(line)] ??= { right: 0, wrong: 0, declined: 0 })
    count[await judge(set, line)] += 1
  }
  return counts
}

const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole)

const isAbsent = !existsSync(data)
const why = 'needs the open benchmark data, which is not part of the repository'

describe(`[open-data] [measured] open benchmarks without a model (${why})`, () => {
  test.skipIf(isAbsent)('Spider 1: what is answered can be trusted', async () => {
    const counts = await measure('spider1', (line) => line.hardness)
    const all = Object.values(counts)
    const sum = (verdict: Verdict): number => all.reduce((total, count) => total + count[verdict], 0)
    // How many are right is told and not demanded: the rules were written with these questions in sight.
    process.stdout.write(`spider without a model: ${JSON.stringify(counts)}\n`)
    expect(share(sum('wrong'), sum('right') + sum('wrong')), JSON.stringify(counts)).toBeLessThanOrEqual(0.08)
  })

  test.skipIf(isAbsent)('defog: what the data cannot answer is declined', async () => {
    const counts = await measure('defog', (line) => (line.isUnanswerable ? 'unanswerable' : 'answerable'))
    const { unanswerable, answerable } = counts
    expect(share(unanswerable?.declined ?? 0, 60), JSON.stringify(counts)).toBeGreaterThanOrEqual(0.95)
    const { right = 0, wrong = 0 } = answerable ?? {}
    expect(share(right, right + wrong), JSON.stringify(counts)).toBeGreaterThanOrEqual(0.8)
  })
})
