import { useRef, useState, type MouseEvent, type PointerEvent, type RefObject } from 'react'
import { extendTo, selectCell, selectWhole, type GridPlace, type GridSelection, type GridSize } from './grid-keys.ts'
import { headHeightPx, rowHeightPx, type GridLayout } from './grid-layout.ts'

const numberIn = (element: Element | null | undefined, name: 'row' | 'at'): number | null => {
  const value = element instanceof HTMLElement ? element.dataset[name] : undefined
  return value === undefined ? null : Number(value)
}

/** The place of the cell that an element stands in; the column is -1 for the number of a row. Null outside of the rows. */
function placeAt(element: Element | null): GridPlace | null {
  const row = numberIn(element?.closest('[data-row]'), 'row')
  return row === null ? null : { row, column: numberIn(element?.closest('[data-at]'), 'at') ?? -1 }
}

interface CellPointer {
  readonly scroller: RefObject<HTMLElement | null>
  readonly selection: GridSelection | null
  readonly size: GridSize
  readonly numbersPx: number
  readonly onSelect: (selection: GridSelection) => void
  readonly onOpen: (place: GridPlace) => void
}

/** Selecting with mouse, pen or finger: a press marks a cell or, on its number, a row; dragging and Shift stretch what is marked. */
export function useCellPointer({ scroller, selection, size, numbersPx, onSelect, onOpen }: CellPointer) {
  const begun = useRef<GridSelection | null>(null)
  const select = (place: GridPlace, isStretched: boolean, start: GridSelection | null): void => {
    const cell = { row: place.row, column: Math.max(0, place.column) }
    if (place.column >= 0) return onSelect(isStretched && start !== null ? extendTo(start, cell) : selectCell(cell))
    const rows = isStretched && start !== null ? extendTo(start, cell) : selectCell(cell)
    onSelect({ ...selectWhole(rows, 'rows', size), active: cell })
  }
  const onPointerDown = (event: PointerEvent): void => {
    const target = event.target as Element
    const isHandle = target.closest('[data-handle]') !== null
    const place = placeAt(target)
    if (event.button !== 0 || (event.pointerType === 'touch' && !isHandle)) return
    if (isHandle) {
      begun.current = selection
      event.currentTarget.setPointerCapture(event.pointerId)
    } else if (place !== null) {
      begun.current =
        event.shiftKey && selection !== null ? selection : selectCell({ ...place, column: Math.max(0, place.column) })
      select(place, event.shiftKey, selection)
    }
  }
  const onPointerMove = (event: PointerEvent): void => {
    const frame = scroller.current?.getBoundingClientRect()
    if (begun.current === null || frame === undefined || (event.pointerType === 'mouse' && event.buttons !== 1)) return
    const isOutside = event.clientY < frame.top + headHeightPx || event.clientY > frame.bottom
    if (isOutside) scroller.current?.scrollBy(0, event.clientY > frame.bottom ? rowHeightPx : -rowHeightPx)
    const x = Math.max(frame.left + numbersPx + 2, Math.min(frame.right - 16, event.clientX))
    const y = Math.max(frame.top + headHeightPx + 2, Math.min(frame.bottom - 16, event.clientY))
    const isOnNumbers = event.clientX < frame.left + numbersPx && begun.current.from.column === 0
    const over = placeAt(document.elementsFromPoint(x, y).find((each) => !each.matches('[data-handle]')) ?? null)
    if (over === null || (selection?.to.row === over.row && selection.to.column === over.column && !isOnNumbers)) return
    const isSame = begun.current.from.row === over.row && begun.current.from.column === over.column
    if (!isSame || isOnNumbers) select(isOnNumbers ? { ...over, column: -1 } : over, true, begun.current)
  }
  const end = (): void => {
    begun.current = null
  }
  const onClick = (event: MouseEvent): void => {
    if ((event.nativeEvent as globalThis.PointerEvent).pointerType !== 'touch') return
    const place = placeAt(event.target as Element)
    if (place === null) return
    const { active } = selection ?? {}
    if (active?.row === place.row && active.column === place.column) onOpen(place)
    else select(place, false, null)
  }
  const onDoubleClick = (event: MouseEvent): void => {
    const place = placeAt(event.target as Element)
    if (place !== null) onOpen({ ...place, column: Math.max(0, place.column) })
  }
  return { onPointerDown, onPointerMove, onPointerUp: end, onPointerCancel: end, onClick, onDoubleClick }
}

interface HeadPointer {
  readonly layout: GridLayout
  /** A head was pressed. */
  readonly onPress: (at: number, isAdded: boolean) => void
  readonly onMenu: (at: number) => void
  /** Null to fit the values. */
  readonly onResize: (at: number, widthPx: number | null) => void
  readonly onMove: (at: number, by: number) => void
}

/** Heads under mouse, pen or finger: a press sorts, the edge resizes, dragging moves the column. */
export function useHeadPointer({ layout, onPress, onMenu, onResize, onMove }: HeadPointer) {
  const drag = useRef<{ kind: 'resize' | 'move'; at: number; x: number; widthPx: number; hasMoved: boolean } | null>(
    null,
  )
  const wasDragged = useRef(false)
  const [drop, setDrop] = useState<{ at: number; side: 'left' | 'right' } | null>(null)
  const headOf = (event: MouseEvent) => {
    const target = event.target as Element
    const at = numberIn(target.closest('[role=columnheader][data-at]'), 'at')
    return { at, isMenu: target.closest('[data-menu]') !== null, isEdge: target.closest('[data-resize]') !== null }
  }
  const onPointerDown = (event: PointerEvent): void => {
    const { at, isMenu, isEdge } = headOf(event)
    wasDragged.current = false
    if (at === null || isMenu || event.button !== 0 || event.pointerType === 'touch') return
    const kind = isEdge ? 'resize' : 'move'
    drag.current = { kind, at, x: event.clientX, widthPx: layout.widthOf(at), hasMoved: false }
  }
  const onPointerMove = (event: PointerEvent): void => {
    const { current } = drag
    if (current === null || event.buttons !== 1) return
    const moved = event.clientX - current.x
    if (!current.hasMoved && Math.abs(moved) < 5) return
    if (!current.hasMoved) event.currentTarget.setPointerCapture(event.pointerId)
    current.hasMoved = true
    wasDragged.current = true
    if (current.kind === 'resize') onResize(current.at, current.widthPx + moved)
    else setDrop(dropAt(event, current.at, layout))
  }
  const onPointerUp = (): void => {
    const { current } = drag
    drag.current = null
    if (drop !== null && current !== null && drop.at !== current.at) onMove(current.at, drop.at - current.at)
    setDrop(null)
  }
  const onPointerCancel = (): void => {
    drag.current = null
    setDrop(null)
  }
  const onClick = (event: MouseEvent): void => {
    const { at, isMenu, isEdge } = headOf(event)
    if (at === null || isEdge || wasDragged.current) return
    if (isMenu) onMenu(at)
    else onPress(at, event.shiftKey)
  }
  const onDoubleClick = (event: MouseEvent): void => {
    const { at, isEdge } = headOf(event)
    if (at !== null && isEdge) onResize(at, null)
  }
  const onContextMenu = (event: MouseEvent): void => {
    const { at } = headOf(event)
    if (at === null) return
    event.preventDefault()
    onMenu(at)
  }
  return {
    drop,
    handlers: { onPointerDown, onPointerMove, onPointerUp, onPointerCancel, onClick, onDoubleClick, onContextMenu },
  }
}

/** Beside which column a dragged one is put down. */
function dropAt({ clientX, currentTarget }: PointerEvent, at: number, { columns, numbersPx }: GridLayout) {
  const px = clientX - currentTarget.getBoundingClientRect().left - numbersPx
  const over = columns.findLast(({ left, isPinned }) => !isPinned && left <= px) ?? columns[0]
  if (over === undefined || over.at === at) return null
  return { at: over.at, side: over.at < at ? ('left' as const) : ('right' as const) }
}
