import type { KeyboardEvent } from 'react'

/** A cell of the table: rows from 0, -1 for the heads. */
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

export interface GridKeys {
  readonly active: GridPlace | null
  readonly setActive: (place: GridPlace) => void
  /** Rows that fit into the frame. */
  readonly pageRows: number
  readonly show: (place: GridPlace) => void
  readonly rows: number
  readonly columns: number
  readonly sort: (column: number) => void
  readonly textOf: (place: GridPlace) => string
  readonly onCopy: (text: string) => void
}

/** What keys do in the table: move, sort on a head, copy a cell. */
export function useGridKeys({ active, setActive, pageRows, show, rows, columns, sort, textOf, onCopy }: GridKeys) {
  return (event: KeyboardEvent): void => {
    const from = active ?? { row: 0, column: 0 }
    const far = event.ctrlKey || event.metaKey
    if (far && event.key.toLowerCase() === 'c' && getSelection()?.isCollapsed !== false) {
      event.preventDefault()
      onCopy(textOf(from))
      return
    }
    if (from.row < 0 && (event.key === 'Enter' || event.key === ' ') && !far) {
      event.preventDefault()
      sort(from.column)
      return
    }
    const to = moveInGrid(from, event.key, far, { rows, columns, page: pageRows })
    if (to === null) return
    event.preventDefault()
    setActive(to)
    show(to)
  }
}
