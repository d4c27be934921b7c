import { useCallback, useEffect, useMemo, useRef, useState, type RefObject } from 'react'
import { flushSync } from 'react-dom'

/** Browsers draw no element higher than about 33 million px: longer tables are moved under a shorter scroll bar. */
export const longestPx = 15_000_000
const overscanRows = 8

export interface RowScroll {
  /** Rows that are above the frame, in px of the whole table. */
  readonly virtualPx: number
  /** What the browser scrolled last. */
  readonly scrollPx: number
}

export interface RowRoom {
  /** Height of all rows. */
  readonly totalPx: number
  /** Height of the frame. */
  readonly framePx: number
}

/**
 * Where the rows are after the browser scrolled to `scrollPx`. In a table that is longer than the scroll bar can tell, small steps move the
 * rows by as much as the bar; a leap goes to the share of the rows that the bar shows.
 */
export function scrolledTo(before: RowScroll, scrollPx: number, { totalPx, framePx }: RowRoom): RowScroll {
  if (totalPx <= longestPx) return { virtualPx: scrollPx, scrollPx }
  const [lastPx, lastScrollPx] = [totalPx - framePx, longestPx - framePx]
  const step = scrollPx - before.scrollPx
  const isAtEnd = scrollPx <= 0 || scrollPx >= lastScrollPx
  const isLeap = Math.abs(step) > 2 * framePx || isAtEnd
  const virtualPx = isLeap ? (scrollPx / lastScrollPx) * lastPx : before.virtualPx + step
  return { virtualPx: Math.max(0, Math.min(lastPx, virtualPx)), scrollPx }
}

interface RowWindowNeeds {
  readonly rows: number
  readonly rowHeightPx: number
  /** Height of what stands above and below the rows in the frame. */
  readonly besidePx: number
  readonly framePx: number
}

/** Where the rows are scrolled to: the first one in sight, and how far they are drawn from where they would be without the short bar. */
function useRowScroll(scroller: RefObject<HTMLElement | null>, room: RowRoom, rowHeightPx: number) {
  const scroll = useRef<RowScroll>({ virtualPx: 0, scrollPx: 0 })
  const [place, setPlace] = useState({ first: 0, shiftPx: 0 })
  const settle = useCallback(
    (next: RowScroll): void => {
      scroll.current = next
      // In steps of four rows, so that most scrolling draws nothing.
      const first = Math.floor(next.virtualPx / rowHeightPx / 4) * 4
      const shiftPx = next.scrollPx - next.virtualPx
      setPlace((now) => (now.first === first && now.shiftPx === shiftPx ? now : { first, shiftPx }))
    },
    [rowHeightPx],
  )
  useEffect(() => {
    const element = scroller.current
    if (element === null) return undefined
    // Drawn at once: a frame later there would be a gap in its place.
    const onScroll = (): void => flushSync(() => settle(scrolledTo(scroll.current, element.scrollTop, room)))
    element.addEventListener('scroll', onScroll, { passive: true })
    settle(scrolledTo(scroll.current, element.scrollTop, room))
    return () => element.removeEventListener('scroll', onScroll)
  }, [scroller, room, settle])
  return { scroll, place, settle }
}

/** Which rows are in sight, and where they are drawn. */
export function useRowWindow(scroller: RefObject<HTMLElement | null>, needs: RowWindowNeeds) {
  const { rows, rowHeightPx, besidePx, framePx } = needs
  const totalPx = rows * rowHeightPx
  const room = useMemo(() => ({ totalPx, framePx: Math.max(1, framePx - besidePx) }), [totalPx, framePx, besidePx])
  const { scroll, place, settle } = useRowScroll(scroller, room, rowHeightPx)
  const first = Math.max(0, Math.min(place.first, rows - 1) - overscanRows)
  const shown = Math.ceil(room.framePx / rowHeightPx) + 4
  return {
    first,
    end: Math.min(rows, Math.max(0, place.first) + shown + overscanRows),
    heightPx: Math.min(totalPx, longestPx),
    topOf: useCallback((row: number): number => row * rowHeightPx + place.shiftPx, [rowHeightPx, place.shiftPx]),
    show(row: number): void {
      const element = scroller.current
      if (element === null) return
      const { virtualPx } = scroll.current
      const top = row * rowHeightPx
      const wanted = top < virtualPx ? top : Math.max(virtualPx, top + rowHeightPx - room.framePx)
      if (wanted === virtualPx) return
      const isLong = totalPx > longestPx
      const scrollPx = isLong
        ? Math.round((wanted / (totalPx - room.framePx)) * (longestPx - room.framePx))
        : Math.round(wanted)
      settle({ virtualPx: isLong ? wanted : scrollPx, scrollPx })
      element.scrollTo({ top: scrollPx })
    },
  }
}

export interface ColumnLefts {
  /** The left edge of each shown column, and after the last one its right edge, in px. */
  readonly at: Float64Array
  readonly wantedPx: number
}

interface ColumnWindowNeeds {
  readonly lefts: ColumnLefts
  /** How many of the first columns are always in sight. */
  readonly pinned: number
  readonly numbersPx: number
  readonly framePx: number
}

/** How far a table was scrolled to the right, in steps. */
function useScrollLeft(scroller: RefObject<HTMLElement | null>): number {
  const [leftPx, setLeft] = useState(0)
  useEffect(() => {
    const element = scroller.current
    if (element === null) return undefined
    const onScroll = (): void => {
      // In steps, so that most scrolling draws nothing.
      setLeft(Math.floor(element.scrollLeft / columnStepPx) * columnStepPx)
    }
    element.addEventListener('scroll', onScroll, { passive: true })
    return () => element.removeEventListener('scroll', onScroll)
  }, [scroller])
  return leftPx
}

/** Which of the columns that are not pinned are in sight. */
export function useColumnWindow(scroller: RefObject<HTMLElement | null>, needs: ColumnWindowNeeds) {
  const { lefts, pinned, numbersPx, framePx } = needs
  const leftPx = useScrollLeft(scroller)
  const pinnedPx = lefts.at[pinned] ?? 0
  const drawn = useMemo(() => {
    const first = Math.max(pinned, columnAt(lefts.at, leftPx + pinnedPx - columnStepPx))
    const last = columnAt(lefts.at, leftPx + framePx - numbersPx + 2 * columnStepPx)
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index)
  }, [lefts, pinned, pinnedPx, leftPx, framePx, numbersPx])
  return {
    drawn,
    show(at: number): void {
      const element = scroller.current
      const [left, right] = [lefts.at[at] ?? 0, lefts.at[at + 1] ?? 0]
      if (element === null || at < pinned) return
      const roomPx = element.clientWidth - numbersPx
      if (left - pinnedPx < element.scrollLeft) element.scrollTo({ left: left - pinnedPx })
      else if (right > element.scrollLeft + roomPx)
        element.scrollTo({ left: Math.min(left - pinnedPx, right - roomPx) })
    },
  }
}

const columnStepPx = 120

/** The column that holds a distance from the left; the first or the last one beyond them. */
function columnAt(lefts: Float64Array, px: number): number {
  let [low, high] = [0, Math.max(0, lefts.length - 2)]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((lefts[middle] ?? 0) <= px) low = middle
    else high = middle - 1
  }
  return low
}
