import type { Column } from '../../../contract/result.ts'

/** Types of DuckDB that may hold every value of a column, the best first. */
export function typesHolding({ type, kind, scale }: Column): readonly string[] {
  if (kind === 'boolean') return ['BOOLEAN']
  if (kind === 'date') return ['DATE']
  if (kind === 'time') return ['TIME']
  if (kind === 'timestamp') return ['TIMESTAMP', 'TIMESTAMP_NS', 'TIMESTAMPTZ']
  if (kind !== 'number') return []
  if (type === 'FLOAT') return ['DOUBLE']
  const precision = Number(/^NUMBER\((\d+),/.exec(type)?.[1] ?? Number.NaN)
  if (scale === null || !(precision <= 38)) return []
  return [scale > 0 ? `DECIMAL(${precision}, ${scale})` : precision <= 18 ? 'BIGINT' : 'HUGEINT']
}
