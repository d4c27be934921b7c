import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestDatabase } from './database.test-support.ts'
import { makeInterpret } from './interpret.ts'
import type { Interpretation } from './interpretation.ts'
import { openTpch } from './tpch.test-database.ts'

let tpch: TestDatabase
beforeAll(async () => {
  tpch = await openTpch()
})
afterAll(() => tpch.close())

const interpret = makeInterpret()

function ask(...questions: readonly string[]): Interpretation {
  const { catalog } = tpch
  const earlier = questions.slice(0, -1).map((question) => ({ question, leftOut: [], origin: 'interpreter' as const }))
  const question = questions.at(-1) ?? ''
  return interpret({ question, earlier, leftOut: [], catalog, tables: catalog.tables, today: '2025-06-30' })
}

const sqlOf = (asked: Interpretation): string => {
  if (asked.kind !== 'query') throw new Error(asked.kind === 'declined' ? asked.reason : asked.kind)
  return asked.sql
}

describe('words of drawing leave the query as it is', () => {
  test.each<readonly [question: string, plain: string]>([
    ['revenue by region as a pie', 'revenue by region'],
    ['a pie chart of revenue by region', 'revenue by region'],
    ['Draw a donut of revenue by region', 'revenue by region'],
    ['show me revenue by month as lines', 'revenue by month'],
    ['make a line chart of revenue by month', 'revenue by month'],
    ['create a bar chart showing the number of orders per status', 'number of orders per status'],
    ['revenue by region as a heat map', 'revenue by region'],
    ['heatmap of revenue by region and market segment', 'revenue by region and market segment'],
    ['revenue by month, as an area chart please', 'revenue by month'],
    ['revenue by region and market segment, stacked', 'revenue by region and market segment'],
    ['revenue by region and market segment as stacked bars', 'revenue by region and market segment'],
    ['revenue by year stacked by region', 'revenue by year by region'],
    ['revenue by region as a table', 'revenue by region'],
    ['revenue by region, no chart', 'revenue by region'],
    ['revenue by region without a chart', 'revenue by region'],
    ['revenue by region, just the numbers', 'revenue by region'],
    ['revenue by year, one chart per region', 'revenue by year per region'],
    ['revenue by year with a separate chart for each market segment', 'revenue by year for each market segment'],
    ['small charts by market segment: revenue by year', 'revenue by market segment and year'],
    ['revenue by year and region as small multiples', 'revenue by year and region'],
    ['revenue by year and region, each region in its own chart', 'revenue by year and region'],
    ['number of orders per year faceted by order status', 'number of orders per year by order status'],
    ['top 5 customers by revenue in a horizontal bar chart', 'top 5 customers by revenue'],
    ['revenue by region in 1996 as a column chart', 'revenue by region in 1996'],
    ['average quantity per ship mode as a pie', 'average quantity per ship mode'],
  ])('%s', (question, plain) => {
    const columns = (sql: string): string => sql.replaceAll(/\s+/g, ' ')
    expect(columns(sqlOf(ask(question)))).toBe(columns(sqlOf(ask(plain))))
  })

  test.each<readonly [question: string, plain: string]>([
    ['as a pie chart', 'revenue by region'],
    ['now as a table', 'revenue by region'],
    ['show it as horizontal bars please', 'revenue by region'],
    ['change the chart to a donut', 'revenue by region'],
    ['make it a bar chart', 'revenue by region'],
    ['no chart', 'revenue by region'],
    ['only 1996, as a pie', 'revenue by region in 1996'],
    ['and by market segment as small multiples', 'revenue by market segment'],
  ])('in a further question: %s', (further, plain) => {
    expect(sqlOf(ask('revenue by region', further))).toBe(sqlOf(ask(plain)))
  })

  test('ask for nothing by themselves', () => {
    expect(ask('as a pie chart').kind).toBe('declined')
  })

  test.each<readonly [question: string, tables: RegExp]>([
    ['how many line items were shipped in 1996?', /LINEITEM/],
    ['orders with more than 3 line items', /LINEITEM/],
  ])('are not seen in names: %s', (question, tables) => {
    expect(sqlOf(ask(question))).toMatch(tables)
  })
})
