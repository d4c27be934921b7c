import type { Column } from '../../../contract/result.ts'
import type { CellFormat } from '../../lib/format-cell.ts'
import type { Row } from '../../lib/turn-view.ts'

const characterPx = 7.6
const paddingPx = 32
const sortIconPx = 22
const [narrowestPx, widestPx] = [84, 340]
const sampleSize = 200

/** The width of each column in px, guessed from its name and a sample of its cells, and stretched to fill `availablePx`. */
export function columnWidths(
  columns: readonly Column[],
  rows: readonly Row[],
  format: CellFormat,
  availablePx: number,
): readonly number[] {
  const step = Math.max(1, Math.floor(rows.length / sampleSize))
  const longest = columns.map((column) => column.name.length * 1.08 + sortIconPx / characterPx)
  for (let at = 0; at < rows.length; at += step)
    columns.forEach((column, index) => {
      const length = format.text(rows[at]?.[index] ?? null, column).length
      longest[index] = Math.max(longest[index] ?? 0, length)
    })
  const wanted = longest.map((length) =>
    Math.round(Math.min(widestPx, Math.max(narrowestPx, length * characterPx + paddingPx))),
  )
  const total = wanted.reduce((sum, width) => sum + width, 0)
  const spare = Math.max(0, availablePx - total)
  return total === 0 ? wanted : wanted.map((width) => width + Math.floor((spare * width) / total))
}
