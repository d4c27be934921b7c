import type { DuckDBConnection } from '@duckdb/node-api'

type Fields = Readonly<Record<string, unknown>>

const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {})
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** The rows a node of a plan is expected to produce, and the most that any node below it is. */
function weigh(node: unknown): { readonly rows: number; readonly most: number } {
  const { name, children, extra_info: info } = fieldsOf(node)
  const below = listOf(children).map(weigh)
  const product = below.reduce((rows, child) => rows * child.rows, 1)
  const largest = Math.max(0, ...below.map((child) => child.rows))
  const estimated = Number(fieldsOf(info)['Estimated Cardinality'])
  const guessed = String(name).includes('CROSS_PRODUCT') ? product : largest
  const rows = Number.isFinite(estimated) ? estimated : guessed
  return { rows, most: Math.max(rows, ...below.map((child) => child.most)) }
}

/** The most rows that any step of a query is expected to produce, by the engine's own plan. The query is not run. */
export async function expectedRows(connection: DuckDBConnection, sql: string): Promise<number> {
  const reader = await connection.runAndReadAll(`EXPLAIN (FORMAT json) ${sql}`)
  const plan: unknown = JSON.parse(String(reader.getRows()[0]?.[1] ?? '[]'))
  return Math.max(0, ...listOf(plan).map((node) => weigh(node).most))
}
