import { describe, expect, test } from 'vitest'
import { ChartChoice, type Cell, type Column, type ColumnKind } from '../../contract/result.ts'
import { chooseChart, type ChartQuestion } from './choose-chart.ts'

const column = (name: string, kind: ColumnKind = 'number'): Column => ({
  name,
  type: kind.toUpperCase(),
  kind,
  scale: kind === 'number' ? 2 : null,
})
const text = (name: string) => column(name, 'text')
const date = (name: string) => column(name, 'date')

const choose = (columns: readonly Column[], rows: readonly (readonly Cell[])[], more: Partial<ChartQuestion> = {}) =>
  ChartChoice.parse(
    chooseChart({ columns, rows, rowCount: rows.length, truncated: false, question: null, wish: null, ...more }),
  )

const times = <T>(count: number, make: (at: number) => T) => Array.from({ length: count }, (_, at) => make(at))
const months = (count: number) =>
  times(count, (at) => `19${90 + Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, '0')}-01`)
const measured = (labels: readonly Cell[], value = (at: number): Cell => at + 1) =>
  labels.map((label, at) => [label, value(at)])

interface Case {
  readonly rule: string
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly Cell[])[]
  readonly more?: Partial<ChartQuestion>
  readonly kind: ChartChoice['kind']
  readonly x?: number | null
  readonly y?: readonly number[]
  readonly series?: number | null
}

const revenue = column('REVENUE')
// One case a line reads as the table it is.
// prettier-ignore
const cases: readonly Case[] = [
  { rule: 'no rows: table', columns: [date('D'), revenue], rows: [], kind: 'table' },
  { rule: 'one number: kpi', columns: [revenue], rows: [['12345678901234567890.12']], kind: 'kpi', x: null, y: [0] },
  { rule: 'one number that is NULL: table', columns: [revenue], rows: [[null]], kind: 'table' },
  { rule: 'one text: table', columns: [text('NAME')], rows: [['a']], kind: 'table' },
  { rule: 'label and number: kpi', columns: [text('NAME'), revenue], rows: [['a', 3]], kind: 'kpi', x: 0, y: [1] },
  { rule: 'number and label: kpi', columns: [revenue, text('NAME')], rows: [[3, 'a']], kind: 'kpi', x: 1, y: [0] },
  { rule: 'year and number: kpi', columns: [column('YEAR'), revenue], rows: [[1996, 3]], kind: 'kpi', x: 0, y: [1] },
  { rule: 'label and key: table', columns: [text('NAME'), column('C_CUSTKEY')], rows: [['a', 3]], kind: 'table' },
  { rule: 'one row cut from more: table', columns: [text('NAME'), revenue], rows: [['a', 3]], more: { truncated: true }, kind: 'table' },
  { rule: 'one row of two measures: table', columns: [revenue, column('COST')], rows: [[1, 2]], kind: 'table' },
  { rule: 'no measure: table', columns: [text('A'), text('B')], rows: [['a', 'b'], ['c', 'd']], kind: 'table' },
  { rule: 'a measure of NULLs: table', columns: [text('A'), revenue], rows: [['a', null], ['c', null]], kind: 'table' },
  { rule: 'nine columns: table', columns: [text('A'), ...times(8, (at) => column(`M${at}`))], rows: times(3, (at) => [String(at), 1, 2, 3, 4, 5, 6, 7, 8]), kind: 'table' },
  { rule: 'more than 5,000 rows: table', columns: [text('A'), revenue], rows: measured(times(10, String)), more: { rowCount: 5_001 }, kind: 'table' },
  { rule: 'date and measure: line', columns: [date('MONTH'), revenue], rows: measured(months(12)), kind: 'line', x: 0, y: [1] },
  { rule: 'date and two like measures: line', columns: [date('MONTH'), revenue, column('COST')], rows: months(12).map((m) => [m, 5, 7]), kind: 'line', y: [1, 2] },
  { rule: 'date and measures of unlike size: each by itself', columns: [date('MONTH'), revenue, column('ORDERS')], rows: months(12).map((m) => [m, 5_000_000, 7]), kind: 'line', y: [1, 2] },
  { rule: 'two dates: bar', columns: [date('MONTH'), revenue], rows: measured(months(2)), kind: 'bar', x: 0, y: [1] },
  { rule: 'a YEAR of integers: line', columns: [column('O_YEAR'), revenue], rows: measured(times(7, (at) => 1992 + at)), kind: 'line', x: 0 },
  { rule: 'YEAR(...): line', columns: [column('YEAR(O_ORDERDATE)'), revenue], rows: measured(times(7, (at) => String(1992 + at))), kind: 'line', x: 0 },
  { rule: 'a mean length in minutes is a measure: bar', columns: [text('A'), column('AVERAGE_DELAY_MINUTE')], rows: measured(['a', 'b', 'c']), kind: 'bar', x: 0, y: [1] },
  { rule: 'a year that is none: no time axis, no measure', columns: [column('YEAR'), text('A')], rows: [[3, 'a'], [4, 'b']], kind: 'table' },
  { rule: 'dates as text: a line, as of dates', columns: [text('MONTH'), revenue], rows: measured(months(8)), kind: 'line', x: 0 },
  { rule: 'repeated dates: table', columns: [date('D'), revenue], rows: [['1996-01-01', 1], ['1996-01-01', 2], ['1996-01-02', 1]], kind: 'table' },
  { rule: 'date, group and measure: a line a group', columns: [date('D'), text('REGION'), revenue], rows: months(4).flatMap((m) => [[m, 'A', 1], [m, 'B', 2]]), kind: 'line', x: 0, y: [2], series: 1 },
  { rule: 'two dates by group: grouped bars', columns: [date('D'), text('REGION'), revenue], rows: months(2).flatMap((m) => [[m, 'A', 1], [m, 'B', 2]]), kind: 'grouped-bar', x: 0, series: 1 },
  { rule: 'date and nine groups: the highest as lines', columns: [date('D'), text('REGION'), revenue], rows: months(3).flatMap((m) => times(9, (at) => [m, `R${at}`, 1])), kind: 'line', x: 0, series: 1 },
  { rule: 'year and month: a line a year', columns: [column('YEAR'), column('MONTH'), revenue], rows: [1996, 1997].flatMap((y) => times(12, (at) => [y, at + 1, 5])), kind: 'line', x: 1, series: 0 },
  { rule: 'a name a row beside its last date: bars', columns: [text('NAME'), date('LAST_ORDER'), revenue], rows: times(5, (at) => [`N${at}`, '1996-01-01', at]), kind: 'bar', x: 0 },
  { rule: 'eight categories: bar', columns: [text('NAME'), revenue], rows: measured(times(8, String)), kind: 'bar', x: 0, y: [1] },
  { rule: 'nine categories: horizontal bars', columns: [text('NAME'), revenue], rows: measured(times(9, String)), kind: 'horizontal-bar' },
  { rule: 'twelve months by number: upright bars', columns: [column('MONTH'), revenue], rows: measured(times(12, (at) => at + 1)), kind: 'bar', x: 0 },
  { rule: 'category, like measures: grouped bars', columns: [text('NAME'), revenue, column('COST')], rows: times(4, (at) => [String(at), 5, 6]), kind: 'grouped-bar', y: [1, 2] },
  { rule: 'share, five parts: donut', columns: [text('REGION'), revenue], rows: measured(times(5, String)), more: { question: 'What share of revenue has each region?' }, kind: 'donut' },
  { rule: 'share, seven parts: bar', columns: [text('REGION'), revenue], rows: measured(times(7, String)), more: { question: 'percent of revenue per region' }, kind: 'bar' },
  { rule: 'share with a negative part: bar', columns: [text('REGION'), revenue], rows: measured(['a', 'b'], (at) => at * -2), more: { question: 'percent of revenue per region' }, kind: 'bar' },
  { rule: 'a key beside a name is no measure', columns: [column('C_CUSTKEY'), text('C_NAME'), revenue], rows: times(5, (at) => [at, `N${at}`, at * 2]), kind: 'bar', x: 1, y: [2] },
  { rule: 'a key alone labels the bars', columns: [column('CUSTOMER_ID'), revenue], rows: times(5, (at) => [at + 100, at]), kind: 'bar', x: 0, y: [1] },
  { rule: 'two categories: grouped bars', columns: [text('REGION'), text('SEGMENT'), revenue], rows: ['A', 'B'].flatMap((r) => times(3, (at) => [r, `S${at}`, 1])), kind: 'grouped-bar', x: 0, series: 1 },
  { rule: 'two categories, many bars: stacked', columns: [text('NATION'), text('SEGMENT'), revenue], rows: times(12, (at) => `N${at}`).flatMap((n) => times(3, (at) => [n, `S${at}`, 1])), kind: 'stacked-bar', x: 0, series: 1 },
  { rule: 'second category too wide: the first splits', columns: [text('SEGMENT'), text('NATION'), revenue], rows: times(9, (at) => `N${at}`).flatMap((n) => times(3, (at) => [`S${at}`, n, 1])), kind: 'stacked-bar', x: 1, series: 0 },
  { rule: 'negative values are not stacked', columns: [text('NATION'), text('SEGMENT'), revenue], rows: times(12, (at) => `N${at}`).flatMap((n) => times(3, (at) => [n, `S${at}`, -1])), kind: 'grouped-bar' },
  { rule: 'two measures: scatter', columns: [revenue, column('COST')], rows: times(20, (at) => [at, at * 3]), kind: 'scatter', x: 0, y: [1] },
  { rule: 'two measures of repeated groups: scatter by group', columns: [text('SPECIES'), revenue, column('COST')], rows: times(20, (at) => [at % 2 === 0 ? 'a' : 'b', at, 2]), kind: 'scatter', x: 1, y: [2], series: 0 },
  { rule: 'three categories: table', columns: [text('A'), text('B'), text('C'), revenue], rows: times(8, (at) => [String(at % 2), String(at % 4), String(at % 3), 1]), kind: 'table' },
  { rule: 'averages are no donut', columns: [text('REGION'), column('AVG_PRICE')], rows: measured(times(5, String)), more: { question: 'percentage of price per region' }, kind: 'bar' },
  { rule: 'percentages that are all parts: donut', columns: [text('REGION'), column('PERCENT')], rows: [['a', '66.67'], ['b', '33.33']], more: { question: 'share per region' }, kind: 'donut' },
  { rule: 'percentages that are none: bar', columns: [text('REGION'), column('PERCENT')], rows: [['a', '66.67'], ['b', '13.33']], more: { question: 'share per region' }, kind: 'bar' },
  { rule: 'averages are not stacked', columns: [text('NATION'), text('SEGMENT'), column('AVG_PRICE')], rows: times(12, (at) => `N${at}`).flatMap((n) => times(3, (at) => [n, `S${at}`, 1])), kind: 'grouped-bar' },
  { rule: '200 names: the highest', columns: [text('NAME'), revenue], rows: measured(times(200, String)), kind: 'horizontal-bar', x: 0 },
  { rule: '5,000 names: table', columns: [text('NAME'), revenue], rows: measured(times(5_000, String)), kind: 'table' },
  { rule: 'the first rows of more names: table', columns: [text('NAME'), revenue], rows: measured(times(200, String)), more: { truncated: true }, kind: 'table' },
  { rule: 'a number of a document is no measure', columns: [column('ORDER_NO'), date('ORDERED_ON'), column('AMOUNT')], rows: months(3).map((m, at) => [at + 10_000, m, at]), kind: 'line', x: 1, y: [2] },
  { rule: 'a remark is no label', columns: [text('O_COMMENT'), text('CLERK'), revenue], rows: times(4, (at) => [`carefully final deposits. ironic ${at} beans boost.`, `C${at}`, at]), kind: 'bar', x: 1 },
  { rule: 'a few of each group: both names', columns: [text('REGION'), text('P_NAME'), revenue], rows: times(5, (r) => times(3, (p) => [`R${r}`, `part ${r} ${p}`, p])).flat(), kind: 'horizontal-bar', x: 1 },
  { rule: 'a rate per year is a measure', columns: [text('NAME'), column('ORDERS_PER_YEAR')], rows: measured(times(4, String)), kind: 'bar', y: [1] },
]

describe('rules', () => {
  test.each(cases)('$rule', ({ columns, rows, more, kind, x, y, series }) => {
    const choice = choose(columns, rows, more)
    expect(choice).toMatchObject({
      kind,
      ...(x === undefined ? {} : { x }),
      ...(y === undefined ? {} : { y }),
      ...(series === undefined ? {} : { series }),
    })
    expect(choice.allowed).toContain(choice.kind)
    expect(choice.allowed).toContain('table')
    expect(choice.reason).not.toBe('')
  })

  test.each(['CUSTOMER_ID', 'id', 'customerId', 'O_ORDERKEY', 'PRODUCT_KEY', 'COUNTRY_CODE', 'ZIP', 'zip_code'])(
    'numbers named %s are never measured',
    (name) => {
      expect(choose([text('A'), column(name)], measured(times(4, String))).kind).toBe('table')
    },
  )
  test.each(['AMOUNT_PAID', 'BID', 'COUNT(O_ORDERKEY)', 'SUM(L_QUANTITY)', 'KEYS', 'IDEAS', 'VALID'])(
    'numbers named %s are measured',
    (name) => {
      expect(choose([text('A'), column(name)], measured(times(4, String))).kind).toBe('bar')
    },
  )
})

test('stored rows in the order of a measure are no course of time, and what is not drawn is named', () => {
  const output = { gives: 'plain', bucket: null, moment: null } as const
  const outline = {
    outputs: [output, output, output],
    limit: 3,
    skips: false,
    isSorted: true,
    isGrouped: false,
    keepsSome: false,
    order: [{ position: 2, descending: true }],
    hasTotals: false,
  }
  const columns: readonly Column[] = [
    { name: 'O_ORDERKEY', type: '', kind: 'number', scale: 0 },
    { name: 'O_ORDERDATE', type: '', kind: 'date', scale: null },
    revenue,
  ]
  const rows = times(3, (at) => [260_320 + at, `199${6 - at}-09-16`, 90 - at])
  const choice = choose(columns, rows, { outline })
  expect([choice.kind, choice.x, choice.reason]).toEqual(['bar', 0, 'a measure by category; not drawn: orderdate'])
})

test('columns that read alike are told apart by their own names', () => {
  const rows = times(3, (at) => [`nation ${at}`, `region ${at}`, at + 1])
  expect(choose([text('N_NAME'), text('R_NAME'), revenue], rows).title).toBe('Revenue by N_NAME and R_NAME')
})

describe('a wish', () => {
  const rows = measured(months(12))
  test('among the allowed kinds is honoured', () => {
    expect(choose([date('D'), revenue], rows, { wish: 'area' })).toMatchObject({ kind: 'area', x: 0, y: [1] })
    expect(choose([date('D'), revenue], rows, { wish: 'table' })).toMatchObject({ kind: 'table' })
  })
  test('of the question goes before that of its writer, which is never called asked for', () => {
    const question = 'revenue by day as bars'
    expect(choose([date('D'), revenue], rows, { wish: 'area', question })).toMatchObject({
      kind: 'bar',
      reason: 'a measure over time, as asked',
    })
    expect(choose([date('D'), revenue], rows, { wish: 'area' }).reason).toBe('a measure over time')
    expect(choose([date('D'), revenue], rows, { wish: 'donut' }).reason).toBe('a measure over time')
  })
  test('for a table leaves the chart to be chosen', () => {
    expect(choose([date('D'), revenue], rows, { question: 'revenue by day as a table' })).toMatchObject({
      kind: 'table',
      allowed: ['line', 'area', 'bar', 'table'],
      x: 0,
      y: [1],
      reason: 'a table, as asked',
    })
  })
  test.each<readonly [string, ChartChoice['kind']]>([
    ['revenue by region as a donut', 'donut'],
    ['pie chart of revenue by region', 'donut'],
    ['show revenue by region as a table', 'table'],
    ['a horizontal bar chart of revenue by region', 'horizontal-bar'],
    ['plot revenue by region', 'bar'],
  ])('is read from "%s"', (question, kind) => {
    expect(choose([text('REGION'), revenue], measured(times(4, String)), { question }).kind).toBe(kind)
  })
  test('for two measures against each other is fulfilled by another rule', () => {
    const points = times(9, (at) => [`n${at}`, at, at * 2])
    expect(choose([text('N'), revenue, column('COST')], points, { question: 'as a scatter plot' })).toMatchObject({
      kind: 'scatter',
      x: 1,
      y: [2],
      reason: 'two measures against each other; not drawn: n, as asked',
    })
  })
  test.each<readonly [string, readonly Column[], readonly (readonly Cell[])[], string, string]>([
    [
      'of averages',
      [text('R'), column('AVG_PRICE')],
      measured(['a', 'b']),
      'as a pie',
      'a measure by category; bars, not a donut as asked: its values do not add up to a whole',
    ],
    [
      'of a negative',
      [text('R'), revenue],
      measured(['a', 'b'], (at) => at - 1),
      'as a donut',
      'a measure by category; bars, not a donut as asked: a part of a whole is never negative',
    ],
    [
      'of names',
      [text('R'), revenue],
      measured(['a', 'b']),
      'as lines',
      'a measure by category; bars, not a line as asked: a line needs dates or periods in order',
    ],
    ['of nothing', [date('D'), revenue], [], 'as a line', 'there are no rows to draw; a table, not a line as asked'],
  ])('that is not true %s is refused with its reason', (_why, columns, given, question, reason) => {
    expect(choose(columns, given, { question }).reason).toBe(reason)
  })
  test('for a donut of the first five is refused: they are not the whole', () => {
    const outputs = [plain, { ...plain, gives: 'sum' as const }]
    const outline = {
      outputs,
      limit: 5,
      skips: false,
      isSorted: true,
      isGrouped: true,
      keepsSome: false,
      order: [],
      hasTotals: false,
    }
    const choice = choose([text('R'), revenue], measured(times(5, String)), { question: 'as a pie', outline })
    expect([choice.kind, choice.other]).toEqual(['bar', undefined])
    expect(choice.reason).toContain('these are not all parts of the whole')
  })
})

const plain = { gives: 'plain', bucket: null, moment: null } as const

describe('what a chart leaves out or puts together', () => {
  test('is said', () => {
    const columns = [text('NAME'), text('PHONE'), text('NATION'), revenue]
    const rows = times(4, (at) => [`N${at}`, `P${at}`, 'x', at])
    expect(choose(columns, rows)).toMatchObject({
      x: 0,
      labels: [1],
      reason: 'a measure by category; not drawn: nation',
    })
  })
  test('other groups may be added up only where the measure adds up', () => {
    const rows = measured(times(57, String))
    expect(choose([text('R'), column('TOTAL_REVENUE')], rows).other).toBe(true)
    expect(choose([text('R'), column('AVG_REVENUE')], rows).other).toBeUndefined()
  })
  test('a period that is not whole is marked', () => {
    const calendar = { today: '2026-11-29', span: { first: '1992-01-01', last: '1998-08-02' } }
    const years = measured(times(7, (at) => 1992 + at))
    expect(choose([column('O_YEAR'), revenue], years, { calendar }).unfinished).toEqual([1998])
    expect(choose([column('O_YEAR'), revenue], years).unfinished).toBeUndefined()
  })
})

describe('words', () => {
  const rows = measured(times(5, String))
  test.each([
    { columns: [text('C_NAME'), column('TOTAL_SPENT')], question: null, title: 'Total spent by name' },
    { columns: [text('REGION'), column('SUM(O_TOTALPRICE)')], question: null, title: 'Sum of totalprice by region' },
    {
      columns: [text('REGION'), column('A * (1 - B)')],
      question: 'Which region  earns most?',
      title: 'Which region earns most',
    },
    { columns: [text('REGION'), column('$1')], question: null, title: 'Result' },
  ])('$title', ({ columns, question, title }) => {
    expect(choose(columns, rows, { question }).title).toBe(title)
  })
  test('a cut result says so', () => {
    expect(choose([text('A'), revenue], rows, { truncated: true }).reason).toContain('of the rows shown')
  })
})
