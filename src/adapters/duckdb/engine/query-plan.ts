import type { DuckDBConnection } from '@duckdb/node-api'
import { z } from 'zod'

interface PlanNode {
  readonly children: readonly PlanNode[]
  readonly name: string
  readonly cardinality: number | null
}

const RawNode: z.ZodType<PlanNode> = z
  .object({
    name: z.string(),
    children: z.array(z.lazy(() => RawNode)).default([]),
    extra_info: z.record(z.string(), z.unknown()).default({}),
  })
  .transform(({ name, children, extra_info: info }) => {
    const cardinality = Number(info['Estimated Cardinality'])
    return { name, children, cardinality: Number.isFinite(cardinality) ? cardinality : null }
  })

/** The rows a node is expected to produce, and the most that any node below it is. */
function weigh(node: PlanNode): { readonly rows: number; readonly most: number } {
  const below = node.children.map(weigh)
  const product = below.reduce((rows, child) => rows * child.rows, 1)
  const largest = Math.max(0, ...below.map((child) => child.rows))
  const rows = node.cardinality ?? (node.name.includes('CROSS_PRODUCT') ? product : largest)
  return { rows, most: Math.max(rows, ...below.map((child) => child.most)) }
}

/** The most rows that any step of a query is expected to produce, by the engine's own plan. The query is not run. */
export async function expectedRows(connection: DuckDBConnection, sql: string): Promise<number> {
  const reader = await connection.runAndReadAll(`EXPLAIN (FORMAT json) ${sql}`)
  const plans = z.array(RawNode).parse(JSON.parse(String(reader.getRows()[0]?.[1] ?? '[]')))
  return Math.max(0, ...plans.map((plan) => weigh(plan).most))
}
