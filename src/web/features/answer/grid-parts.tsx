// oxlint-disable jsx-a11y/prefer-tag-over-role -- rows and cells that are placed one by one cannot be a browser's own table
import { clsx } from 'clsx'
import { ArrowDown, ArrowUp, ArrowUpDown } from 'lucide-react'
import { memo, type CSSProperties } from 'react'
import type { Cell, Column } from '../../../contract/result.ts'
import { exactCell } from '../../../contract/words/cells.ts'
import type { Row } from '../../turns/turn-view.ts'
import { headHeightPx, rowHeightPx, type GridLayout } from './grid-layout.ts'
import type { GridPlace } from './grid-keys.ts'
import type { SortOrder } from './sort-rows.ts'

export interface GridHeadProps {
  readonly columns: readonly Column[]
  readonly layout: GridLayout
  readonly active: GridPlace | null
  readonly order: SortOrder | null
  readonly onSort: (column: number) => void
  readonly onPick: (place: GridPlace) => void
}

/** The names of the columns, which stay in sight; pressing one sorts. */
export function GridHead({ columns, layout, active, order, onSort, onPick }: GridHeadProps) {
  return (
    <div role="rowgroup" className="sticky top-0 z-2 min-w-full" style={{ width: layout.widthPx }}>
      <div
        role="row"
        aria-rowindex={1}
        className="relative border-b border-line bg-raised"
        style={{ height: headHeightPx }}
      >
        <div
          role="columnheader"
          aria-colindex={1}
          aria-label="Row number"
          className="sticky left-0 z-1 flex h-full items-center bg-raised pl-4 text-fg-3"
          style={{ width: layout.numbersPx }}
        >
          #
        </div>
        {layout.visibleColumns.map(({ index, start, size }) => {
          const column = columns[index]
          if (column === undefined) return null
          const place = { row: -1, column: index }
          return (
            <HeadCell
              key={index}
              id={layout.idOf(place)}
              column={column}
              position={index}
              direction={order?.column === index ? order.direction : 'none'}
              marked={active?.row === -1 && active.column === index}
              style={{ left: layout.numbersPx + start, width: size }}
              onPress={() => {
                onPick(place)
                onSort(index)
              }}
            />
          )
        })}
      </div>
    </div>
  )
}

interface HeadCellProps {
  readonly id: string
  readonly column: Column
  readonly position: number
  readonly direction: SortOrder['direction'] | 'none'
  readonly marked: boolean
  readonly style: CSSProperties
  readonly onPress: () => void
}

const HeadCell = ({ id, column, position, direction, marked, style, onPress }: HeadCellProps) => (
  // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus -- the grid takes the keys for all its cells
  <div
    id={id}
    role="columnheader"
    aria-colindex={position + 2}
    aria-sort={direction}
    title={`${column.name} · ${column.type}`}
    onClick={onPress}
    className={clsx(
      'absolute top-0 flex h-full cursor-pointer items-center gap-1.5 px-4 font-medium text-fg-2 select-none hover:text-fg',
      column.kind === 'number' && 'justify-end',
      marked && 'outline-focus -outline-offset-2 group-focus/grid:outline-2',
    )}
    style={style}
  >
    <span className="truncate">{column.name}</span>
    <SortIcon direction={direction} />
  </div>
)

function SortIcon({ direction }: { readonly direction: SortOrder['direction'] | 'none' }) {
  if (direction === 'none') return <ArrowUpDown size={13} aria-hidden className="shrink-0 text-fg-off" />
  const Icon = direction === 'ascending' ? ArrowUp : ArrowDown
  return <Icon size={13} aria-hidden className="shrink-0 text-accent-text" />
}

export interface GridBodyProps {
  readonly columns: readonly Column[]
  readonly rows: readonly Row[]
  /** The rows' positions in the order they are shown. */
  readonly positions: Uint32Array
  readonly layout: GridLayout
  readonly active: GridPlace | null
  readonly onPick: (place: GridPlace) => void
}

/** The rows in sight. */
export function GridBody({ columns, rows, positions, layout, active, onPick }: GridBodyProps) {
  return (
    <div role="rowgroup" className="relative" style={{ width: layout.widthPx, height: layout.heightPx }}>
      {layout.visibleRows.map(({ index: row, start: top }) => (
        <div
          key={row}
          role="row"
          aria-rowindex={row + 2}
          className="absolute left-0 min-w-full border-b border-line/60 hover:bg-hover/50"
          style={{ top, height: rowHeightPx, width: layout.widthPx }}
        >
          <div
            role="rowheader"
            aria-colindex={1}
            className="tabular sticky left-0 z-1 flex h-full items-center bg-surface pl-4 text-fg-3"
            style={{ width: layout.numbersPx }}
          >
            {row + 1}
          </div>
          {layout.visibleColumns.map(({ index: column, start, size }) => {
            const place = { row, column }
            return (
              <GridCell
                key={column}
                id={layout.idOf(place)}
                cell={rows[positions[row] ?? -1]?.[column] ?? null}
                textOf={layout.textOf}
                column={columns[column]}
                position={column}
                left={layout.numbersPx + start}
                width={size}
                marked={active?.row === row && active.column === column}
                onPick={() => onPick(place)}
              />
            )
          })}
        </div>
      ))}
    </div>
  )
}

/** Characters that a cell draws, more than its width can show: laying out a megabyte would freeze the page. */
const mostInCell = 300
const mostInTitle = 2_000

interface GridCellProps {
  readonly id: string
  readonly cell: Cell
  readonly textOf: GridLayout['textOf']
  readonly column: Column | undefined
  readonly position: number
  readonly left: number
  readonly width: number
  readonly marked: boolean
  readonly onPick: () => void
}

const GridCell = memo(
  function GridCell({ id, cell, textOf, column, position, left, width, marked, onPick }: GridCellProps) {
    if (column === undefined) return null
    const text = textOf(cell, position)
    const exact = exactCell(cell, column) ?? 'NULL'
    return (
      // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus -- the grid takes the keys for all its cells
      <div
        id={id}
        role="gridcell"
        aria-colindex={position + 2}
        title={text === exact && text.length < 24 ? undefined : exact.slice(0, mostInTitle)}
        onClick={onPick}
        className={clsx(
          'absolute top-0 h-full truncate px-4 leading-[34px]',
          column.kind === 'number' && 'tabular text-right',
          (cell === null || cell === '') && 'text-fg-3 italic',
          marked && 'bg-accent-bg outline-focus -outline-offset-2 group-focus/grid:outline-2',
        )}
        style={{ left, width }}
      >
        {text.slice(0, mostInCell)}
      </div>
    )
  },
  (before, after) =>
    before.cell === after.cell &&
    before.column === after.column &&
    before.textOf === after.textOf &&
    before.left === after.left &&
    before.width === after.width &&
    before.marked === after.marked &&
    before.id === after.id,
)
