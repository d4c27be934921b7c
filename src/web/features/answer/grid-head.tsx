// oxlint-disable jsx-a11y/prefer-tag-over-role -- rows and cells that are placed one by one cannot be a browser's own table
import { clsx } from 'clsx'
import { ArrowDown, ArrowUp, ArrowUpDown } from 'lucide-react'
import type { Column } from '../../../contract/result.ts'
import type { SortOrder } from '../../lib/sort-rows.ts'
import type { GridPlace } from './move-in-grid.ts'
import { headHeightPx, type GridLayout } from './use-grid-layout.ts'

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
          const direction = order?.column === index ? order.direction : 'none'
          return (
            // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus -- the grid takes the keys for all its cells
            <div
              key={index}
              id={layout.idOf(place)}
              role="columnheader"
              aria-colindex={index + 2}
              aria-sort={direction}
              title={`${column.name} · ${column.type}`}
              onClick={() => {
                onPick(place)
                onSort(index)
              }}
              className={clsx(
                'absolute top-0 flex h-full cursor-pointer items-center gap-1.5 px-4 font-medium text-fg-2 select-none hover:text-fg',
                column.kind === 'number' && 'justify-end',
                active?.row === -1 &&
                  active.column === index &&
                  'outline-focus -outline-offset-2 group-focus/grid:outline-2',
              )}
              style={{ left: layout.numbersPx + start, width: size }}
            >
              <span className="truncate">{column.name}</span>
              <SortIcon direction={direction} />
            </div>
          )
        })}
      </div>
    </div>
  )
}

function SortIcon({ direction }: { readonly direction: SortOrder['direction'] | 'none' }) {
  if (direction === 'none') return <ArrowUpDown size={13} aria-hidden className="shrink-0 text-fg-off" />
  const Icon = direction === 'ascending' ? ArrowUp : ArrowDown
  return <Icon size={13} aria-hidden className="shrink-0 text-accent-text" />
}
