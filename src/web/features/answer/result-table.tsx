// oxlint-disable jsx-a11y/prefer-tag-over-role -- rows and cells that are placed one by one cannot be a browser's own table
import { useMemo, useRef, useState } from 'react'
import type { Column } from '../../../contract/result.ts'
import { exactCell } from '../../../contract/words/cells.ts'
import { tableText } from '../../../contract/words/spreadsheet.ts'
import type { ResultView, Row } from '../../turns/turn-view.ts'
import { CopyButton, copyText } from '../../ui/copy-button.tsx'
import { useGridKeys, type GridPlace } from './grid-keys.ts'
import { useGridLayout } from './grid-layout.ts'
import { GridBody, GridHead } from './grid-parts.tsx'
import { ResultFooter } from './result-footer.tsx'
import { nextOrder, sortRows, type SortOrder } from './sort-rows.ts'

export interface ResultTableProps {
  readonly columns: readonly Column[]
  readonly rows: readonly Row[]
  readonly result: ResultView
}

/** The rows of a result. Only what is in sight is drawn; one stop for the Tab key, arrows move inside. */
export function ResultTable({ columns, rows, result }: ResultTableProps) {
  const scroller = useRef<HTMLDivElement>(null)
  const [order, setOrder] = useState<SortOrder | null>(null)
  const [active, setActive] = useState<GridPlace | null>(null)
  const positions = useMemo(() => sortRows(rows, columns, order), [rows, columns, order])
  const layout = useGridLayout(scroller, columns, rows)
  const sort = (column: number): void => setOrder((before) => nextOrder(before, column))
  const textOf = ({ row, column }: GridPlace): string => {
    if (row < 0) return columns[column]?.name ?? ''
    return exactCell(rows[positions[row] ?? -1]?.[column] ?? null, columns[column]) ?? 'NULL'
  }
  const onKeyDown = useGridKeys({
    active,
    setActive,
    pageRows: layout.pageRows,
    show: layout.show,
    rows: rows.length,
    columns: columns.length,
    sort,
    textOf,
    onCopy: (text) => void copyText(text),
  })
  const shared = { columns, layout, active, onPick: setActive }
  const activeId = active === null ? undefined : layout.idOf(active)
  return (
    <>
      <div
        ref={scroller}
        role="grid"
        aria-label="Result"
        aria-rowcount={rows.length + 1}
        aria-colcount={columns.length + 1}
        aria-activedescendant={activeId}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onFocus={() => setActive((before) => before ?? { row: rows.length === 0 ? -1 : 0, column: 0 })}
        className="group/grid relative max-h-90 overflow-auto text-sm -outline-offset-2"
      >
        <GridHead {...shared} order={order} onSort={sort} />
        {rows.length === 0 ? (
          <EmptyResult columns={columns.length} />
        ) : (
          <GridBody {...shared} rows={rows} positions={positions} />
        )}
      </div>
      <ResultFooter result={result} sorted={order !== null}>
        <CopyButton
          what={active === null ? '' : 'of the marked cell'}
          label="Copy cell"
          disabled={active === null}
          text={() => (active === null ? '' : textOf(active))}
        />
        <CopyButton
          what="with all rows shown"
          label="Copy table"
          text={() =>
            tableText(
              columns,
              Array.from(positions, (position) => rows[position] ?? []),
            )
          }
        />
      </ResultFooter>
    </>
  )
}

const EmptyResult = ({ columns }: { readonly columns: number }) => (
  <div role="rowgroup">
    <div role="row" className="sticky left-0 flex h-20 w-fit items-center px-4 text-fg-3">
      <div role="gridcell" aria-colspan={columns + 1}>
        The query ran and found no rows.
      </div>
    </div>
  </div>
)
