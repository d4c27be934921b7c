import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CatalogColumn, CatalogTable } from '../catalog/catalog.ts'
import { madeCatalog, madeColumn, madeTable } from '../explore/made-up-catalog.test-support.ts'
import type { TestDatabase } from './database.test-support.ts'
import { makeInterpret } from './interpret.ts'
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

test.each([
  ['Which suppliers are in France?', 'in France'],
  ['Total revenue of customers in the BUILDING segment in 1996', 'for market segment BUILDING'],
  ['How many orders with status F are there per year?', 'with order status F'],
  ['customers with an account balance over 9000', 'with account balance over 9000'],
])('follow-ups of "%s" are about the same rows', async (question, filter) => {
  const database = await openTpch()
  const followUps = suggestFollowUps({ question, catalog: database.catalog, today: '2025-06-30' })
  expect(followUps.length).toBeGreaterThan(0)
  for (const followUp of followUps) expect(followUp).toContain(filter)
  database.close()
})

test.each([
  ['SALES', 'How many sales are there?'],
  ['WEATHER', 'How many weather records are there?'],
  ['DAILY_Y', 'How many daily y records are there?'],
  ['CITY', 'How many cities are there?'],
  ['ADDRESS', 'How many addresses are there?'],
])('the rows of %s are called as people call them', (name, question) => {
  const { suggestAbout } = makeSuggestions()
  const table = madeTable(name)
  expect(suggestAbout(madeCatalog([table]), table)).toEqual([question])
})

const odd = (name: string, spelling: string, columns: readonly CatalogColumn[]): CatalogTable =>
  madeTable(name, { spelling, columns, rowCount: 400 })
const amount = (name: string): CatalogColumn => madeColumn(name, { type: 'NUMBER(12,2)' })
const kind = (name: string, ...samples: readonly string[]): CatalogColumn =>
  madeColumn(name, { samples, samplesComplete: true })
const day = (name: string): CatalogColumn => madeColumn(name, { type: 'DATE', samples: ['2024-05-06'] })

/** Folders with names as people give them: of another language, with units, run together, of what cannot be counted. */
const folders = {
  shop: [
    odd('BESTELLUNGEN', 'Bestellungen', [
      madeColumn('BESTELL_ID', { type: 'NUMBER(38,0)' }),
      day('BESTELLDATUM'),
      kind('ZAHLUNGSART', 'PayPal', 'Rechnung'),
      amount('RABATT_PROZENT'),
      amount('BETRAG_EUR'),
    ]),
    odd('KUNDEN', 'Kunden', [kind('STADT', 'Köln', 'Berlin'), madeColumn('NAME'), day('REGISTRIERT_AM')]),
  ],
  fleet: [
    odd('DAILIES', 'dailies', [day('DAY'), kind('DRIVER', 'Ann', 'Bo'), amount('FUEL_L'), amount('PCT_IDLE')]),
    odd('NULL_CATEGORY', 'null_category', [kind('NULL_CATEGORY', 'a', 'b'), amount('PERCENT')]),
  ],
  staff: [
    odd('EMPLOYEES', 'employees', [
      madeColumn('EMP_NO', { type: 'NUMBER(38,0)' }),
      madeColumn('FIRST_NAME'),
      madeColumn('LAST_NAME'),
      kind('GENDER', 'F', 'M', 'X'),
      day('HIRE_DATE'),
      amount('SALARY_USD'),
      amount('VACATION_DAYS'),
    ]),
  ],
  films: [
    odd('MOVIES', 'movies', [
      madeColumn('TITLE'),
      kind('GENRE', 'Drama', 'Horror'),
      amount('IMDB_RATING'),
      amount('RT_PERCENT'),
    ]),
  ],
}

describe.each(Object.entries(folders))('the folder %s', (_, tables) => {
  const catalog = madeCatalog(tables)
  const interpret = makeInterpret()
  const isAnswered = (question: string): boolean =>
    interpret({ question, catalog, tables: catalog.tables, today: '2025-06-30' }).kind === 'query'

  test('every starter, every question about a table and every follow-up is answered and reads like a question', () => {
    const questions = [
      ...suggestQuestions(catalog),
      ...tables.flatMap((table) => makeSuggestions().suggestAbout(catalog, table)),
    ]
    const followUps = questions.flatMap((question) => suggestFollowUps({ question, catalog, today: '2025-06-30' }))
    expect(questions.length).toBeGreaterThan(2)
    for (const question of [...questions, ...followUps]) {
      expect(isAnswered(question), question).toBe(true)
      expect(question).not.toMatch(
        /\b(?:ies|kundens|bestellungens|sta date|usd|eur|rate percent|vacation day)\b|(?<=fuel) l\b/,
      )
    }
  })
})

test('a question that is declined is followed by questions about the tables it names', async () => {
  const database = await openTpch()
  const near = makeSuggestions().suggestNear(database.catalog, 'Which suppliers are the nicest?')
  expect(near).toHaveLength(4)
  expect(near[0]).toMatch(/suppliers/)
  expect(near.filter((question) => question.includes('suppliers')).length).toBeGreaterThan(1)
  database.close()
})

test('after an empty result other rows are asked about, since the same ones would give nothing again', async () => {
  const database = await openTpch()
  const asked = { question: 'How many orders were there in 2030?', catalog: database.catalog, today: '2025-06-30' }
  const followUps = suggestFollowUps({ ...asked, isEmpty: true })
  expect(followUps.length).toBeGreaterThan(0)
  for (const followUp of followUps) expect(followUp).not.toContain('2030')
  for (const followUp of suggestFollowUps(asked)) expect(followUp).toContain('2030')
  database.close()
})

test('follow-ups of a follow-up are about what it stands for', async () => {
  const database = await openTpch()
  const earlier = [{ question: 'total revenue per month', sql: 'SELECT 1' }]
  const followUps = suggestFollowUps({ question: 'only 1997', earlier, catalog: database.catalog, today: '2025-06-30' })
  expect(followUps.length).toBeGreaterThan(0)
  for (const followUp of followUps) expect(followUp).toMatch(/revenue.* in 1997$/)
  database.close()
})

test.each([
  ['percentage of orders with priority 1-URGENT', /^Percentage of orders with order priority 1-URGENT/],
  ['order 7', null],
])('the first follow-up of "%s" is about its measure', async (question, first) => {
  const database = await openTpch()
  const [followUp] = suggestFollowUps({ question, catalog: database.catalog, today: '2025-06-30' })
  if (first === null) expect(followUp).toBeUndefined()
  else expect(followUp).toMatch(first)
  database.close()
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
