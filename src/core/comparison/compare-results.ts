import { Big } from 'big.js'
import type {
  ChangedRow,
  ChangesOrder,
  ComparedColumn,
  ComparisonNote,
  NumberChange,
  ResultChanges,
  RowChangeKind,
} from '../../contract/comparison.ts'
import { maxComparedRows } from '../../contract/comparison.ts'
import type { Cell } from '../../contract/result.ts'
import { readDecimal } from '../answer/result-view.ts'
import { unfinishedPeriods } from '../chart/unfinished-periods.ts'
import { sayChanges } from './comparison-sentence.ts'
import { comparedText, pairColumns, type ComparedResult, type PairedColumn, type Row } from './pair-columns.ts'
import { pairRows, type Pairing, type RowPair } from './pair-rows.ts'

/** What is different between two results, and which of the rows that differ are told. */
export function compareResults(given: Sides<ComparedResult>, order: ChangesOrder): ResultChanges {
  const { paired, added, removed, notes } = pairColumns(cut(given.before), cut(given.after))
  const rows = { before: projected(given.before, paired, 'before'), after: projected(given.after, paired, 'after') }
  const { pairing, pairs } = pairRows(paired, rows)
  const columns = paired.map((column, at) => presentColumn(column, pairing.key.includes(at)))
  const compared = pairs.flatMap((pair) => differing(paired, pair, pairing) ?? [])
  const count = (kind: RowChangeKind): number => compared.filter((one) => one.kind === kind).length
  const sizes = { before: sizeOf(given.before), after: sizeOf(given.after) }
  const totals = totalsOf(paired, rows, { pairing, sizes })
  const listed = listRows(compared, paired, order)
  const changes = {
    columns,
    addedColumns: [...added],
    removedColumns: [...removed],
    pairing: pairing.kind,
    key: pairing.key.map((at) => columns[at]?.name ?? ''),
    period: presentPeriod(pairing, columns),
    added: count('added'),
    removed: count('removed'),
    changed: count('changed'),
    same: columns.length === 0 ? 0 : pairs.length - compared.length,
    rows: listed.slice(order.from, order.from + order.count).map((row) => presentRow(paired, row)),
    found: listed.length,
    from: order.from,
    totals: totals ?? [],
    ...sizes,
    notes: [...notes, ...sides.flatMap((side) => notesOn(side, given[side], paired)), ...noTotals(totals)],
  }
  const [only] = pairing.kind === 'only-row' ? compared : []
  return { summary: sayChanges(changes, only === undefined ? null : presentRow(paired, only)), ...changes }
}

const sides = ['before', 'after'] as const

const noTotals = (totals: ResultChanges['totals'] | null): readonly ComparisonNote[] =>
  totals === null ? [{ kind: 'no-totals' }] : []

interface Sides<T> {
  readonly before: T
  readonly after: T
}

const cut = (result: ComparedResult): ComparedResult => ({ ...result, rows: result.rows.slice(0, maxComparedRows) })

/** The rows with the cells of the paired columns alone. */
const projected = ({ rows }: ComparedResult, paired: readonly PairedColumn[], side: 'before' | 'after'): Row[] =>
  rows.slice(0, maxComparedRows).map((row) => paired.map(({ own }) => row[own[side]] ?? null))

function sizeOf({ rows, rowCount, truncated }: ComparedResult): ResultChanges['before'] {
  const compared = Math.min(rows.length, maxComparedRows)
  return { rows: compared, rowCount, hasMore: truncated || compared < rowCount }
}

const presentColumn = ({ column, nameBefore, isMeasure, unit }: PairedColumn, isKey: boolean): ComparedColumn => ({
  ...column,
  ...(nameBefore === null ? {} : { nameBefore }),
  role: isKey ? 'key' : isMeasure ? 'measure' : 'label',
  unit,
})

function presentPeriod({ period }: Pairing, columns: readonly ComparedColumn[]): ResultChanges['period'] {
  if (period === null) return null
  return { column: columns[period.at]?.name ?? '', unit: period.unit, by: period.by }
}

/** A pair of rows that are not the same. */
type Differing = RowPair & { readonly kind: RowChangeKind }

const isOther = ({ kind }: PairedColumn, before: Cell | undefined, after: Cell | undefined): boolean =>
  before !== after && comparedText(before ?? null, kind) !== comparedText(after ?? null, kind)

/** Null for rows that are the same. Periods that are compared by their place are never a difference. */
function differing(paired: readonly PairedColumn[], pair: RowPair, { period }: Pairing): Differing | null {
  const { before, after } = pair
  if (before === null) return { ...pair, kind: 'added' }
  if (after === null) return { ...pair, kind: 'removed' }
  const isSame = paired.every((column, at) => at === period?.at || !isOther(column, before[at], after[at]))
  return isSame ? null : { ...pair, kind: 'changed' }
}

/** The differences are looked at for those rows alone that are told: exact ones take their time. */
function presentRow(paired: readonly PairedColumn[], { kind, before, after }: Differing): ChangedRow {
  const changes = paired.map((column, at) =>
    before !== null && after !== null && column.isMeasure && isOther(column, before[at], after[at])
      ? changeOfNumbers(readDecimal(before[at] ?? null), readDecimal(after[at] ?? null), column)
      : null,
  )
  return { kind, before: before === null ? null : [...before], after: after === null ? null : [...after], changes }
}

/** In percent only from a number above zero to one that is not below: from a loss to a gain it says nothing. */
function changeOfNumbers(
  before: Big | null,
  after: Big | null,
  { hasPercent }: Pick<PairedColumn, 'hasPercent'>,
): NumberChange | null {
  if (before === null || after === null) return null
  const difference = after.minus(before)
  const isTold = hasPercent && before.gt(0) && after.gte(0)
  const percent = isTold ? (Number(difference) / Number(before)) * 100 : null
  return { difference: difference.toFixed(), percent: percent !== null && Number.isFinite(percent) ? percent : null }
}

/** The rows of the kind that is asked for, those with the largest differences first where that is asked for. */
function listRows(
  rows: readonly Differing[],
  paired: readonly PairedColumn[],
  { kind, by }: ChangesOrder,
): readonly Differing[] {
  const found = rows.filter((row) => kind === undefined || row.kind === kind)
  if (by === undefined || paired[by]?.isMeasure !== true) return found
  // A row that only one result has counts with its whole value.
  const sizeOfRow = ({ before, after }: Differing): Big => {
    const values = [before, after].map((row) => (row === null ? new Big(0) : readDecimal(row[by] ?? null)))
    const [old = null, now = null] = values
    return old === null || now === null ? new Big(-1) : now.minus(old).abs()
  }
  return found
    .map((row) => ({ row, size: sizeOfRow(row) }))
    .toSorted((a, b) => b.size.cmp(a.size))
    .map(({ row }) => row)
}

/**
 * The totals of measures that may be added up. Null where there would be some, but not all rows were compared; none where each result is one
 * row at most, which is its own total.
 */
function totalsOf(
  paired: readonly PairedColumn[],
  rows: Sides<readonly Row[]>,
  { pairing, sizes }: { readonly pairing: Pairing; readonly sizes: Sides<ResultChanges['before']> },
): ResultChanges['totals'] | null {
  const added = paired.flatMap((column, at) => (column.addsUp && !pairing.key.includes(at) ? [{ column, at }] : []))
  if (added.length === 0 || Math.max(rows.before.length, rows.after.length) <= 1) return []
  if (sizes.before.hasMore || sizes.after.hasMore) return null
  return added.map(({ column, at }) => {
    const [before, after] = [sumOf(rows.before, at), sumOf(rows.after, at)]
    return {
      column: column.column.name,
      before: before?.toFixed() ?? null,
      after: after?.toFixed() ?? null,
      change: changeOfNumbers(before, after, column),
    }
  })
}

/** The sum of a column without its NULLs; null where a value is no number. */
function sumOf(rows: readonly Row[], at: number): Big | null {
  // Whole numbers of each count of digits after the point are added much faster than decimals are.
  const units = new Map<number, bigint>()
  let sum = new Big(0)
  for (const row of rows) {
    const cell = row[at] ?? null
    const digits = cell === null ? null : /^-?\d+(?:\.(\d+))?$/.exec(String(cell))
    const value = digits === null ? readDecimal(cell) : null
    if (digits !== null) {
      const scale = digits[1]?.length ?? 0
      units.set(scale, (units.get(scale) ?? 0n) + BigInt(digits[0].replace('.', '')))
    } else if (value !== null) sum = sum.plus(value)
    else if (cell !== null) return null
  }
  return [...units].reduce((total, [scale, count]) => total.plus(new Big(`${count}e-${scale}`)), sum)
}

/** What has to be known of one of the results. */
function notesOn(
  side: 'before' | 'after',
  { columns, rows, rowCount, outline, isShortened, today, unfinished }: ComparedResult,
  paired: readonly PairedColumn[],
): readonly ComparisonNote[] {
  const isLimited =
    outline !== null && (outline.skips || outline.keepsSome || (outline.limit !== null && rowCount >= outline.limit))
  const periods = paired.flatMap(({ own, bucket }) => {
    const column = columns[own[side]]
    if (column === undefined) return []
    const cells = rows.map((row) => row[own[side]] ?? null)
    const running = unfinishedPeriods(cells, bucket, { today, span: null }).map(({ cell }) => cell)
    const found = own[side] === unfinished?.position ? unfinished.cells : []
    return [...new Set([...found, ...running])].map((value) => ({ column, value }))
  })
  return [
    ...(isLimited ? [{ kind: 'limited', side } as const] : []),
    ...(isShortened ? [{ kind: 'shortened', side } as const] : []),
    ...periods.map((period) => ({ kind: 'unfinished' as const, side, ...period })),
  ]
}
