// oxlint-disable jsx-a11y/prefer-tag-over-role -- rows and cells that are placed one by one cannot be a browser's own table
import { clsx } from 'clsx'
import {
  ArrowDown,
  ArrowUp,
  Binary,
  Braces,
  Calendar,
  CalendarClock,
  CaseSensitive,
  ChevronDown,
  Clock,
  Hash,
  ToggleLeft,
} from 'lucide-react'
import { memo, type CSSProperties, type DOMAttributes } from 'react'
import type { Cell, Column, ColumnKind } from '../../../contract/result.ts'
import type { SortKey } from '../../../contract/result-view.ts'
import { exactCell } from '../../../contract/words/cells.ts'
import { columnTitle } from '../../../contract/words/columns.ts'
import { answerWords } from '../../words/answer.ts'
import { gridWords as words } from '../../words/grid.ts'
import { say } from '../../words/language.ts'
import type { GridPlace } from './grid-keys.ts'
import { headHeightPx, rowHeightPx, type GridLayout, type PlacedColumn } from './grid-layout.ts'
import type { CellAt } from './grid-rows.ts'

export const kindIcons: Readonly<Record<ColumnKind, typeof Hash>> = {
  number: Hash,
  text: CaseSensitive,
  boolean: ToggleLeft,
  date: Calendar,
  time: Clock,
  timestamp: CalendarClock,
  binary: Binary,
  nested: Braces,
}

/** Where a cell stands: pinned ones keep their place while the others are scrolled under them. */
export const placeStyle = ({ left, width, isPinned }: PlacedColumn, numbersPx: number, isHead: boolean) => ({
  className: isPinned ? `sticky z-1 ${isHead ? 'bg-raised' : 'bg-surface'} shrink-0` : 'absolute top-0',
  style: { left: numbersPx + left, width } satisfies CSSProperties,
})

export interface GridHeadProps {
  readonly layout: GridLayout
  readonly sort: readonly SortKey[]
  readonly active: GridPlace | null
  /** The column beside which a dragged one would be put down. */
  readonly drop: { readonly at: number; readonly side: 'left' | 'right' } | null
  readonly handlers: DOMAttributes<HTMLDivElement>
}

/** The names of the columns, which stay in sight; pressing one sorts. */
export function GridHead({ layout, sort, active, drop, handlers }: GridHeadProps) {
  return (
    <div role="rowgroup" className="sticky top-0 z-3 min-w-full" style={{ width: layout.widthPx }} {...handlers}>
      <div
        role="row"
        aria-rowindex={1}
        className="relative flex border-b border-line bg-raised"
        style={{ height: headHeightPx }}
      >
        <NumbersHead widthPx={layout.numbersPx} />
        {layout.columns.map((placed) => (
          <HeadCell
            key={placed.position}
            id={layout.idOf({ row: -1, column: placed.at })}
            placed={placed}
            numbersPx={layout.numbersPx}
            order={sort.findIndex(({ column }) => column === placed.position)}
            sort={sort}
            isActive={active?.row === -1 && active.column === placed.at}
            drop={drop?.at === placed.at ? drop.side : null}
          />
        ))}
      </div>
    </div>
  )
}

const NumbersHead = ({ widthPx }: { readonly widthPx: number }) => (
  <div
    role="columnheader"
    aria-colindex={1}
    aria-label={answerWords.rowNumber}
    className="sticky left-0 z-2 flex h-full shrink-0 items-center bg-raised pl-4 text-fg-3"
    style={{ width: widthPx }}
  >
    #
  </div>
)

interface HeadCellProps {
  readonly id: string
  readonly placed: PlacedColumn
  readonly numbersPx: number
  /** Its place among the columns that are sorted by; -1 for none. */
  readonly order: number
  readonly sort: readonly SortKey[]
  readonly isActive: boolean
  readonly drop: 'left' | 'right' | null
}

const dropLooks = {
  left: 'shadow-[inset_2px_0_0_var(--color-focus)]',
  right: 'shadow-[inset_-2px_0_0_var(--color-focus)]',
}
const edgeLook =
  'absolute inset-y-0 -right-1 z-1 w-2 cursor-col-resize touch-none border-r border-transparent group-hover/head:border-line-strong hover:border-focus pointer-coarse:hidden'

function HeadCell({ id, placed, numbersPx, order, sort, isActive, drop }: HeadCellProps) {
  const { column, at, position } = placed
  const { className, style } = placeStyle(placed, numbersPx, true)
  const direction = sort[order]?.direction ?? 'none'
  const title = columnTitle(column.name).slice(0, mostInTitle)
  return (
    <div
      id={id}
      role="columnheader"
      aria-colindex={position + 2}
      aria-sort={order === 0 ? direction : 'none'}
      title={`${column.name} · ${words.kinds[column.kind]}, ${column.type}`}
      data-at={at}
      className={clsx(
        className,
        'group/head flex h-full cursor-pointer items-center gap-1 pr-7 pl-3 font-medium text-fg-2 select-none hover:text-fg',
        column.kind === 'number' && 'justify-end',
        isActive && 'outline-focus -outline-offset-2 group-focus/grid:outline-2',
        drop !== null && dropLooks[drop],
      )}
      style={style}
    >
      <HeadSign kind={column.kind} {...{ order, sort }} />
      <span dir="auto" className="truncate">
        {title}
      </span>
      <MenuButton title={title} />
      <div data-resize className={edgeLook} />
    </div>
  )
}

/** The sign of a column's type, or of its order where it is sorted by. */
function HeadSign({ kind, order, sort }: Pick<HeadCellProps, 'order' | 'sort'> & { readonly kind: ColumnKind }) {
  const Kind = kindIcons[kind]
  const Arrow = sort[order]?.direction === 'ascending' ? ArrowUp : ArrowDown
  return (
    <span className="flex min-w-5 shrink-0 items-center text-xs text-accent-text">
      {order < 0 ? <Kind size={14} aria-hidden className="text-fg-3" /> : <Arrow size={13} aria-hidden />}
      {order >= 0 && sort.length > 1 && (
        <>
          <span aria-hidden>{order + 1}</span>
          <span className="sr-only">{say(words.sortedAs, { number: order + 1 })}</span>
        </>
      )}
    </span>
  )
}

/** Opens the menu of a column. Keys open it from the grid, so it is no stop of its own. */
const MenuButton = ({ title }: { readonly title: string }) => (
  <button
    type="button"
    tabIndex={-1}
    data-menu
    aria-label={say(words.menuOf, { column: title })}
    className="absolute inset-y-1 right-1.5 flex w-6 items-center justify-center rounded-md text-fg-3 hover:bg-hover hover:text-fg pointer-coarse:inset-y-0 pointer-coarse:w-8"
  >
    <ChevronDown size={14} aria-hidden />
  </button>
)

const mostInTitle = 2_000

/** What is marked in one row: the first and the last marked column by their place, -1 for none, and the cell that keys start from. */
export interface RowMarks {
  readonly from: number
  readonly to: number
  readonly active: number
}

interface GridRowProps extends RowMarks {
  readonly row: number
  readonly top: number
  /** Changes when cells have come. */
  readonly cellAt: CellAt
  readonly columns: readonly PlacedColumn[]
  readonly numbersPx: number
  readonly widthPx: number
  readonly textOf: (cell: Cell, position: number) => string
  readonly activeId: string | undefined
}

/** One row, drawn anew only when something of it changed. */
export const GridRow = memo(function GridRow(props: GridRowProps) {
  const { row, top, cellAt, columns, numbersPx, widthPx, from, to, active } = props
  return (
    <div
      role="row"
      aria-rowindex={row + 2}
      aria-busy={columns.some(({ position }) => cellAt(row, position) === undefined)}
      data-row={row}
      className="group/row absolute left-0 flex min-w-full border-b border-line/60 hover:bg-hover/50"
      style={{ top, height: rowHeightPx, width: widthPx }}
    >
      <div
        role="rowheader"
        aria-colindex={1}
        className={clsx(
          'tabular sticky left-0 z-2 flex h-full shrink-0 cursor-default items-center bg-surface pl-4 text-fg-3 select-none',
          // As the cells of the row, which are scrolled under it and must not show through.
          'group-hover/row:bg-[color-mix(in_srgb,var(--color-hover)_50%,var(--color-surface))]',
          from >= 0 && 'text-fg',
        )}
        style={{ width: numbersPx }}
      >
        {row + 1}
      </div>
      {columns.map((placed) => (
        <GridCell
          key={placed.position}
          placed={placed}
          numbersPx={numbersPx}
          cell={cellAt(row, placed.position)}
          textOf={props.textOf}
          isMarked={placed.at >= from && placed.at <= to}
          activeId={placed.at === active ? props.activeId : undefined}
        />
      ))}
    </div>
  )
})

interface GridCellProps extends Pick<GridRowProps, 'numbersPx' | 'textOf'> {
  readonly placed: PlacedColumn
  readonly cell: Cell | undefined
  readonly isMarked: boolean
  /** The cell's id where keys start from it. */
  readonly activeId: string | undefined
}

const GridCell = memo(function GridCell({ placed, numbersPx, cell, textOf, isMarked, activeId }: GridCellProps) {
  const { column, at, position } = placed
  const { className, style } = placeStyle(placed, numbersPx, false)
  const text = cell === undefined ? '' : textOf(cell, position)
  return (
    <div
      id={activeId}
      role="gridcell"
      aria-colindex={position + 2}
      aria-selected={isMarked}
      dir={column.kind === 'text' ? 'auto' : undefined}
      title={cell === undefined ? undefined : titleOf(cell, text, column)}
      data-at={at}
      className={clsx(
        className,
        'h-full cursor-default truncate px-3 leading-[34px] select-none',
        column.kind === 'number' && 'tabular text-right',
        (cell === null || cell === '') && 'text-fg-3 italic',
        isMarked && 'bg-accent-bg',
        activeId !== undefined && 'outline-focus -outline-offset-2 group-focus/grid:outline-2',
      )}
      style={style}
    >
      {cell === undefined ? <span aria-hidden className="inline-block h-2.5 w-3/5 rounded-sm bg-hover" /> : text}
    </div>
  )
})

/** The exact value, where it is not what the cell shows. */
function titleOf(cell: Cell, text: string, column: Column): string | undefined {
  const exact = exactCell(cell, column) ?? 'NULL'
  return text === exact && text.length < 24 ? undefined : exact.slice(0, mostInTitle)
}
