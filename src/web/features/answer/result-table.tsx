// oxlint-disable jsx-a11y/prefer-tag-over-role -- rows and cells that are placed one by one cannot be a browser's own table
import { clsx } from 'clsx'
import { useRef } from 'react'
import { Button } from '../../ui/button.tsx'
import { makeLazyPart } from '../../ui/lazy-part.tsx'
import { answerWords } from '../../words/answer.ts'
import { gridWords as words } from '../../words/grid.ts'
import { pressInGrid, rangeOf, selectCell, type GridRange, type GridSelection } from './grid-keys.ts'
import type { GridLayout } from './grid-layout.ts'
import { GridHead, GridRow, type RowMarks } from './grid-parts.tsx'
import { useCellPointer, useHeadPointer } from './grid-pointer.ts'
import { GridToolbar } from './grid-toolbar.tsx'
import { TotalsRow, useTotals } from './grid-totals.tsx'
import { moveColumn, pressHead, resizeColumn, showsAllRows } from './grid-view.ts'
import { CopyActions, ResultFooter } from './result-footer.tsx'
import {
  useSelection,
  useTable,
  useTableActions,
  type ResultTableProps,
  type Table,
  type TableActions,
  type TableNeeds,
} from './use-table.ts'

const ColumnPanel = makeLazyPart(() => import('./column-panel.tsx').then((module) => module.ColumnPanel))
const RowDetail = makeLazyPart(() => import('./row-detail.tsx').then((module) => module.RowDetail))

/** The rows of a result with all that can be done with them. Drawn once their source is there. */
export function ResultTable(props: ResultTableProps) {
  const { source } = props.answerRows
  if (source === null) return <div className="h-80" />
  return <SourceTable {...props} source={source} />
}

function SourceTable(props: TableNeeds) {
  const { result, answerRows, source, view, onView, isFull, onFull, steps } = props
  const search = useRef<HTMLInputElement>(null)
  const table = useTable(props)
  const selected = useSelection(table)
  const actions = useTableActions(props, table, selected, () => search.current?.focus())
  const { rows, shown } = table
  return (
    <div className={isFull ? 'flex min-h-0 flex-1 flex-col' : undefined}>
      <GridToolbar {...{ source, view, onView, isFull, onFull, search }} count={rows.count} isBusy={rows.isBusy} />
      <GridFrame {...{ props, table, selected, actions }} />
      <ResultFooter
        {...{ result, answerRows, steps }}
        isSorted={view.sort.length > 0}
        hasTotals={shown.some((position) => table.additive.has(position))}
      >
        <CopyActions
          selection={selected.selection}
          actions={actions}
          wholeRange={{ top: 0, bottom: rows.count - 1, left: 0, right: shown.length - 1 }}
        />
      </ResultFooter>
      <TableDialogs {...{ props, table, actions }} />
    </div>
  )
}

type DialogProps = Pick<FrameProps, 'props' | 'table' | 'actions'>

/** What is open over the table: the menu of a column, or a row in full. Closing gives the focus back to the table. */
function TableDialogs({ props, table, actions }: DialogProps) {
  const { source, view, onView, answerRows } = props
  const { menu, opened } = actions
  const { layout, rows, rowsView, shown } = table
  const closing = (close: () => void) => (): void => {
    close()
    table.scroller.current?.focus()
  }
  return (
    <>
      {menu !== null && (
        <ColumnPanel
          key={menu.position}
          {...{ source, view, onView, shown }}
          position={menu.position}
          revision={answerRows.revision}
          widthPx={layout.widthOf(menu.at)}
          anchor={() => document.getElementById(layout.idOf({ row: -1, column: menu.at }))}
          onSelect={() => actions.selectColumn(menu.at)}
          onCopy={() => actions.copyColumn(menu.at)}
          onClose={closing(actions.closeMenu)}
        />
      )}
      {opened !== null && (
        <RowDetail
          {...{ source, opened, shown }}
          view={rowsView}
          rows={rows.count}
          onRow={(row) => actions.open({ row, position: opened.position })}
          onClose={closing(() => actions.open(null))}
        />
      )}
    </>
  )
}

interface FrameProps {
  readonly props: TableNeeds
  readonly table: Table
  readonly selected: ReturnType<typeof useSelection>
  readonly actions: TableActions
}

/** What pressing and dragging does on the heads. */
function useHeads(
  { onView }: TableNeeds,
  { layout, columns, shown }: Table,
  { command }: TableActions,
  select: (selection: GridSelection) => void,
) {
  return useHeadPointer({
    layout,
    onPress(at, isAdded) {
      select(selectCell({ row: -1, column: at }))
      onView((now) => pressHead(now, shown[at] ?? 0, isAdded))
    },
    onMenu(at) {
      select(selectCell({ row: -1, column: at }))
      command({ kind: 'menu', column: at })
    },
    onResize: (at, widthPx) => onView((now) => resizeColumn(now, shown[at] ?? 0, widthPx)),
    onMove: (at, by) => onView((now) => moveColumn(now, columns.length, shown[at] ?? 0, by)),
  })
}

/** The scrolled part: heads, rows, totals. One stop for the Tab key, arrows move inside. */
function GridFrame({ props, table, selected: { selection, select }, actions }: FrameProps) {
  const { view, isFull, result } = props
  const { scroller, layout, rows, columns, shown } = table
  const size = { rows: rows.count, columns: shown.length, page: layout.pageRows }
  const head = useHeads(props, table, actions, select)
  const totals = useTotals(props, table)
  const isDrawn = selection !== null && isInSight(selection, table)
  return (
    // The ring of the focus is drawn over the rows, which would cover one of the scrolled part itself.
    <div
      className={clsx(
        'relative has-[>:focus-visible]:after:pointer-events-none has-[>:focus-visible]:after:absolute has-[>:focus-visible]:after:inset-0 has-[>:focus-visible]:after:z-4 has-[>:focus-visible]:after:outline-2 has-[>:focus-visible]:after:-outline-offset-2 has-[>:focus-visible]:after:outline-focus',
        isFull && 'flex min-h-0 flex-1 flex-col',
      )}
    >
      <div
        ref={scroller}
        role="grid"
        aria-label={answerWords.result}
        aria-rowcount={rows.count + 1}
        aria-colcount={columns.length + 1}
        aria-multiselectable
        aria-busy={rows.isBusy}
        aria-activedescendant={isDrawn ? layout.idOf(selection.active) : undefined}
        tabIndex={0}
        onKeyDown={(event) => pressInGrid(event, { selection, size, onSelect: select, onCommand: actions.command })}
        onFocus={({ currentTarget }) => {
          // A press marks what it meets, and that must not be scrolled away under it.
          if (selection !== null || !currentTarget.matches(':focus-visible')) return
          select(selectCell({ row: rows.count === 0 ? -1 : 0, column: 0 }))
        }}
        className={`group/grid relative overflow-auto overscroll-x-contain print:hidden text-sm outline-none ${isFull ? 'min-h-0 flex-1' : 'max-h-[min(34rem,70dvh)]'}`}
      >
        <GridHead
          layout={layout}
          sort={view.sort}
          active={selection?.active ?? null}
          drop={head.drop}
          handlers={head.handlers}
        />
        {rows.problem !== null || rows.count === 0 ? (
          <EmptyResult {...{ rows, result, view }} columns={columns.length} />
        ) : (
          <GridBody table={table} selection={selection} select={select} actions={actions} />
        )}
        {totals !== null && <TotalsRow layout={layout} {...totals} />}
      </div>
    </div>
  )
}

/** Whether the cell that keys start from is drawn. */
const isInSight = ({ active: { row, column } }: GridSelection, { layout }: Table): boolean =>
  (row < 0 || (row >= layout.firstRow && row < layout.endRow)) && layout.columns.some(({ at }) => at === column)

interface BodyProps extends Pick<FrameProps, 'table' | 'actions'> {
  readonly selection: GridSelection | null
  readonly select: (selection: GridSelection) => void
}

/** The rows in sight. */
function GridBody({ table, selection, select, actions }: BodyProps) {
  const { scroller, layout, rows, shown, textOf } = table
  const pointer = useCellPointer({
    scroller,
    selection,
    size: { rows: rows.count, columns: shown.length, page: layout.pageRows },
    numbersPx: layout.numbersPx,
    onSelect: select,
    onOpen: (place) => actions.command({ kind: 'open', place }),
  })
  const drawn = Array.from({ length: layout.endRow - layout.firstRow }, (_, index) => layout.firstRow + index)
  return (
    <div role="rowgroup" className="relative" style={{ width: layout.widthPx, height: layout.heightPx }} {...pointer}>
      {drawn.map((row) => (
        <GridRow
          key={row}
          row={row}
          top={layout.topOf(row)}
          cellAt={rows.cellAt}
          textOf={textOf}
          columns={layout.columns}
          numbersPx={layout.numbersPx}
          widthPx={layout.widthPx}
          {...marksOf(row, selection)}
          activeId={selection?.active.row === row ? layout.idOf(selection.active) : undefined}
        />
      ))}
      {selection !== null && <Handle layout={layout} range={rangeOf(selection)} />}
    </div>
  )
}

/** What of a row is marked. */
function marksOf(row: number, selection: GridSelection | null): RowMarks {
  if (selection === null) return { from: -1, to: -1, active: -1 }
  const { top, bottom, left, right } = rangeOf(selection)
  const isIn = row >= top && row <= bottom
  return {
    from: isIn ? left : -1,
    to: isIn ? right : -1,
    active: selection.active.row === row ? selection.active.column : -1,
  }
}

/** The corner of what is marked, with which fingers mark more. */
function Handle({ layout, range }: { readonly layout: GridLayout; readonly range: GridRange }) {
  const corner = layout.columns.find(({ at }) => at === range.right)
  if (corner === undefined || range.bottom < layout.firstRow || range.bottom >= layout.endRow) return null
  return (
    <div
      data-handle
      aria-hidden
      className="absolute z-2 hidden size-8 -translate-x-1/2 -translate-y-1/2 touch-none items-center justify-center pointer-coarse:flex"
      style={{ top: layout.topOf(range.bottom + 1), left: layout.numbersPx + corner.left + corner.width }}
    >
      <span className="size-3.5 rounded-full border-2 border-surface bg-accent" />
    </div>
  )
}

interface EmptyProps extends Pick<ResultTableProps, 'result' | 'view'> {
  readonly rows: Table['rows']
  readonly columns: number
}

/** Why there is no row to show. */
function EmptyResult({ rows: { problem, retry, isBusy }, result, view, columns }: EmptyProps) {
  const isSearching = !showsAllRows(view)
  const text = problem !== null ? problem.message : isSearching ? words.noneLeft : answerWords.noRows
  if (problem === null && !isSearching && (isBusy || result.loadedRows > 0)) return <div className="h-20" />
  return (
    <div role="rowgroup">
      <div role="row" className="sticky left-0 flex min-h-20 w-fit items-center gap-3 px-4 py-3 text-fg-3">
        <div role="gridcell" aria-colspan={columns + 1}>
          {text}
          {problem !== null && (
            <Button size="sm" className="ml-3" onClick={retry}>
              {words.tryAgain}
            </Button>
          )}
        </div>
      </div>
    </div>
  )
}
