import { useEffect, useId, useMemo, useState, type RefObject } from 'react'
import type { Column } from '../../../contract/result.ts'
import type { GridPlace } from './grid-keys.ts'
import { useColumnWindow, useRowWindow, type ColumnLefts } from './grid-scroll.ts'
import type { GridView } from './grid-view.ts'
import { narrowestPx } from './grid-widths.ts'

export const rowHeightPx = 34
export const headHeightPx = 36

/** A column in its place. */
export interface PlacedColumn {
  /** Its place among the columns that are shown, from 0. */
  readonly at: number
  /** Its position in the result. */
  readonly position: number
  readonly column: Column
  /** Distance from the left edge of the rows, in px. */
  readonly left: number
  readonly width: number
  readonly isPinned: boolean
}

/** Where everything in the table is, and which of it is in sight. */
export interface GridLayout {
  readonly firstRow: number
  /** The row behind the last one that is drawn. */
  readonly endRow: number
  readonly topOf: (row: number) => number
  /** The columns that are drawn, pinned ones first. */
  readonly columns: readonly PlacedColumn[]
  /** Width of the column with the row numbers. */
  readonly numbersPx: number
  readonly widthPx: number
  /** The width at which nothing would have to be scrolled across. */
  readonly wantedPx: number
  readonly heightPx: number
  /** Rows that fit into the frame. */
  readonly pageRows: number
  readonly idOf: (place: GridPlace) => string
  readonly show: (place: GridPlace) => void
  /** The width of a shown column, in px. */
  readonly widthOf: (at: number) => number
}

export interface LayoutNeeds {
  readonly columns: readonly Column[]
  /** Positions of the columns that are shown, in their order. */
  readonly shown: readonly number[]
  readonly view: GridView
  readonly rows: number
  /** The width that each column of the result asks for. */
  readonly natural: (position: number) => number
  /** Height of what stands below the rows and stays in sight. */
  readonly footPx: number
}

export function useGridLayout(scroller: RefObject<HTMLElement | null>, needs: LayoutNeeds): GridLayout {
  const { columns, shown, view, rows, natural, footPx } = needs
  const id = useId()
  const frame = useFrameSize(scroller)
  const numbersPx = 36 + String(rows).length * 8
  const down = useRowWindow(scroller, { rows, rowHeightPx, besidePx: headHeightPx + footPx, framePx: frame.height })
  const lefts = useColumnLefts({ columns, shown, view, natural }, Math.max(0, frame.width - numbersPx))
  const pinned = usePinnedCount(view, lefts, frame.width - numbersPx)
  const across = useColumnWindow(scroller, { lefts, pinned, numbersPx, framePx: frame.width })
  const placed = usePlacedColumns({ columns, shown, lefts, pinned, drawn: across.drawn })
  return {
    firstRow: down.first,
    endRow: down.end,
    topOf: down.topOf,
    columns: placed,
    numbersPx,
    widthPx: numbersPx + (lefts.at.at(-1) ?? 0),
    wantedPx: numbersPx + lefts.wantedPx,
    heightPx: down.heightPx,
    pageRows: Math.max(1, Math.floor((frame.height - headHeightPx) / rowHeightPx) - 1),
    idOf: ({ row, column }) => `${id}-${row}-${column}`,
    show({ row, column }) {
      if (row >= 0) down.show(row)
      across.show(column)
    },
    widthOf: (at) => (lefts.at[at + 1] ?? 0) - (lefts.at[at] ?? 0),
  }
}

interface PlacedNeeds extends Pick<LayoutNeeds, 'columns' | 'shown'> {
  readonly lefts: ColumnLefts
  readonly pinned: number
  /** The columns in sight beside the pinned ones. */
  readonly drawn: readonly number[]
}

/** The columns that are drawn, each in its place. */
function usePlacedColumns({ columns, shown, lefts, pinned, drawn }: PlacedNeeds): readonly PlacedColumn[] {
  return useMemo(() => {
    const ats = [...Array.from({ length: pinned }, (_, at) => at), ...drawn]
    return ats.flatMap((at): PlacedColumn[] => {
      const position = shown[at] ?? -1
      const column = columns[position]
      const left = lefts.at[at] ?? 0
      const width = (lefts.at[at + 1] ?? left) - left
      return column === undefined ? [] : [{ at, position, column, left, width, isPinned: at < pinned }]
    })
  }, [drawn, pinned, shown, columns, lefts])
}

/** Where the shown columns begin. Those without a width of their own are stretched to fill `availablePx`. */
function useColumnLefts(
  { columns, shown, view, natural }: Omit<LayoutNeeds, 'rows' | 'footPx'>,
  availablePx: number,
): ColumnLefts {
  return useMemo(() => {
    const given = new Map(view.widths)
    const widths = Float64Array.from(shown, (position) => {
      const wanted = natural(position)
      const own = given.get(position)
      // A number is never shown shortened.
      if (own === undefined) return wanted
      return columns[position]?.kind === 'number' ? Math.max(own, wanted) : Math.max(narrowestPx, own)
    })
    const wantedPx = widths.reduce((sum, width) => sum + width, 0)
    const free = shown.reduce((sum, position, at) => sum + (given.has(position) ? 0 : (widths[at] ?? 0)), 0)
    const spare = Math.max(0, Math.floor(availablePx) - wantedPx)
    const at = new Float64Array(shown.length + 1)
    shown.forEach((position, index) => {
      const width = widths[index] ?? 0
      const stretch = free === 0 || given.has(position) ? 0 : Math.floor((spare * width) / free)
      at[index + 1] = (at[index] ?? 0) + width + stretch
    })
    return { at, wantedPx }
  }, [columns, shown, view.widths, natural, availablePx])
}

/** How many columns stay in sight: as many of the pinned ones as leave room for others. */
function usePinnedCount({ pinned, hidden }: GridView, { at }: ColumnLefts, availablePx: number): number {
  return useMemo(() => {
    let count = pinned.filter((column) => !hidden.includes(column)).length
    while (count > 0 && (at[count] ?? 0) > availablePx * 0.6) count -= 1
    return count
  }, [pinned, hidden, at, availablePx])
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
