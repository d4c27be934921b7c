import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestDatabase } from './database.test-support.ts'
import { ask } from './questions.test-support.ts'
import { openSchool } from './school.test-database.ts'
import { openShop } from './shop.test-database.ts'
import { makeSuggestions } from './suggest-questions.ts'
import { openTpch } from './tpch.test-database.ts'

const { suggestFollowUps, suggestQuestions } = makeSuggestions()
const openers = { tpch: openTpch, school: openSchool, shop: openShop }

describe.each(['tpch', 'school', 'shop'] as const)('over %s', (name) => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await openers[name]()
  })
  afterAll(() => database.close())

  test('four questions to begin with, each answered with rows', async () => {
    const starters = suggestQuestions(database.catalog)
    expect(starters).toHaveLength(4)
    expect(new Set(starters).size).toBe(4)
    for (const question of starters) {
      const outcome = await ask(question, database)
      expect(outcome, question).toMatchObject({ kind: 'query' })
      if (outcome.kind === 'query') expect((await database.rows(outcome.sql)).length, question).toBeGreaterThan(0)
    }
  })

  test('follow-ups are other questions that can be answered', async () => {
    const [question = ''] = suggestQuestions(database.catalog)
    const followUps = suggestFollowUps({ question, catalog: database.catalog, today: '2025-06-30' })
    expect(followUps.length).toBeGreaterThan(0)
    expect(followUps.length).toBeLessThanOrEqual(3)
    expect(followUps).not.toContain(question)
    for (const other of followUps) expect(await ask(other, database), other).toMatchObject({ kind: 'query' })
  })
})

test('the sample begins with who spent the most', async () => {
  const database = await openTpch()
  const tables = database.catalog.tables.map((table) => ({ ...table, schema: 'TPCH_SF1' }))
  expect(suggestQuestions({ ...database.catalog, tables })[0]).toBe('Which five customers spent the most in 1996?')
  database.close()
})

test('an empty catalog suggests nothing', () => {
  expect(suggestQuestions({ tables: [], defaultDatabase: null, defaultSchema: null })).toEqual([])
})
