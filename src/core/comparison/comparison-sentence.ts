import type { ChangedRow, ComparedColumn, NumberChange, ResultChanges } from '../../contract/comparison.ts'
import type { Sentence, SentenceValue } from '../../contract/result.ts'
import { columnTitle } from '../../contract/words/columns.ts'
import { capitalisedSentence, joined, listedParts, numberOfRows, rowsOf, say } from '../answer/phrases.ts'
import { readDecimal } from '../answer/result-view.ts'

type Told = Omit<ResultChanges, 'summary'>

/** Totals that the sentence names; the table has them all. */
const mostTotals = 2

/** One plain sentence: how many rows changed, and what became of the totals, or of the only row. */
export function sayChanges(changes: Told, only: ChangedRow | null): Sentence {
  const { columns, added, removed, changed, same, pairing } = changes
  if (columns.length === 0) return say`The two results have no column in common, so their rows cannot be compared.`
  if (added + removed + changed === 0) return say`${sayNothing(same)}${sayPart(changes)}.`
  const figures = pairing === 'only-row' ? sayOnlyRow(columns, only) : sayTotals(changes)
  if (pairing === 'only-row')
    return figures.length === 0 ? say`The only row changed.` : say`${capitalisedSentence(figures)}.`
  const counts = pairing === 'whole-rows' ? sayWholeRows(changes) : sayCounts(changes)
  return say`${capitalisedSentence(counts)}${sayPart(changes)}${figures.length === 0 ? '' : say`; ${figures}`}.`
}

function sayNothing(same: number): Sentence {
  if (same === 0) return say`Nothing changed: both results are empty`
  return same === 1
    ? say`Nothing changed: the only row is the same`
    : say`Nothing changed: all ${rowsOf(same)} are the same`
}

/** Says of a result that was cut that the sentence speaks of a part. */
function sayPart({ before, after }: Told): Sentence {
  return before.hasMore || after.hasMore ? say` among the rows that were compared` : []
}

function sayCounts({ added, removed, changed, same, before, after }: Told): Sentence {
  const both = changed + same
  const isSameSet = before.rows === both && after.rows === both
  const ofBoth = isSameSet ? rowsOf(both) : say`the ${rowsOf(both)} in both results`
  const others = [
    [added, 'new'],
    [removed, 'gone'],
    [changed === 0 ? same : 0, 'the same'],
  ] as const
  const told = others.filter(([count]) => count > 0)
  return listedParts([
    ...(changed === 0 ? [] : [say`${numberOfRows(changed)} of ${ofBoth} changed`]),
    ...told.map(([count, what], at) => {
      const rows = changed === 0 && at === 0 ? rowsOf(count) : numberOfRows(count)
      return say`${rows} ${count === 1 ? 'is' : 'are'} ${what}`
    }),
  ])
}

function sayWholeRows({ added, removed, same }: Told): Sentence {
  return listedParts([
    ...(removed === 0 ? [] : [say`${rowsOf(removed)} ${removed === 1 ? 'is' : 'are'} only in the earlier result`]),
    ...(added === 0 ? [] : [say`${rowsOf(added)} ${added === 1 ? 'is' : 'are'} only in the later one`]),
    ...(same === 0 ? [] : [say`${rowsOf(same)} ${same === 1 ? 'is' : 'are'} in both`]),
  ])
}

function sayTotals({ totals, columns }: Told): Sentence {
  const moved = totals.flatMap(({ column, before, after, change }) =>
    before === null || after === null || change === null
      ? []
      : [
          sayMove(
            { name: totalName(column), before, after, change },
            columns.find(({ name }) => name === column),
          ),
        ],
  )
  return listedParts(moved.slice(0, mostTotals))
}

/** "the total of price", but "the total spent" and "the number of orders". */
function totalName(column: string): string {
  const words = columnTitle(column).toLowerCase()
  return /^(?:total|sum|number|count)\b/.test(words) ? words : `total of ${words}`
}

function sayOnlyRow(columns: readonly ComparedColumn[], row: ChangedRow | null): Sentence {
  const moved = columns.flatMap((column, at) => {
    const change = row?.changes[at] ?? null
    const [before, after] = [row?.before?.[at] ?? null, row?.after?.[at] ?? null].map(
      (cell) => readDecimal(cell)?.toFixed() ?? null,
    )
    if (change === null || before === undefined || after === undefined || before === null || after === null) return []
    return [sayMove({ name: columnTitle(column.name).toLowerCase(), before, after, change }, column)]
  })
  return listedParts(moved.slice(0, mostTotals))
}

interface Move {
  readonly name: string
  readonly before: string
  readonly after: string
  readonly change: NumberChange
}

/** "the total of orders rose from 5 to 6 (+20%)" */
function sayMove({ name, before, after, change }: Move, column: ComparedColumn | undefined): Sentence {
  const { unit = null, scale = null } = column ?? {}
  const value = (text: string): SentenceValue => ({
    value: text,
    form: 'number',
    role: 'total',
    column: column?.name ?? null,
    // As the table writes it: with all digits that the column has.
    ...(scale === null ? {} : { digits: [scale, Math.max(scale, text.split('.')[1]?.length ?? 0)] }),
    ...(unit === null ? {} : { unit }),
  })
  const isRise = !change.difference.startsWith('-')
  if (Number(change.difference) === 0) return say`the ${name} stayed at ${value(after)}`
  return joined([
    `the ${name} ${isRise ? 'rose' : 'fell'} from `,
    value(before),
    ' to ',
    value(after),
    sayPercent(change.percent),
  ])
}

/** Nothing for a change that would be rounded away, or that is too large for its percentage to say anything. */
function sayPercent(percent: number | null): Sentence {
  if (percent === null || Math.abs(percent) < 0.05 || Math.abs(percent) >= 1e15) return []
  const value: SentenceValue = {
    value: percent.toFixed(1),
    form: 'number',
    role: 'measure',
    column: null,
    digits: [0, 1],
    unit: '%',
  }
  return say` (${percent > 0 ? '+' : ''}${value})`
}
