import type { ChartRequest } from './chart-option.ts'

/** One number, large, with what it is. */
export function KeyFigure({ choice, columns, rows, format }: ChartRequest) {
  const position = choice.y[0] ?? columns.findIndex((column) => column.kind === 'number')
  const column = columns[position]
  const row = rows[0]
  if (column === undefined || row === undefined) return null
  const labelColumn = choice.x === null ? undefined : columns[choice.x]
  const label = labelColumn === undefined ? column.name : format.text(row[choice.x ?? 0] ?? null, labelColumn)
  return (
    <p className="flex flex-col gap-1 py-3">
      <span className="tabular text-2xl font-semibold break-all">{format.text(row[position] ?? null, column)}</span>
      <span className="text-sm text-fg-3">{label}</span>
    </p>
  )
}
