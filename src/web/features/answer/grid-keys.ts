import type { KeyboardEvent } from 'react'

/** A cell of the table: rows from 0, -1 for the heads; columns by their place among the shown ones. */
export interface GridPlace {
  readonly row: number
  readonly column: number
}

export interface GridSize {
  readonly rows: number
  readonly columns: number
  /** How many rows a page key moves. */
  readonly page: number
}

/** What is marked: the cell that keys start from, and two corners of the range around it. */
export interface GridSelection {
  readonly active: GridPlace
  readonly from: GridPlace
  readonly to: GridPlace
}

/** A range of cells, ends included. */
export interface GridRange {
  readonly top: number
  readonly bottom: number
  readonly left: number
  readonly right: number
}

/** One cell alone. */
export const selectCell = (place: GridPlace): GridSelection => ({ active: place, from: place, to: place })

export const rangeOf = ({ from, to }: GridSelection): GridRange => ({
  top: Math.max(0, Math.min(from.row, to.row)),
  bottom: Math.max(from.row, to.row),
  left: Math.min(from.column, to.column),
  right: Math.max(from.column, to.column),
})

/** Stretches a selection to a place, which keys then start from. Heads are in no range. */
export const extendTo = ({ from }: GridSelection, place: GridPlace): GridSelection => {
  const to = { ...place, row: Math.max(0, place.row) }
  return { active: to, from: { ...from, row: Math.max(0, from.row) }, to }
}

/** Whole rows, whole columns, or everything, around a selection. */
export function selectWhole(now: GridSelection, what: 'rows' | 'columns' | 'all', size: GridSize): GridSelection {
  const { top, bottom, left, right } = rangeOf(now)
  const [rows, columns] = [what !== 'rows', what !== 'columns']
  return {
    active: now.active,
    from: { row: rows ? 0 : top, column: columns ? 0 : left },
    to: { row: rows ? size.rows - 1 : bottom, column: columns ? size.columns - 1 : right },
  }
}

/** Where a key moves to from a place; null for keys that do not move. */
export function moveInGrid(from: GridPlace, key: string, far: boolean, size: GridSize): GridPlace | null {
  const to = target(from, key, far, size)
  if (to === null) return null
  const clamp = (value: number, least: number, most: number) => Math.max(least, Math.min(most, value))
  return { row: clamp(to.row, -1, size.rows - 1), column: clamp(to.column, 0, size.columns - 1) }
}

function target({ row, column }: GridPlace, key: string, far: boolean, size: GridSize): GridPlace | null {
  switch (key) {
    case 'ArrowUp':
      return { row: far ? 0 : row - 1, column }
    case 'ArrowDown':
      return { row: far ? size.rows - 1 : row + 1, column }
    case 'ArrowLeft':
      return { row, column: far ? 0 : column - 1 }
    case 'ArrowRight':
      return { row, column: far ? size.columns - 1 : column + 1 }
    case 'PageUp':
      return { row: row - size.page, column }
    case 'PageDown':
      return { row: row + size.page, column }
    case 'Home':
      return { row: far ? 0 : row, column: 0 }
    case 'End':
      return { row: far ? size.rows - 1 : row, column: size.columns - 1 }
    default:
      return null
  }
}

/** What a key asks for in the table beside moving and selecting. Places of columns are among the shown ones. */
export type GridCommand =
  | { readonly kind: 'copy' }
  | { readonly kind: 'find' }
  /** `isAdded`: after the columns that are sorted by. */
  | { readonly kind: 'sort'; readonly column: number; readonly isAdded: boolean }
  | { readonly kind: 'open'; readonly place: GridPlace }
  | { readonly kind: 'menu'; readonly column: number }
  | { readonly kind: 'resize' | 'move'; readonly column: number; readonly by: -1 | 1 }

/** What a key asks for; null for keys that are none of the table's, and for those that move. */
function commandOf(event: KeyboardEvent, { row, column }: GridPlace): GridCommand | null {
  const { key, altKey, shiftKey } = event
  const isFar = event.ctrlKey || event.metaKey
  if (isFar && !shiftKey && !altKey && key.toLowerCase() === 'f') return { kind: 'find' }
  // A text that is marked with the mouse is the browser's to copy.
  if (isFar && !shiftKey && !altKey && key.toLowerCase() === 'c')
    return getSelection()?.isCollapsed === false ? null : { kind: 'copy' }
  if (key === 'ContextMenu' || (key === 'F10' && shiftKey) || (key === 'ArrowDown' && altKey))
    return { kind: 'menu', column }
  if (row < 0) return headCommandOf(event, column)
  return !isFar && !altKey && (key === 'Enter' || key === 'F2') ? { kind: 'open', place: { row, column } } : null
}

function headCommandOf({ key, altKey, shiftKey, ctrlKey, metaKey }: KeyboardEvent, column: number): GridCommand | null {
  if (altKey && (key === 'ArrowLeft' || key === 'ArrowRight'))
    return { kind: shiftKey ? 'move' : 'resize', column, by: key === 'ArrowLeft' ? -1 : 1 }
  if (altKey || ctrlKey || metaKey || (key !== 'Enter' && key !== ' ')) return null
  return { kind: 'sort', column, isAdded: shiftKey }
}

/** The selection after a key; null for keys that select nothing else. */
export function selectByKey(
  now: GridSelection,
  { key, shiftKey, ctrlKey, metaKey }: Pick<KeyboardEvent, 'key' | 'shiftKey' | 'ctrlKey' | 'metaKey'>,
  size: GridSize,
): GridSelection | null {
  const isFar = ctrlKey || metaKey
  if (isFar && key.toLowerCase() === 'a') return selectWhole(now, 'all', size)
  if (key === ' ' && now.active.row >= 0 && shiftKey !== isFar)
    return selectWhole(now, shiftKey ? 'rows' : 'columns', size)
  const to = moveInGrid(now.active, key, isFar, size)
  if (to === null) return null
  return shiftKey && now.active.row >= 0 ? extendTo(now, to) : selectCell(to)
}

export interface GridKeys {
  readonly selection: GridSelection | null
  readonly size: GridSize
  readonly onSelect: (selection: GridSelection) => void
  readonly onCommand: (command: GridCommand) => void
}

/** Acts on a key that was pressed in the table. */
export function pressInGrid(event: KeyboardEvent, { selection, size, onSelect, onCommand }: GridKeys): void {
  const now = selection ?? selectCell({ row: 0, column: 0 })
  const command = commandOf(event, now.active)
  if (command !== null) {
    event.preventDefault()
    onCommand(command)
    return
  }
  const next = event.altKey ? null : selectByKey(now, event, size)
  if (next === null) return
  event.preventDefault()
  onSelect(next)
}
