// The page that `grid.ts` opens: a million rows in the source that the table of an answer reads, timed from the page's own thread.
import type { Cell, Column } from '../src/contract/result.ts'
import type { RowsView } from '../src/contract/result-view.ts'
import { limitTrustedTypes } from '../src/web/app/browser-policy.ts'
import { makeWorkerRows, type GrowingRows } from '../src/web/rows/worker-rows.ts'

limitTrustedTypes(location.origin)

const plain: RowsView = { sort: [], filters: [], search: '' }
const column = (name: string, kind: Column['kind'], scale: number | null = null): Column => ({
  name,
  type: kind,
  kind,
  scale,
})
const several = (count: number, make: (at: number) => Column): Column[] =>
  Array.from({ length: count }, (_, at) => make(at))

/** As `web.md` §3 has it: an id, 15 floats, 10 whole numbers, 8 days, 12 categories, 4 free texts. */
const columns: readonly Column[] = [
  column('ID', 'number', 0),
  ...several(15, (at) => column(`AMOUNT_${at}`, 'number', at < 8 ? 2 : null)),
  ...several(10, (at) => column(`COUNT_${at}`, 'number', 0)),
  ...several(8, (at) => column(`DAY_${at}`, 'date')),
  ...several(12, (at) => column(`GROUP_${at}`, 'text')),
  ...several(4, (at) => column(`NOTE_${at}`, 'text')),
]

const words = 'amber birch cedar delta ember fjord grove heath inlet jetty knoll lagoon marsh north oasis pines'.split(
  ' ',
)
const days = Array.from({ length: 3_650 }, (_, day) => new Date(day * 86_400_000 + 1.4e12).toISOString().slice(0, 10))
const categories = Array.from({ length: 12 }, (_, at) =>
  Array.from({ length: 5 + at * 20 }, (_each, n) => `${words[n % 16] ?? ''} ${n}`),
)
let state = 42
const random = (): number => {
  // Numerical Recipes' generator: the same rows in each run.
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
  return state / 4_294_967_296
}
const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)]

function rowOf(id: number): readonly Cell[] {
  const row: Cell[] = [id]
  for (let at = 0; at < 15; at += 1) row.push(at < 8 ? Math.round(random() * 1e8) / 100 : random() * 1e6)
  for (let at = 0; at < 10; at += 1) row.push(random() < 0.02 ? null : Math.floor(random() * 10 ** (at + 1)))
  for (let at = 0; at < 8; at += 1) row.push(pick(days) ?? null)
  for (let at = 0; at < 12; at += 1) row.push(pick(categories[at] ?? []) ?? null)
  for (let at = 0; at < 4; at += 1)
    row.push(`${pick(words)} ${pick(words)} ${pick(words)} ${Math.floor(random() * 1e6)}`)
  return row
}

const nextTask = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))

let longest = 0
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) longest = Math.max(longest, duration)
}).observe({ entryTypes: ['longtask'] })

/** Runs work and tells how long it took, and the longest task of the page meanwhile; tasks below 50 ms count as none. */
async function measure(work: () => Promise<unknown>): Promise<{ readonly ms: number; readonly longestTaskMs: number }> {
  await nextTask()
  longest = 0
  const start = performance.now()
  await work()
  const ms = performance.now() - start
  // Long tasks are told a moment after they have ended.
  await new Promise((resolve) => setTimeout(resolve, 200))
  return { ms, longestTaskMs: longest }
}

const rowsAtOnce = 500
let source: GrowingRows

async function load(rowCount: number): Promise<void> {
  source = makeWorkerRows(columns)
  for (let id = 0; id < rowCount; id += rowsAtOnce) {
    source.append(Array.from({ length: Math.min(rowsAtOnce, rowCount - id) }, (_, at) => rowOf(id + at)))
    // Rows of a result come no faster than they are taken up.
    if (id % 20_000 === 0)
      await source.count({ ...plain, filters: [{ kind: 'values', column: 0, values: [], isExcluded: false }] })
    await nextTask()
  }
  await source.rows(plain, { from: 0, count: 50 })
}

const show = async (view: Partial<RowsView>): Promise<void> => {
  const whole = { ...plain, ...view }
  await Promise.all([source.count(whole), source.rows(whole, { from: 0, count: 200 })])
}

const position = (name: string): number => columns.findIndex((each) => each.name === name)
const sortBy = (name: string): Partial<RowsView> => ({ sort: [{ column: position(name), direction: 'ascending' }] })

/** What is measured, one after the other, over the loaded rows. */
const steps: Readonly<Record<string, () => Promise<unknown>>> = {
  sortFloat: () => show(sortBy('AMOUNT_9')),
  sortInteger: () => show(sortBy('COUNT_5')),
  sortDay: () => show(sortBy('DAY_3')),
  sortCategory: () => show(sortBy('GROUP_11')),
  sortText: () => show(sortBy('NOTE_1')),
  filterValue: () =>
    show({
      filters: [{ kind: 'values', column: position('GROUP_4'), values: [categories[4]?.[7] ?? ''], isExcluded: false }],
    }),
  filterRange: () => show({ filters: [{ kind: 'range', column: position('AMOUNT_3'), from: '1000', to: '250000' }] }),
  refine: () =>
    show({
      filters: [
        { kind: 'range', column: position('AMOUNT_3'), from: '1000', to: '250000' },
        { kind: 'range', column: position('COUNT_2'), from: '1', to: '500' },
      ],
    }),
  searchWord: () => show({ search: 'lagoon marsh' }),
  searchDigits: () => show({ search: '77123' }),
  summary: () => source.summary(plain, position('AMOUNT_2')),
}

Object.assign(globalThis, {
  measureLoad: (rows: number) => measure(() => load(rows)),
  measureStep: (name: string) => measure(steps[name] ?? nextTask),
})
