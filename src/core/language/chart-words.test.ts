import { describe, expect, test } from 'vitest'
import { readChartWish, withoutChartWords } from './chart-words.ts'

/** A question, how it asks to be drawn (`small` for a small chart each, with the words of its groups), and what is left to be answered. */
type Case = readonly [question: string, wish: string, left: string]

// One case a line reads as the table it is.
// prettier-ignore
const cases: readonly Case[] = [
  // Kinds.
  ['revenue by region as a pie', 'donut', 'revenue by region'],
  ['a pie chart of revenue by region', 'donut', 'revenue by region'],
  ['Draw a pie of the revenue by region', 'donut', 'Draw revenue by region'],
  ['customers per country as a donut', 'donut', 'customers per country'],
  ['revenue by month as lines', 'line', 'revenue by month'],
  ['line chart of revenue by month', 'line', 'revenue by month'],
  ['make me a line graph showing revenue by month', 'line', 'revenue by month'],
  ['revenue by month, as an area chart please', 'area', 'revenue by month, please'],
  ['show bars for revenue by region as bars', 'bar', 'show bars for revenue by region'],
  ['bar chart of revenue by region', 'bar', 'revenue by region'],
  ['revenue by region in a column chart', 'bar', 'revenue by region'],
  ['revenue by region as horizontal bars', 'horizontal-bar', 'revenue by region'],
  ['revenue by region and segment as stacked columns', 'stacked-bar', 'revenue by region and segment'],
  ['revenue by month stacked by region', 'stacked-bar', 'revenue by month by region'],
  ['revenue by month and region, stacked', 'stacked-bar', 'revenue by month and region,'],
  ['stacked revenue by month and region', 'stacked-bar', 'revenue by month and region'],
  ['revenue by region and segment as grouped bars', 'grouped-bar', 'revenue by region and segment'],
  ['quantity against price as a scatter plot', 'scatter', 'quantity against price'],
  ['turn that into a line chart', 'line', ''],
  ['change the chart to bars', 'bar', ''],
  ['make it a pie', 'donut', ''],
  ['now as lines', 'line', 'now'],
  // A table, and no chart.
  ['revenue by region as a table', 'table', 'revenue by region'],
  ['revenue by region in tabular form', 'table', 'revenue by region'],
  ['revenue by region, no chart', 'table', 'revenue by region,'],
  ['revenue by region without a chart', 'table', 'revenue by region'],
  ['revenue by region, but please no bar chart', 'table', 'revenue by region, but'],
  ['revenue by region, just the numbers', 'table', 'revenue by region,'],
  ["revenue by region and don't draw it", 'table', 'revenue by region and'],
  // Small charts.
  ['revenue by month, one chart per region', 'small region', 'revenue by month, per region'],
  ['revenue by month with a separate chart for each market segment', 'small market segment', 'revenue by month for each market segment'],
  ['small charts by segment: revenue by month', 'small segment', 'by segment: revenue by month'],
  ['small multiples of revenue by month and region', 'small', 'revenue by month and region'],
  ['revenue by month for each region as small multiples', 'small region', 'revenue by month for each region'],
  ['revenue by month and region, each region in its own chart', 'small region', 'revenue by month and region, each region'],
  ['orders per month and ship mode in separate charts', 'small', 'orders per month and ship mode'],
  ['orders per year faceted by status', 'small status', 'orders per year by status'],
  ['a chart for each region with revenue by month', 'small region', 'for each region with revenue by month'],
  ['one bar chart per region of revenue by segment', 'bar small region',
   'per region of revenue by segment'],
  // Kinds that are not drawn here.
  ['revenue by region and month as a heat map', 'no heat map', 'revenue by region and month'],
  ['heatmap of revenue by region and month', 'no heatmap', 'revenue by region and month'],
  ['histogram of order totals', 'no histogram', 'order totals'],
  ['revenue by nation on a map chart', 'no map', 'revenue by nation on'],
  // Other languages, which models answer.
  ['Umsatz nach Region als Kreisdiagramm', 'donut', 'Umsatz nach Region'],
  ['Umsatz nach Monat als Linien', 'line', 'Umsatz nach Monat'],
  ['ein gestapeltes Säulendiagramm von Umsatz nach Jahr', 'stacked-bar', 'Umsatz nach Jahr'],
  ['Umsatz nach Monat, ein Diagramm pro Region', 'small region', 'Umsatz nach Monat, pro Region'],
  ['Umsatz nach Region, kein Diagramm', 'table', 'Umsatz nach Region,'],
  ['Umsatz nach Region als Tabelle', 'table', 'Umsatz nach Region'],
  ['Umsatz je Region und Monat als Wärmekarte', 'no wärmekarte', 'Umsatz je Region und Monat'],
  ['chiffre d’affaires par région en camembert', 'donut', 'chiffre d’affaires par région'],
  ['ventes par mois, un graphique par région', 'small région', 'ventes par mois, par région'],
  ['ventas por mes como gráfico de líneas', 'line', 'ventas por mes'],
  ['ventas por región, sin gráfico', 'table', 'ventas por región,'],
  ['fatturato per regione come grafico a torta', 'donut', 'fatturato per regione'],
  ['vendas por mês em gráfico de barras empilhadas', 'stacked-bar', 'vendas por mês'],
  ['omzet per regio als taartdiagram', 'donut', 'omzet per regio'],
]

const said = (question: string): string => {
  const wish = readChartWish(question)
  if (wish === null) return 'nothing'
  const small = wish.panels === null ? [] : ['small', ...wish.panels.by]
  return [
    ...(wish.kind === null ? [] : [wish.kind]),
    ...(wish.unknown === null ? [] : ['no', wish.unknown]),
    ...small,
  ].join(' ')
}

describe('words of drawing', () => {
  test.each(cases)('%s', (question, wish, left) => {
    expect(said(question)).toBe(wish)
    const plain = withoutChartWords(question)
    expect(plain.replaceAll(/\s+(?=,|\s|$)/g, '').trim()).toBe(left)
    // What is left keeps its place.
    expect(plain).toHaveLength(question.length)
    for (const [at, letter] of plain.split('').entries()) if (letter !== ' ') expect(question[at]).toBe(letter)
  })

  test('of a kind and of small charts are read together', () => {
    expect(readChartWish('one bar chart per region of revenue by segment')).toEqual({
      kind: 'bar',
      unknown: null,
      panels: { by: ['region'] },
    })
  })
})

test.each([
  'how many line items were shipped in 1996?',
  'orders with more than 3 line items',
  'count orders using line items',
  'total area of the nations',
  'customers who ordered columns',
  'boxes that are stacked outside',
  'revenue of each map',
  'chart of accounts',
  'the plot of each film',
  'orders with status "as a pie chart"',
  "customers named 'no chart'",
  'songs with no chart position',
  'the table of regions',
  '@CHARTS.PIE by region',
  'smallest charts',
  'parts in a small case per brand',
  'which bars sell beer?',
])('%s says nothing of drawing', (question) => {
  expect(readChartWish(question)).toBeNull()
  expect(withoutChartWords(question)).toBe(question)
})

test('a long text is read at once', () => {
  const long = [
    `${'a'.repeat(50_000)} per ${'b'.repeat(50_000)}`,
    'one '.repeat(20_000),
    'as a '.repeat(20_000),
    `"${'" "'.repeat(20_000)}`,
  ]
  for (const text of long) expect(readChartWish(text)).toBeNull()
})
