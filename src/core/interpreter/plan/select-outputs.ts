import type { Output } from './outputs.ts'
import type { Selected } from './query.ts'

/** Columns of the same name are told apart by their table. */
export function selectOutputs(outputs: readonly Output[]): readonly Selected[] {
  const counts = Map.groupBy(
    outputs,
    (o) => o.alias ?? (o.expression.kind === 'column' ? o.expression.column.column.name : ''),
  )
  return outputs.map(({ expression, alias }) => {
    if (alias !== null || expression.kind !== 'column') return { expression, alias }
    const { column, table } = expression.column
    const isShared = (counts.get(column.name)?.length ?? 0) > 1
    return {
      expression,
      alias: isShared ? `${table.table.name}_${column.name}`.toUpperCase().replace(/[^A-Z0-9]+/g, '_') : null,
    }
  })
}
