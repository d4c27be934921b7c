import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { Column } from '../../../contract/result.ts'
import { isNamedSum, isNaming, unitOf } from '../../../contract/words/columns.ts'
import { copyRefused, copyText } from '../../ui/copy-button.tsx'
import { useToast } from '../../ui/toasts.tsx'
import { answerWords } from '../../words/answer.ts'
import { gridWords as words } from '../../words/grid.ts'
import { languageLocale, say } from '../../words/language.ts'
import { problemOf } from '../../transport/channel.ts'
import { mostWholeColumns, type RowSource } from '../../rows/row-source.ts'
import type { ResultView, Row } from '../../turns/turn-view.ts'
import { copiedCells, copiedText, mostCopiedCells, type CopyNeeds } from './grid-copy.ts'
import { rangeOf, selectCell, selectWhole, type GridCommand, type GridSelection } from './grid-keys.ts'
import { rowHeightPx, useGridLayout, type PlacedColumn } from './grid-layout.ts'
import { useGridRows } from './grid-rows.ts'
import { moveColumn, pressHead, resizeColumn, shownColumns, type ChangeView, type GridView } from './grid-view.ts'
import { useCellText, useNaturalWidths } from './grid-widths.ts'
import type { AnswerRows, ResultSteps } from './use-answer-rows.ts'

export interface ResultTableProps {
  readonly result: ResultView
  /** The query that gave it; null where it is not known. */
  readonly sql: string | null
  /** The rows that the page has received. */
  readonly rows: readonly Row[]
  readonly answerRows: AnswerRows
  readonly view: GridView
  readonly onView: ChangeView
  /** The width at which no column would have to be scrolled to. */
  readonly onWanted: (widthPx: number) => void
  readonly isFull: boolean
  readonly onFull: (isFull: boolean) => void
  /** What can be done about rows that are not here. */
  readonly steps: ResultSteps
}

/** Rows that widths are measured by before any of them is in sight, and cells: of very many columns a row is enough. */
const [sampledRows, sampledCells] = [1_000, 10_000]

export type TableNeeds = ResultTableProps & { readonly source: RowSource }

/** Queries whose rows hold totals already. */
const hasTotals = /\b(?:rollup|cube|grouping\s+sets)\b/i

/** Columns whose name says that their values may be added up. */
function useAdditive(columns: readonly Column[], received: readonly Row[]): ReadonlySet<number> {
  const sample = useFirstRows(received, columns.length > mostWholeColumns ? 1 : 100)
  return useMemo(() => {
    const isAdditive = (column: Column, at: number): boolean =>
      column.kind === 'number' &&
      isNamedSum(column.name) &&
      !isNaming(column) &&
      unitOf(
        column,
        sample.map((row) => row[at]),
      ) !== '%'
    return new Set(columns.flatMap((column, at) => (isAdditive(column, at) ? [at] : [])))
  }, [columns, sample])
}

const noColumns: ReadonlySet<number> = new Set()

/** The rows, columns and places of a table, and what fetches and measures them as they come into sight. */
export function useTable({ rows: received, answerRows, source, view, onWanted, result, sql }: TableNeeds) {
  const scroller = useRef<HTMLDivElement>(null)
  const { columns } = source
  const { sort, filters, search } = view
  const rowsView = useMemo(() => ({ sort, filters, search }), [sort, filters, search])
  const rows = useGridRows(source, rowsView, answerRows.revision)
  const shown = useMemo(() => shownColumns(view, columns.length), [view, columns.length])
  const textOf = useCellText(columns, received)
  const sample = useFirstRows(received, mostSampled(columns))
  const { natural, widen } = useNaturalWidths(columns, sample, textOf)
  const named = useAdditive(columns, received)
  const additive = result.end === null || rows.count < 2 || hasTotals.test(sql ?? '') ? noColumns : named
  const footPx = additive.size === 0 ? 0 : rowHeightPx
  const layout = useGridLayout(scroller, { columns, shown, view, rows: rows.count, natural, footPx })
  const { want, cellAt } = rows
  const { firstRow, endRow, columns: placed, wantedPx } = layout
  const looked = useLookedAt(placed, shown)
  useEffect(() => want(firstRow, endRow, looked), [want, firstRow, endRow, looked])
  useEffect(() => onWanted(wantedPx), [onWanted, wantedPx])
  useLayoutEffect(() => {
    const positions = placed.map(({ position }) => position)
    widen({ first: firstRow, end: endRow }, positions, cellAt)
  }, [cellAt, placed, firstRow, endRow, widen])
  useEffect(() => {
    // Newer browsers return a promise, which an effect must not.
    scroller.current?.scrollTo({ top: 0 })
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- another view begins at its first row
  }, [rowsView])
  return { scroller, columns, rowsView, rows, shown, textOf, layout, additive }
}

export type Table = ReturnType<typeof useTable>

/** Columns beside those in sight that are fetched with them, so that few steps across find nothing. */
const besideColumns = 20

/** The positions of the columns that are in sight or will be next. */
function useLookedAt(placed: readonly PlacedColumn[], shown: readonly number[]): readonly number[] {
  return useMemo(() => {
    const [first, last] = [placed.find(({ isPinned }) => !isPinned)?.at ?? 0, placed.at(-1)?.at ?? 0]
    const pinned = placed.flatMap(({ isPinned, position }) => (isPinned ? [position] : []))
    return [...pinned, ...shown.slice(Math.max(0, first - besideColumns), last + besideColumns + 1)]
  }, [placed, shown])
}

const mostSampled = ({ length }: readonly Column[]): number =>
  Math.min(sampledRows, Math.max(1, Math.floor(sampledCells / Math.max(1, length))))

/** The first rows of a result, which stay the same while more arrive: what is measured again with each batch would freeze a wide table. */
function useFirstRows(rows: readonly Row[], most: number): readonly Row[] {
  const length = Math.min(rows.length, most)
  // oxlint-disable-next-line react/exhaustive-deps -- rows are only ever added behind the others
  return useMemo(() => rows.slice(0, length), [length])
}

/** What is marked, kept within the rows that there are. */
export function useSelection({ rows: { count }, layout }: Table) {
  const [selected, setSelected] = useState<GridSelection | null>(null)
  const selection = useMemo((): GridSelection | null => {
    if (selected === null || Math.max(selected.from.row, selected.to.row, selected.active.row) < count) return selected
    return count === 0 ? null : selectCell({ ...selected.active, row: Math.min(selected.active.row, count - 1) })
  }, [selected, count])
  return {
    selection,
    select: (next: GridSelection): void => {
      setSelected(next)
      layout.show(next.active)
    },
  }
}

/** Puts cells on the clipboard and says so. */
export function useCopy() {
  const toast = useToast()
  return async (needs: CopyNeeds, form: 'cells' | 'heads' | 'markdown'): Promise<void> => {
    const count = copiedCells(needs)
    const amount = count.toLocaleString(languageLocale)
    if (count > mostCopiedCells) return toast({ text: say(words.selection.tooMany, { amount }) })
    try {
      const isCopied = await copyText(await copiedText(needs, form))
      const said = count === 1 ? answerWords.cellCopied : say(words.selection.copiedCells, { count, amount })
      toast({ text: isCopied ? said : copyRefused })
    } catch (error) {
      toast({ text: say(words.selection.failed, { reason: problemOf(error).message }) })
    }
  }
}

/** How far a key moves the edge of a column. */
const keyStepPx = 24

export interface TableActions {
  /** What is marked, or the first cell. */
  readonly copyNeeds: (range?: ReturnType<typeof rangeOf>) => CopyNeeds
  readonly command: (command: GridCommand) => void
  readonly copy: ReturnType<typeof useCopy>
  /** Copies a column by its place, with its name. */
  readonly copyColumn: (at: number) => void
  /** A column by its position whose menu is open, with its place among those shown. */
  readonly menu: { readonly position: number; readonly at: number } | null
  readonly closeMenu: () => void
  /** A row that is shown in full, from one of its columns on. */
  readonly opened: { readonly row: number; readonly position: number } | null
  readonly open: (opened: { readonly row: number; readonly position: number } | null) => void
  /** Marks a column by its place. */
  readonly selectColumn: (at: number) => void
}

/** What keys and buttons do in a table. */
export function useTableActions(
  { source, onView }: Pick<TableNeeds, 'source' | 'onView'>,
  { rowsView, shown, columns, layout, rows }: Table,
  { selection, select }: ReturnType<typeof useSelection>,
  onFind: () => void,
): TableActions {
  const [menu, setMenu] = useState<TableActions['menu']>(null)
  const [opened, open] = useState<TableActions['opened']>(null)
  const copy = useCopy()
  const size = { rows: rows.count, columns: shown.length, page: layout.pageRows }
  const copyNeeds: TableActions['copyNeeds'] = (range = rangeOf(selection ?? selectCell({ row: 0, column: 0 }))) => ({
    source,
    view: rowsView,
    range,
    positions: shown.slice(range.left, range.right + 1),
  })
  const place = ({ at, by }: { readonly at: number; readonly by: number }, isMove: boolean): void => {
    const position = shown[at] ?? 0
    if (!isMove) return onView((now) => resizeColumn(now, position, layout.widthOf(at) + by * keyStepPx))
    onView((now) => moveColumn(now, columns.length, position, by))
    select(selectCell({ row: -1, column: Math.max(0, Math.min(shown.length - 1, at + by)) }))
  }
  const command = (asked: GridCommand): void => {
    if (asked.kind === 'find') return onFind()
    if (asked.kind === 'copy') return void copy(copyNeeds(), 'cells')
    if (asked.kind === 'open') {
      if (asked.place.row >= 0) open({ row: asked.place.row, position: shown[asked.place.column] ?? 0 })
      return
    }
    const at = asked.column
    const position = shown[at] ?? 0
    if (asked.kind === 'sort') onView((now) => pressHead(now, position, asked.isAdded))
    else if (asked.kind === 'menu') setMenu({ position, at })
    else place({ at, by: asked.by }, asked.kind === 'move')
  }
  const selectColumn = (at: number): void => {
    const cell = selectCell({ row: 0, column: at })
    select({ ...selectWhole(cell, 'columns', size), active: { row: -1, column: at } })
  }
  const copyColumn = (at: number): void =>
    void copy(copyNeeds({ top: 0, bottom: rows.count - 1, left: at, right: at }), 'heads')
  return { copyNeeds, command, copy, copyColumn, menu, closeMenu: () => setMenu(null), opened, open, selectColumn }
}
