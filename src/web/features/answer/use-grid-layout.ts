import { useVirtualizer, type VirtualItem } from '@tanstack/react-virtual'
import { useEffect, useId, useMemo, useState, type RefObject } from 'react'
import type { Column } from '../../../contract/result.ts'
import type { CellFormat } from '../../lib/format-cell.ts'
import type { Row } from '../../lib/turn-view.ts'
import { columnWidths } from './column-widths.ts'
import type { GridPlace } from './move-in-grid.ts'

export const rowHeightPx = 34
export const headHeightPx = 36
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
  idOf(place: GridPlace): string
  show(place: GridPlace): void
}

export function useGridLayout(
  scroller: RefObject<HTMLElement | null>,
  columns: readonly Column[],
  rows: readonly Row[],
  format: CellFormat,
): GridLayout {
  const id = useId()
  const frame = useFrameSize(scroller)
  const numbersPx = 36 + String(rows.length).length * 8
  const barPx = headHeightPx + rows.length * rowHeightPx > maxHeightPx ? scrollbarPx : 0
  const widths = useMemo(
    () => columnWidths(columns, rows, format, frame.width - numbersPx - barPx),
    [columns, rows, format, frame.width, numbersPx, barPx],
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
    idOf: ({ row, column }) => `${id}-${row}-${column}`,
    show: ({ row, column }) => {
      if (row >= 0) down.scrollToIndex(row)
      across.scrollToIndex(column)
    },
  }
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
