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
