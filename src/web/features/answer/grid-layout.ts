import { useVirtualizer, type VirtualItem } from '@tanstack/react-virtual'
import { useCallback, useEffect, useId, useMemo, useState, type RefObject } from 'react'
import type { Cell, Column } from '../../../contract/result.ts'
import { shownCell } from '../../../contract/words/cells.ts'
import { unitOf } from '../../../contract/words/columns.ts'
import { useFormats } from '../../ui/formats.ts'
import type { Row } from '../../turns/turn-view.ts'
import type { GridPlace } from './grid-keys.ts'

export const rowHeightPx = 34
export const headHeightPx = 36
/** The size of `text-sm`. */
const fontPx = 13
/** The height the frame grows to. */
const maxHeightPx = 360
const scrollbarPx = 12

/** Where everything in the table is, and which of it is in sight. */
export interface GridLayout {
  readonly visibleRows: readonly VirtualItem[]
  readonly visibleColumns: readonly VirtualItem[]
  /** Width of the column with the row numbers. */
  readonly numbersPx: number
  readonly widthPx: number
  readonly heightPx: number
  /** Rows that fit into the frame. */
  readonly pageRows: number
  readonly idOf: (place: GridPlace) => string
  /** A cell of a column as it is shown. */
  readonly textOf: (cell: Cell, column: number) => string
  readonly show: (place: GridPlace) => void
}

export function useGridLayout(
  scroller: RefObject<HTMLElement | null>,
  columns: readonly Column[],
  rows: readonly Row[],
): GridLayout {
  const id = useId()
  const frame = useFrameSize(scroller)
  const numbersPx = 36 + String(rows.length).length * 8
  const barPx = headHeightPx + rows.length * rowHeightPx > maxHeightPx ? scrollbarPx : 0
  const textOf = useCellText(columns, rows)
  const widths = useMemo(
    () => columnWidths({ columns, rows, textOf }, frame.width - numbersPx - barPx),
    [columns, rows, textOf, frame.width, numbersPx, barPx],
  )
  // oxlint-disable-next-line react/incompatible-library -- its results are read anew at every drawing, never remembered
  const down = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeightPx,
    overscan: 8,
    paddingStart: 0,
    scrollPaddingStart: headHeightPx,
  })
  const across = useVirtualizer({
    horizontal: true,
    count: columns.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => widths[index] ?? 0,
    overscan: 3,
    scrollPaddingStart: numbersPx,
  })
  useEffect(() => across.measure(), [across, widths])
  return {
    visibleRows: down.getVirtualItems(),
    visibleColumns: across.getVirtualItems(),
    numbersPx,
    widthPx: numbersPx + across.getTotalSize(),
    heightPx: down.getTotalSize(),
    pageRows: Math.max(1, Math.floor((frame.height - headHeightPx) / rowHeightPx) - 1),
    textOf,
    idOf: ({ row, column }) => `${id}-${row}-${column}`,
    show: ({ row, column }) => {
      if (row >= 0) down.scrollToIndex(row)
      across.scrollToIndex(column)
    },
  }
}

/** Cells in the reader's formats; the head of a column tells other units than the sign of percentages. */
function useCellText(columns: readonly Column[], rows: readonly Row[]): (cell: Cell, column: number) => string {
  const formats = useFormats()
  const units = useMemo(
    () =>
      columns.map(
        (column, at) =>
          unitOf(
            column,
            rows.map((row) => row[at]),
          ) === '%',
      ),
    [columns, rows],
  )
  return useCallback(
    (cell, at) => {
      const column = columns[at]
      return column === undefined ? '' : shownCell(cell, column, formats, units[at] ? '%' : null)
    },
    [columns, formats, units],
  )
}

function useFrameSize(scroller: RefObject<HTMLElement | null>): { readonly width: number; readonly height: number } {
  const [size, setSize] = useState({ width: 0, height: 0 })
  useEffect(() => {
    if (scroller.current === null) return undefined
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) setSize({ width: entry.contentRect.width, height: entry.contentRect.height })
    })
    observer.observe(scroller.current)
    return () => observer.disconnect()
  }, [scroller])
  return size
}

const paddingPx = 34
const sortIconPx = 22
const [narrowestPx, widestPx] = [72, 340]
const sampleSize = 200
/** More characters than the widest column can show. */
const measuredLength = 80

/** The width of each column in px, as wide as its name and a sample of its cells are drawn, and stretched to fill `availablePx`. */
function columnWidths(
  {
    columns,
    rows,
    textOf,
  }: { readonly columns: readonly Column[]; readonly rows: readonly Row[] } & Pick<GridLayout, 'textOf'>,
  availablePx: number,
): readonly number[] {
  const measure = makeTextMeasure()
  const step = Math.max(1, Math.floor(rows.length / sampleSize))
  const widest = columns.map((column) => measure(column.name, 500) + sortIconPx)
  for (let at = 0; at < rows.length; at += step)
    columns.forEach((_column, index) => {
      const text = textOf(rows[at]?.[index] ?? null, index)
      widest[index] = Math.max(widest[index] ?? 0, measure(text, 400))
    })
  const wanted = widest.map((width) => Math.ceil(Math.min(widestPx, Math.max(narrowestPx, width + paddingPx))))
  const total = wanted.reduce((sum, width) => sum + width, 0)
  const spare = Math.max(0, availablePx - total)
  return total === 0 ? wanted : wanted.map((width) => width + Math.floor((spare * width) / total))
}

/** Measures text in the table's font. Digits count as zeros, which all are as wide as in a column of numbers. */
function makeTextMeasure(): (text: string, weight: number) => number {
  const context = document.createElement('canvas').getContext('2d')
  const { fontFamily } = getComputedStyle(document.body)
  return (text, weight) => {
    const measured = text.slice(0, measuredLength).replaceAll(/\d/g, '0')
    if (context === null) return measured.length * fontPx * 0.65
    context.font = `${weight} ${fontPx}px ${fontFamily}`
    return context.measureText(measured).width
  }
}
