import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeGuard } from '../../core/guard/make-guard.ts'
import { makeWorkerSqlEngine } from './worker-sql-engine.ts'

interface Case {
  readonly id: string
  readonly sql: string
  readonly reason: string
}
const casesIn = (name: string): Case[] =>
  readFileSync(new URL(`../../../test/data/${name}`, import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Case)

const engine = makeWorkerSqlEngine({ timeoutMs: 5000 })
const guard = makeGuard({ engine })
beforeAll(() => engine.warm())
afterAll(() => engine.close())
const judge = (sql: string) => guard.guardSql(sql, { catalog: null })

describe('statements that are more than one plain query', () => {
  test.each(casesIn('readonly_reject.jsonl'))('$id – $reason', async ({ sql }) => {
    const verdict = await judge(sql)
    expect(verdict.ok).toBe(false)
  })
})

describe('statements that only read', () => {
  test.each(casesIn('readonly_accept.jsonl').filter((c) => !/metadata/.test(c.reason)))(
    '$id – $reason',
    async ({ sql }) => {
      const verdict = await judge(sql)
      expect(verdict).toMatchObject({ ok: true, sql })
    },
  )
})
