import { clsx } from 'clsx'
import { ArrowDown, ArrowUp, Minus, Pencil, Plus } from 'lucide-react'
import type { ChangedRow, ComparedColumn, NumberChange, ResultChanges } from '../../contract/comparison.ts'
import type { Cell, Column } from '../../contract/result.ts'
import { exactCell, shownCell } from '../../contract/words/cells.ts'
import { columnTitle } from '../../contract/words/columns.ts'
import type { Formats } from '../../contract/words/formats.ts'
import { csvLine, tableText } from '../../contract/words/spreadsheet.ts'
import { changesWords as words } from '../words/comparison.ts'
import { say } from '../words/language.ts'
import { useFormats } from './formats.ts'

const kindLooks = {
  changed: { Icon: Pencil, tone: 'text-accent-text' },
  added: { Icon: Plus, tone: 'text-ok' },
  removed: { Icon: Minus, tone: 'text-bad' },
} as const

/** A value of one of the compared results, as answers show it. */
const comparedCell = (cell: Cell, { unit, ...column }: ComparedColumn, formats: Formats): string =>
  shownCell(cell, column, formats, unit === '%' ? '%' : null)

/** A change in percent with as many digits as say something; null where it is too small or too large to be written so. */
function shownPercent(percent: number, formats: Formats): string | null {
  const size = Math.abs(percent)
  if (size < 0.005 || size >= 1e15) return null
  const text = percent.toFixed(size < 0.1 ? 2 : 1)
  return (percent > 0 ? '+' : '') + formats.number(text, { digits: [0, 2], unit: '%' })
}

/** How a number differs: by an arrow, a sign and, for people who hear it, a word. */
function Difference({ change, column }: { readonly change: NumberChange; readonly column: ComparedColumn }) {
  const formats = useFormats()
  if (/^[0.]+$/.test(change.difference)) return <span>0</span>
  const isRise = !change.difference.startsWith('-')
  const Arrow = isRise ? ArrowUp : ArrowDown
  const plain = (isRise ? '+' : '') + shownCell(change.difference, { ...column, kind: 'number' }, formats)
  const percent = change.percent === null ? null : shownPercent(change.percent, formats)
  return (
    <span
      className={clsx(
        'tabular inline-flex flex-wrap items-center justify-end gap-x-1',
        isRise ? 'text-accent-text' : 'text-warn',
      )}
    >
      <span className="inline-flex items-center gap-1 whitespace-nowrap">
        <Arrow size={13} aria-hidden />
        <span className="sr-only">{isRise ? words.rose : words.fell}</span>
        {column.unit === '%' ? say(words.points, { value: plain }) : plain}
      </span>
      {percent !== null && <span className="whitespace-nowrap"> ({percent})</span>}
    </span>
  )
}

const isShown = ({ role }: ComparedColumn): boolean => role !== 'key'

/** The rows that differ: what tells a row apart stays in sight, numbers show both values and what lies between them. */
export function ChangesTable({ columns, rows }: Pick<ResultChanges, 'columns' | 'rows'>) {
  return (
    <section
      className="relative max-h-150 overflow-auto rounded-lg border border-line"
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a long table is scrolled with the keys
      tabIndex={0}
      aria-label={words.rows}
    >
      <table className="w-full border-separate border-spacing-0 text-sm">
        <caption className="sr-only">{words.rows}</caption>
        <Heads columns={columns} />
        <tbody>
          {rows.map((row, at) => (
            // oxlint-disable-next-line react/no-array-index-key -- rows have no other identity
            <ChangedLine key={at} row={row} columns={columns} />
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Heads({ columns }: Pick<ResultChanges, 'columns'>) {
  const keys = columns.filter((column) => !isShown(column)).map(({ name }) => columnTitle(name))
  return (
    <thead className="text-left text-xs text-fg-2">
      <tr>
        <th scope="col" className="sticky top-0 left-0 z-2 bg-raised px-3 py-2 font-medium">
          {keys.length === 0 ? words.row : keys.join(', ')}
        </th>
        {columns.filter(isShown).map((column, at) => (
          <th
            // oxlint-disable-next-line react/no-array-index-key -- position is a column's identity
            key={at}
            scope="col"
            title={column.name}
            className={clsx(
              'sticky top-0 z-1 bg-raised px-3 py-2 font-medium whitespace-nowrap',
              column.kind === 'number' && 'text-right',
            )}
          >
            {columnTitle(column.name)}
          </th>
        ))}
      </tr>
    </thead>
  )
}

function ChangedLine({ row, columns }: { readonly row: ChangedRow } & Pick<ResultChanges, 'columns'>) {
  const formats = useFormats()
  const { Icon, tone } = kindLooks[row.kind]
  const keys = columns.flatMap((column, at) => {
    if (isShown(column)) return []
    const [old, now] = [row.before, row.after].map((cells) =>
      cells === null ? null : comparedCell(cells[at] ?? null, column, formats),
    )
    // Periods that were compared by their place have another name in each result.
    return [old === now || old === null || now === null ? (now ?? old ?? '') : `${old} → ${now}`]
  })
  return (
    <tr className="align-top">
      <th
        scope="row"
        className="sticky left-0 z-1 max-w-36 border-t border-line bg-surface px-3 py-2 text-left font-medium sm:max-w-80"
      >
        <bdi className="break-words">{keys.join(' · ')}</bdi>
        <span className={clsx('flex items-center gap-1 text-xs font-normal', tone)}>
          <Icon size={12} aria-hidden />
          {words.status[row.kind]}
        </span>
      </th>
      {columns.map((column, at) =>
        // oxlint-disable-next-line react/no-array-index-key -- position is a column's identity
        isShown(column) ? <ChangedCell key={at} row={row} column={column} at={at} /> : null,
      )}
    </tr>
  )
}

interface ChangedCellProps {
  readonly row: ChangedRow
  readonly column: ComparedColumn
  readonly at: number
}

function ChangedCell({ row: { before, after, changes }, column, at }: ChangedCellProps) {
  const formats = useFormats()
  const [old, now] = [before, after].map((cells) =>
    cells === null ? null : comparedCell(cells[at] ?? null, column, formats),
  )
  const change = changes[at] ?? null
  const isMoved = old !== null && now !== null && old !== now
  return (
    <td
      className={clsx(
        'tabular max-w-80 border-t border-line px-3 py-2 break-words',
        column.kind === 'number' && 'text-right',
      )}
    >
      {isMoved && (
        <>
          <span className="sr-only">{words.was}</span> <del className="text-fg-3 no-underline">{old}</del>{' '}
          <span aria-hidden>→</span> <span className="sr-only">{words.now}</span>{' '}
          <ins className="font-medium no-underline">{now}</ins>
        </>
      )}
      {!isMoved && (after === null ? <del>{old}</del> : now)}
      {change !== null && (
        <span className="block text-xs">
          <Difference change={change} column={column} />
        </span>
      )}
    </td>
  )
}

/** The totals of both results, and what lies between them; nothing where there are none. */
export function TotalsTable({ changes: { totals, columns } }: { readonly changes: ResultChanges }) {
  if (totals.length === 0) return null
  const heads = [words.totalOf, words.before, words.after, words.difference]
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a wide table is scrolled with the keys
    <section className="overflow-x-auto" tabIndex={0} aria-label={words.totals}>
      <table className="w-full text-sm">
        <caption className="sr-only">{words.totals}</caption>
        <thead className="text-xs text-fg-2">
          <tr>
            {heads.map((head, at) => (
              <th
                key={head}
                scope="col"
                className={clsx('px-3 py-1 font-medium', at === 0 ? 'text-left' : 'text-right')}
              >
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {totals.map((total, at) => {
            const column = columns.find(({ name }) => name === total.column)
            // oxlint-disable-next-line react/no-array-index-key -- names of columns may repeat
            return column === undefined ? null : <TotalLine key={at} total={total} column={column} />
          })}
        </tbody>
      </table>
    </section>
  )
}

interface TotalLineProps {
  readonly total: ResultChanges['totals'][number]
  readonly column: ComparedColumn
}

function TotalLine({ total: { before, after, change }, column }: TotalLineProps) {
  const formats = useFormats()
  const cell = 'tabular border-t border-line px-3 py-1.5 text-right'
  return (
    <tr>
      <th scope="row" className="border-t border-line px-3 py-1.5 text-left font-medium">
        {columnTitle(column.name)}
      </th>
      <td className={cell}>{before === null ? '–' : comparedCell(before, column, formats)}</td>
      <td className={cell}>{after === null ? '–' : comparedCell(after, column, formats)}</td>
      <td className={cell}>{change === null ? '–' : <Difference change={change} column={column} />}</td>
    </tr>
  )
}

const textColumn = (name: string): Column => ({ name, type: 'VARCHAR', kind: 'text', scale: null })

/** The differences as a table of their own: what became of each row, and of each value what it was, is and what lies between, exact. */
function differencesOf({ columns, rows }: Pick<ResultChanges, 'columns' | 'rows'>) {
  const { head } = words
  const heads = columns.flatMap(({ name: column, role }) => [
    ...[head.before, head.after].map((text) => say(text, { column })),
    ...(role === 'measure' ? [head.difference, head.percent].map((text) => say(text, { column })) : []),
  ])
  const lines = rows.map(({ kind, before, after, changes }) => [
    words.status[kind],
    ...columns.flatMap((column, at) => {
      const values = [before, after].map((cells) => (cells === null ? null : exactCell(cells[at] ?? null, column)))
      const { difference = null, percent = null } = changes[at] ?? {}
      return column.role === 'measure' ? [...values, difference, percent === null ? null : String(percent)] : values
    }),
  ])
  return { heads: [head.what, ...heads], lines }
}

/** For the clipboard. */
export function differencesText(changes: Pick<ResultChanges, 'columns' | 'rows'>): string {
  const { heads, lines } = differencesOf(changes)
  return tableText(heads.map(textColumn), lines)
}

/** For a file: with a mark by which spreadsheets know its letters. */
export function differencesCsv(changes: Pick<ResultChanges, 'columns' | 'rows'>): string {
  const { heads, lines } = differencesOf(changes)
  return `\uFEFF${[heads, ...lines].map(csvLine).join('')}`
}
