import type { KeyboardEvent } from 'react'
import type { GridLayout } from './use-grid-layout.ts'
import { moveInGrid, type GridPlace } from './move-in-grid.ts'

export interface GridKeys {
  readonly active: GridPlace | null
  readonly setActive: (place: GridPlace) => void
  readonly layout: GridLayout
  readonly rows: number
  readonly columns: number
  readonly sort: (column: number) => void
  readonly textOf: (place: GridPlace) => string
}

/** What keys do in the table: move, sort on a head, copy a cell. */
export function useGridKeys({ active, setActive, layout, rows, columns, sort, textOf }: GridKeys) {
  return (event: KeyboardEvent): void => {
    const from = active ?? { row: 0, column: 0 }
    const far = event.ctrlKey || event.metaKey
    if (far && event.key.toLowerCase() === 'c' && getSelection()?.isCollapsed !== false) {
      event.preventDefault()
      void navigator.clipboard.writeText(textOf(from))
      return
    }
    if (from.row < 0 && (event.key === 'Enter' || event.key === ' ') && !far) {
      event.preventDefault()
      sort(from.column)
      return
    }
    const to = moveInGrid(from, event.key, far, { rows, columns, page: layout.pageRows })
    if (to === null) return
    event.preventDefault()
    setActive(to)
    layout.show(to)
  }
}
