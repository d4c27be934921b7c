import { expect, test } from 'vitest'
import { ChartChoice, type Cell, type Column } from '../../contract/result.ts'
import { column, outline, tell, text } from '../answer/described.test-support.ts'
import type { QueryOutline } from '../explain/query-outline.ts'
import { chooseChart } from './choose-chart.ts'
import type { Calendar } from './unfinished-periods.ts'

/** A result, and what a person has to see of it: the kind, what lies where, why, and what the sentence over it says or must not say. */
interface Case {
  readonly what: string
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly Cell[])[]
  readonly question?: string
  readonly outline?: QueryOutline
  readonly calendar?: Calendar
  readonly truncated?: boolean
  readonly kind: ChartChoice['kind']
  /** What of the choice is pinned beside its kind. */
  readonly choice?: Partial<ChartChoice>
  readonly reason?: string | RegExp
  readonly title?: string
  readonly says?: RegExp
  readonly neverSays?: RegExp
}

const times = <T>(count: number, make: (at: number) => T) => Array.from({ length: count }, (_none, at) => make(at))
const months = (count: number, from = 1996) =>
  times(count, (at) => `${from + Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, '0')}-01`)
const date = (name: string) => column(name, 'date', null)
const flag = (name: string) => column(name, 'boolean', null)
const whole = (name: string) => column(name, 'number', 0)
const revenue = column('REVENUE')
const price = column('AVG_PRICE')
const regions = ['AFRICA', 'AMERICA', 'ASIA', 'EUROPE', 'MIDDLE EAST']
const of = (labels: readonly Cell[], value = (at: number): Cell => (at + 1) * 100) =>
  labels.map((label, at) => [label, value(at)])
const pairs = (ones: readonly Cell[], others: readonly Cell[], value = (at: number): Cell => at + 1) =>
  ones.flatMap((one, at) => others.map((other, beside) => [one, other, value(at * others.length + beside)]))
const ended = (last: string): Calendar => ({ today: '2026-11-29', span: { first: '1992-01-01', last } })
const grouped = (gives: readonly ('plain' | 'sum' | 'count' | 'other')[], more: Partial<QueryOutline> = {}) =>
  outline(gives, { isGrouped: true, ...more })

// One case a line reads as the table it is.
// prettier-ignore
const cases: readonly Case[] = [
  // Nothing, one thing, one row.
  { what: 'no rows', columns: [text('REGION'), revenue], rows: [], kind: 'table', reason: 'there are no rows to draw' },
  { what: 'one number', columns: [revenue], rows: [['12345678901234567890123456.78']], kind: 'kpi', choice: { x: null, y: [0] }, says: /12,345,678,901,234,567,890,123,456\.78/ },
  { what: 'one number that is NULL', columns: [revenue], rows: [[null]], kind: 'table' },
  { what: 'a zero', columns: [whole('ORDERS')], rows: [[0]], kind: 'kpi' },
  { what: 'one row of a label and a number', columns: [text('REGION'), revenue], rows: [['ASIA', 5]], kind: 'kpi', choice: { x: 0, y: [1] } },
  { what: 'one row of many columns', columns: [text('A'), text('B'), revenue, price], rows: [['a', 'b', 1, 2]], kind: 'table', reason: 'a single row' },
  { what: 'only NULLs to measure', columns: [text('REGION'), revenue], rows: of(regions, () => null), kind: 'table', reason: 'no column to measure' },
  { what: 'only texts', columns: [text('A'), text('B')], rows: [['a', 'b'], ['c', 'd']], kind: 'table' },
  // Kinds of labels.
  { what: 'a few names', columns: [text('REGION'), revenue], rows: of(regions), kind: 'bar', choice: { x: 0, y: [1], series: null }, title: 'Revenue by region', reason: 'a measure by category' },
  { what: 'a name that is NULL beside others', columns: [text('REGION'), revenue], rows: of([null, 'ASIA', 'EUROPE']), kind: 'bar', choice: { x: 0 } },
  { what: 'names with HTML, controls and a turned direction', columns: [text('NAME'), revenue], rows: of(['<img src=x onerror=alert(1)>', 'a\u0000b\u0007', '\u202Egnp.exe', '{a|b}']), kind: 'bar', choice: { x: 0 } },
  { what: 'booleans', columns: [flag('IS_RETURNED'), whole('ORDERS')], rows: [[true, 10], [false, 90]], kind: 'bar', choice: { x: 0, y: [1] } },
  { what: 'booleans over time', columns: [date('MONTH'), flag('IS_RETURNED'), whole('ORDERS')], rows: pairs(months(4), [true, false]), kind: 'line', choice: { x: 0, y: [2], series: 1 } },
  { what: 'ten names lie down', columns: [text('NATION'), revenue], rows: of(times(10, (at) => `N${at}`)), kind: 'horizontal-bar' },
  { what: 'six equal long names', columns: [text('C_NAME'), revenue], rows: of(times(6, (at) => `Customer of the northern region number 00000000${at}`)), kind: 'bar', choice: { x: 0 } },
  { what: 'a key beside a name is not measured', columns: [whole('C_CUSTKEY'), text('C_NAME'), revenue], rows: times(5, (at) => [at + 7, `N${at}`, at * 10]), kind: 'bar', choice: { x: 1, y: [2] } },
  { what: 'equal names with different keys are each drawn', columns: [whole('C_CUSTKEY'), text('C_NAME'), revenue], rows: [[1, 'SMITH', 10], [2, 'SMITH', 20], [3, 'JONES', 5]], kind: 'bar', choice: { x: 0, labels: [1], y: [2] } },
  { what: 'a second label is not dropped', columns: [text('C_NAME'), text('NATION'), revenue], rows: times(6, (at) => [`N${at}`, at % 2 === 0 ? 'PERU' : 'CHINA', at]), kind: 'bar', choice: { x: 0, labels: [1] }, title: 'Revenue by name and nation' },
  { what: 'a third label is said not to be drawn', columns: [text('C_NAME'), text('PHONE'), text('NATION'), revenue], rows: times(4, (at) => [`N${at}`, `P${at}`, 'PERU', at]), kind: 'bar', reason: 'a measure by category; not drawn: nation' },
  { what: 'names of columns that attack are in no sentence', columns: [text('C_NAME'), text('N_NAME'), text(`\u202E<script>{a|b}${'x'.repeat(100_000)}`), text('__proto__'), revenue], rows: times(4, (at) => [`N${at}`, `P${at}`, `Q${at}`, `R${at}`, at]), kind: 'bar', reason: /^a measure by category; not drawn: (?:a column without a plain name|proto) and (?:a column without a plain name|proto)$/ },
  { what: 'a remark names nothing', columns: [text('O_COMMENT'), text('CLERK'), revenue], rows: times(4, (at) => [`carefully final deposits. ironic ${at} beans boost.`, `C${at}`, at]), kind: 'bar', choice: { x: 1 } },
  // Many names.
  { what: '57 names whose measure adds up: the highest and the others', columns: [text('NAME'), column('TOTAL_REVENUE')], rows: of(times(57, String)), kind: 'horizontal-bar', choice: { other: true, adds: [1] } },
  { what: '57 averages are not put together', columns: [text('NAME'), price], rows: of(times(57, String)), kind: 'horizontal-bar', choice: { y: [1] } },
  { what: 'the lowest first, as the query has them', columns: [text('NAME'), revenue], rows: of(times(57, String)), outline: grouped(['plain', 'sum'], { isSorted: true, order: [{ position: 1, descending: false }] }), kind: 'horizontal-bar', choice: { lowest: true } },
  { what: 'the first 25 of more are not the highest', columns: [text('NAME'), revenue], rows: of(times(25, String)), truncated: true, kind: 'table', reason: /highest of the rows cannot be told/ },
  { what: 'too many names', columns: [text('NAME'), revenue], rows: of(times(501, String)), kind: 'table', reason: '501 names are too many for a chart' },
  { what: 'too many rows', columns: [text('A'), text('B'), revenue], rows: times(5_001, (at) => [`${at % 70}`, `${at}`, 1]), kind: 'table' },
  // Time.
  { what: 'months', columns: [date('MONTH'), revenue], rows: of(months(12)), kind: 'line', choice: { x: 0, y: [1] }, title: 'Revenue by month', reason: 'a measure over time' },
  { what: 'months with a gap', columns: [date('MONTH'), revenue], rows: of(months(12)).filter((_row, at) => at !== 5), kind: 'line' },
  { what: 'two months', columns: [date('MONTH'), revenue], rows: of(months(2)), kind: 'bar' },
  { what: 'years as numbers', columns: [whole('ORDER_YEAR'), revenue], rows: of(times(7, (at) => 1992 + at)), kind: 'line', choice: { x: 0 } },
  { what: 'dates as text', columns: [text('ORDER_DATE'), revenue], rows: of(months(8)), kind: 'line', choice: { x: 0 } },
  { what: 'months as text', columns: [text('ORDER_MONTH'), revenue], rows: of(months(8).map((month) => month.slice(0, 7))), kind: 'line' },
  { what: 'text that is no date', columns: [text('PART'), revenue], rows: of(['1996-13-01', '1996-02-99', 'x']), kind: 'bar' },
  { what: 'quarters as text', columns: [text('QUARTER'), revenue], rows: of(['1996-Q2', '1996-Q1', '1995-Q4']), kind: 'bar', choice: { allowed: ['bar', 'horizontal-bar', 'line', 'donut', 'table'] } },
  { what: 'months by name', columns: [text('MONTH_NAME'), revenue], rows: of(['March', 'January', 'May']), kind: 'bar' },
  { what: 'hours of the day', columns: [whole('HOUR'), whole('ORDERS')], rows: of(times(24, (at) => at)), kind: 'bar', choice: { x: 0 } },
  { what: 'months of two years: a line a year', columns: [whole('YEAR'), whole('MONTH'), revenue], rows: pairs([1996, 1997], times(12, (at) => at + 1)), kind: 'line', choice: { x: 1, series: 0 } },
  { what: 'days of fifteen years', columns: [date('DAY'), revenue], rows: times(5_400, (at) => [new Date(Date.UTC(1992, 0, 1 + at)).toISOString().slice(0, 10), at]), kind: 'line' },
  { what: 'the last month is not over: it is marked, and no collapse is told', columns: [date('MONTH'), revenue], rows: of(months(8), (at) => (at === 7 ? 3 : 1_000 + at)), outline: { ...grouped(['plain', 'sum']), outputs: [{ gives: 'plain', bucket: 'month', moment: null }, { gives: 'sum', bucket: null, moment: null }] }, calendar: ended('1996-08-02'), kind: 'line', choice: { unfinished: ['1996-08-01'] }, neverSays: /(?:fell|down|dropped|lowest)[^.]*August 1996/ },
  { what: 'a year that still runs is marked', columns: [whole('ORDER_YEAR'), revenue], rows: of([2024, 2025, 2026]), calendar: { today: '2026-11-29', span: { first: '2020-01-01', last: '2026-11-28' } }, kind: 'line', choice: { unfinished: [2026] } },
  { what: 'a whole year is not marked', columns: [whole('ORDER_YEAR'), revenue], rows: of([1995, 1996, 1997]), calendar: ended('1998-08-02'), kind: 'line', choice: {} },
  { what: 'the same day twice', columns: [date('D'), revenue], rows: [['1996-01-01', 1], ['1996-01-01', 2], ['1996-01-02', 1]], kind: 'table' },
  // Two labels.
  { what: 'months by region: a line a region', columns: [date('MONTH'), text('REGION'), revenue], rows: pairs(months(6), regions), kind: 'line', choice: { x: 0, y: [2], series: 1 }, title: 'Revenue by month and region', reason: 'a measure over time by group' },
  { what: '25 lines that add up: the highest and the others', columns: [date('MONTH'), text('NATION'), revenue], rows: pairs(months(3), times(25, (at) => `N${at}`)), kind: 'line', choice: { series: 1, other: true } },
  { what: '12 lines of averages: a small chart each', columns: [date('MONTH'), text('NATION'), price], rows: pairs(months(3), times(12, (at) => `N${at}`)), kind: 'line', choice: { series: 1, panels: true }, reason: 'a measure over time, a small chart for each group' },
  { what: '25 lines of averages', columns: [date('MONTH'), text('NATION'), price], rows: pairs(months(3), times(25, (at) => `N${at}`)), kind: 'table', reason: '25 lines are too many to tell apart' },
  { what: 'regions by segment', columns: [text('REGION'), text('SEGMENT'), revenue], rows: pairs(regions, ['A', 'B', 'C']), kind: 'grouped-bar', choice: { x: 0, series: 1 } },
  { what: 'shares of regions by segment', columns: [text('REGION'), text('SEGMENT'), revenue], rows: pairs(regions, ['A', 'B', 'C']), question: 'what share of revenue has each segment per region?', kind: 'stacked-bar' },
  { what: 'losses are not stacked', columns: [text('NATION'), text('SEGMENT'), revenue], rows: pairs(times(12, (at) => `N${at}`), ['A', 'B'], () => -1), kind: 'grouped-bar', choice: { allowed: ['grouped-bar', 'table'] } },
  { what: 'averages are not stacked', columns: [text('NATION'), text('SEGMENT'), price], rows: pairs(times(12, (at) => `N${at}`), ['A', 'B']), kind: 'grouped-bar' },
  // Sizes and signs.
  { what: 'gains and losses', columns: [text('REGION'), revenue], rows: of(regions, (at) => (at - 2) * 50), kind: 'bar', choice: { allowed: ['bar', 'horizontal-bar', 'table'] } },
  { what: 'all equal', columns: [text('REGION'), revenue], rows: of(regions, () => 7), kind: 'bar' },
  { what: 'discounts of some hundredths', columns: [text('SHIPMODE'), column('AVG_DISCOUNT')], rows: of(['AIR', 'RAIL', 'SHIP'], (at) => 0.049 + at / 1_000), kind: 'bar' },
  { what: 'huge decimals', columns: [text('REGION'), column('TOTAL', 'number', 0)], rows: of(regions, (at) => `${at + 1}${'0'.repeat(36)}`), kind: 'bar' },
  { what: 'two measures of one size', columns: [text('REGION'), revenue, column('COST')], rows: times(4, (at) => [regions[at] ?? '', 500 + at, 400]), kind: 'grouped-bar', choice: { y: [1, 2] } },
  { what: 'two measures of unlike size: each in a small chart', columns: [text('REGION'), revenue, whole('ORDERS')], rows: times(4, (at) => [regions[at] ?? '', 5_000_000 + at, 4]), kind: 'grouped-bar', choice: { y: [1, 2], panels: true }, reason: 'measures by category, each in a small chart because their sizes differ' },
  { what: 'two measures of unlike size over time', columns: [date('MONTH'), revenue, whole('ORDERS')], rows: months(12).map((month, at) => [month, 5_000_000 + at, 4]), kind: 'line', choice: { y: [1, 2], panels: true }, reason: 'measures over time, each in a small chart because their sizes differ' },
  { what: 'many names with two measures of unlike size: one is said not to be drawn', columns: [text('NATION'), revenue, whole('ORDERS')], rows: times(25, (at) => [`N${at}`, 5_000_000 + at, 4]), kind: 'horizontal-bar', choice: { y: [1] }, reason: /not drawn: orders/ },
  { what: 'two like measures, asked for apart', columns: [date('MONTH'), revenue, column('COST')], rows: months(12).map((month, at) => [month, 500 + at, 400]), question: 'revenue and cost by month in separate charts', kind: 'line', choice: { y: [1, 2], panels: true }, reason: 'measures beside each other, a small chart for each, as asked' },
  { what: 'long names of products are names', columns: [text('PRODUCT'), column('TOTAL_PREMIUM')], rows: times(6, (at) => [`Motor liability insurance for commercial fleets of more than ten vehicles, tariff ${at}`, 100 + at]), kind: 'bar', choice: { x: 0, y: [1] } },
  { what: 'long names that stand in many rows split a measure', columns: [date('MONTH'), text('PLACE'), price], rows: pairs(months(6), times(4, (at) => `Northern distribution centre, building ${at}, loading bay for heavy goods and pallets`)), kind: 'line', choice: { x: 0, series: 1 } },
  { what: 'a remark alone names nothing', columns: [text('O_COMMENT'), revenue], rows: times(6, (at) => [`carefully final deposits. ironic ${at} beans boost, and sleep furiously over it.`, at]), kind: 'table', reason: 'no column names the rows' },
  { what: 'a remark that the query groups by names its groups', columns: [text('O_COMMENT'), revenue], rows: times(6, (at) => [`carefully final deposits. ironic ${at} beans boost, and sleep furiously over it.`, at]), outline: grouped(['plain', 'sum']), kind: 'bar', choice: { x: 0 } },
  { what: 'equal names without a key', columns: [text('NAME'), column('TOTAL')], rows: [['Smith', 10], ['Smith', 20], ['Jones', 15]], kind: 'table', reason: 'several rows have the same name' },
  { what: 'three names a row', columns: [date('MONTH'), text('REGION'), text('SEGMENT'), revenue], rows: pairs(months(4), ['ASIA', 'EUROPE']).flatMap(([month = null, region = null, n = 0]) => ['A', 'B'].map((segment) => [month, region, segment, n])), kind: 'table', reason: 'it takes 3 columns to name each row, and a chart shows two' },
  { what: 'two numbers of each row', columns: [revenue, column('COST')], rows: times(30, (at) => [at, at * 3]), kind: 'scatter', choice: { x: 0, y: [1] } },
  // Shares.
  { what: 'percentages of one whole', columns: [text('REGION'), column('PERCENT')], rows: [['a', '66.67'], ['b', '33.33']], question: 'share per region', kind: 'donut' },
  { what: 'percentages of different things', columns: [text('REGION'), column('RETURNED_PERCENT')], rows: [['a', '6.67'], ['b', '3.33']], question: 'percent returned per region', kind: 'bar' },
  { what: 'averages are no pie', columns: [text('REGION'), price], rows: of(regions), question: 'average price by region as a pie', kind: 'bar', reason: 'a measure by category; bars, not a donut as asked: its values do not add up to a whole' },
  // Wishes.
  { what: 'a pie of sums', columns: [text('REGION'), revenue], rows: of(regions), question: 'revenue by region as a pie chart', kind: 'donut', reason: 'a measure by category, as asked' },
  { what: 'a pie of the first five', columns: [text('REGION'), revenue], rows: of(regions), question: 'top 5 regions as a pie', outline: grouped(['plain', 'sum'], { limit: 5, isSorted: true }), kind: 'bar', reason: /not all parts of the whole/ },
  { what: 'a line of names', columns: [text('REGION'), revenue], rows: of(regions), question: 'line chart of revenue by region', kind: 'bar', reason: /not a line as asked: a line needs dates/ },
  { what: 'bars of months', columns: [date('MONTH'), revenue], rows: of(months(6)), question: 'bar chart of revenue by month', kind: 'bar', reason: 'a measure over time, as asked' },
  { what: 'bars of many names stay on their side', columns: [text('NATION'), revenue], rows: of(times(25, (at) => `N${at}`)), question: 'bar chart of revenue by nation', kind: 'horizontal-bar', reason: /as asked$/ },
  { what: 'an area', columns: [date('MONTH'), revenue], rows: of(months(6)), question: 'revenue by month as an area chart', kind: 'area' },
  { what: 'a table', columns: [text('REGION'), revenue], rows: of(regions), question: 'revenue by region as a table', kind: 'table' },
  { what: 'stacked bars over time', columns: [date('MONTH'), text('REGION'), revenue], rows: pairs(months(6), regions), question: 'stacked revenue by month and region', kind: 'stacked-bar' },
  { what: 'a table of what could be drawn', columns: [text('REGION'), revenue], rows: of(regions), question: 'revenue by region, no chart', kind: 'table', choice: { allowed: ['bar', 'horizontal-bar', 'donut', 'table'], x: 0 }, reason: 'a table, as asked' },
  { what: 'a small chart for each region', columns: [date('MONTH'), text('REGION'), revenue], rows: pairs(months(6), regions), question: 'revenue by month, one chart per region', kind: 'line', choice: { x: 0, series: 1, y: [2], panels: true }, reason: 'a measure over time, a small chart for each region, as asked' },
  { what: 'a small chart for each, as bars', columns: [date('MONTH'), text('REGION'), revenue], rows: pairs(months(6), regions), question: 'revenue by month as bars, one chart per region', kind: 'grouped-bar', choice: { x: 0, series: 1, panels: true }, reason: /as asked$/ },
  { what: 'small charts of names by names', columns: [text('REGION'), text('SEGMENT'), revenue], rows: pairs(regions, ['A', 'B', 'C']), question: 'revenue by region and segment, one chart per region', kind: 'grouped-bar', choice: { x: 1, series: 0, panels: true } },
  { what: 'small charts of the other names', columns: [text('REGION'), text('SEGMENT'), revenue], rows: pairs(regions, ['A', 'B', 'C']), question: 'small charts by segment of revenue by region', kind: 'grouped-bar', choice: { x: 0, series: 1, panels: true } },
  { what: 'small charts of the years', columns: [date('YEAR'), text('REGION'), revenue], rows: pairs(['1995-01-01', '1996-01-01', '1997-01-01'], regions), question: 'revenue by region, one chart per year', kind: 'grouped-bar', choice: { x: 1, series: 0, panels: true } },
  { what: 'small charts of averages that are too many for one chart', columns: [date('MONTH'), text('NATION'), price], rows: pairs(months(3), times(25, (at) => `N${at}`)), question: 'average price by month, a chart for each nation', kind: 'line', choice: { series: 1, panels: true }, reason: /as asked$/ },
  { what: 'small charts of one label', columns: [text('REGION'), revenue], rows: of(regions), question: 'revenue, one chart per region', kind: 'bar', reason: 'a measure by category; no small charts as asked: no second column splits the values' },
  { what: 'small charts of three labels', columns: [text('REGION'), text('SEGMENT'), text('BRAND'), revenue], rows: pairs(regions, ['A', 'B']).map(([one, two, n]) => [one ?? '', two ?? '', `B${n ?? ''}`, n ?? 0]), question: 'small multiples of revenue by region, segment and brand', kind: 'horizontal-bar', reason: /no small charts as asked: more than two columns name the values/ },
  { what: 'a small pie for each region', columns: [date('MONTH'), text('REGION'), revenue], rows: pairs(months(6), regions), question: 'revenue by month, a small pie chart for each region', kind: 'line', choice: { panels: true }, reason: 'a measure over time, a small chart for each region, as asked; a line, not a donut as asked: small charts are lines, areas or bars' },
  { what: 'small charts of too many', columns: [date('MONTH'), text('NAME'), price], rows: pairs(months(3), times(80, (at) => `N${at}`)), question: 'average price by month, one chart per name', kind: 'table', reason: /no small charts as asked: 80 of them are too many/ },
  { what: 'bars, asked for in German', columns: [date('MONTH'), revenue], rows: of(months(6)), question: 'Umsatz nach Monat als Säulendiagramm', kind: 'bar', reason: 'a measure over time, as asked' },
  { what: 'no chart, asked for in German', columns: [date('MONTH'), revenue], rows: of(months(6)), question: 'Umsatz nach Monat, kein Diagramm', kind: 'table', reason: 'a table, as asked' },
  { what: 'a heat map, which is not drawn here', columns: [text('REGION'), revenue], rows: of(regions), question: 'revenue by region as a heatmap', kind: 'bar', reason: /not a heatmap as asked: charts here are/ },
  { what: 'a map that is data, not a wish', columns: [text('REGION'), revenue], rows: of(regions), question: 'revenue of each map', kind: 'bar', reason: 'a measure by category' },
]

test('the table is long enough to be one', () => {
  expect(cases.length).toBeGreaterThanOrEqual(60)
})

test.each(cases)('$what', ({ columns, rows, question = null, truncated = false, kind, choice = {}, ...more }) => {
  const known = {
    ...(more.outline === undefined ? {} : { outline: more.outline }),
    ...(more.calendar === undefined ? {} : { calendar: more.calendar }),
  }
  const asked = { columns, rows, rowCount: rows.length, truncated, question }
  const chosen = ChartChoice.parse(chooseChart({ ...asked, wish: null, ...known }))
  expect(chosen).toMatchObject({ kind, ...choice })
  expect(chosen.allowed).toEqual(expect.arrayContaining([kind, 'table']))
  if (!('unfinished' in choice)) expect(chosen.unfinished).toBeUndefined()
  if (!('labels' in choice)) expect(chosen.labels ?? []).toHaveLength(chosen.labels === undefined ? 0 : 1)
  if (more.reason instanceof RegExp) expect(chosen.reason).toMatch(more.reason)
  else if (more.reason !== undefined) expect(chosen.reason).toBe(more.reason)
  if (more.title !== undefined) expect(chosen.title).toBe(more.title)
  const sentence = tell(columns, rows, { ...asked, ...known })
  if (more.says !== undefined) expect(sentence).toMatch(more.says)
  if (more.neverSays !== undefined) expect(sentence).not.toMatch(more.neverSays)
})
