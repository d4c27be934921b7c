// oxlint-disable jsx-a11y/prefer-tag-over-role -- rows and cells that are placed one by one cannot be a browser's own table
import { clsx } from 'clsx'
import { memo } from 'react'
import type { Cell, Column } from '../../../contract/result.ts'
import type { CellFormat } from '../../lib/format-cell.ts'
import type { Row } from '../../lib/turn-view.ts'
import type { GridPlace } from './move-in-grid.ts'
import { rowHeightPx, type GridLayout } from './use-grid-layout.ts'

export interface GridBodyProps {
  readonly columns: readonly Column[]
  readonly rows: readonly Row[]
  /** The rows' positions in the order they are shown. */
  readonly positions: Uint32Array
  readonly layout: GridLayout
  readonly format: CellFormat
  readonly active: GridPlace | null
  readonly onPick: (place: GridPlace) => void
}

/** The rows in sight. */
export function GridBody({ columns, rows, positions, layout, format, active, onPick }: GridBodyProps) {
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
                column={columns[column]}
                position={column}
                format={format}
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

interface GridCellProps {
  readonly id: string
  readonly cell: Cell
  readonly column: Column | undefined
  readonly position: number
  readonly format: CellFormat
  readonly left: number
  readonly width: number
  readonly marked: boolean
  readonly onPick: () => void
}

const GridCell = memo(
  function GridCell({ id, cell, column, position, format, left, width, marked, onPick }: GridCellProps) {
    if (column === undefined) return null
    const text = format.text(cell, column)
    const exact = format.exact(cell)
    return (
      // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus -- the grid takes the keys for all its cells
      <div
        id={id}
        role="gridcell"
        aria-colindex={position + 2}
        title={text === exact && text.length < 24 ? undefined : exact}
        onClick={onPick}
        className={clsx(
          'absolute top-0 h-full truncate px-4 leading-[34px]',
          column.kind === 'number' && 'tabular text-right',
          (cell === null || cell === '') && 'text-fg-3 italic',
          marked && 'bg-accent-bg outline-focus -outline-offset-2 group-focus/grid:outline-2',
        )}
        style={{ left, width }}
      >
        {text}
      </div>
    )
  },
  (before, after) =>
    before.cell === after.cell &&
    before.column === after.column &&
    before.left === after.left &&
    before.width === after.width &&
    before.marked === after.marked &&
    before.id === after.id,
)
