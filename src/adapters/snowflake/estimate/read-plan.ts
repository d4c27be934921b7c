import type { Estimate, Partitions, TableEstimate } from '../../../contract/result.ts'

/** The estimate of a query that Snowflake does not explain: no figures. */
export const noEstimate: Estimate = { rows: null, bytes: null }

type Fields = Readonly<Record<string, unknown>>

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const count = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null

/**
 * What `EXPLAIN USING JSON` says a query will read. All figures are upper bounds: joins and limits leave out more while it runs.
 * `tableBytes` knows the whole size of a table by its full name, or null.
 */
export function readPlan(json: string, tableBytes: (table: string) => number | null): Estimate {
  const plan = parse(json)
  if (plan === null) return noEstimate
  const stats = isFields(plan['GlobalStats']) ? plan['GlobalStats'] : {}
  const operations = (Array.isArray(plan['Operations']) ? plan['Operations'] : []).flat().filter(isFields)
  return {
    rows: null,
    bytes: count(stats['bytesAssigned']),
    partitions: readPartitions(stats),
    tables: readTables(operations, tableBytes),
    warnings: readWarnings(operations),
  }
}

function parse(json: string): Fields | null {
  try {
    const plan: unknown = JSON.parse(json)
    return isFields(plan) ? plan : null
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

function readPartitions({ partitionsAssigned, partitionsTotal }: Fields): Partitions | null {
  const assigned = count(partitionsAssigned)
  const total = count(partitionsTotal)
  return assigned === null || total === null ? null : { assigned, total }
}

/** Sums the scans of each table: a table that is scanned twice is read twice. */
function readTables(operations: readonly Fields[], tableBytes: (table: string) => number | null): TableEstimate[] {
  const tables = new Map<string, TableEstimate>()
  for (const operation of operations) {
    const [table] = Array.isArray(operation['objects']) ? (operation['objects'] as readonly unknown[]) : []
    if (typeof table !== 'string' || !/scan/i.test(String(operation['operation']))) continue
    const scan = {
      table,
      bytes: count(operation['bytesAssigned']),
      tableBytes: tableBytes(table),
      partitions: readPartitions(operation),
    }
    const before = tables.get(table)
    tables.set(table, before === undefined ? scan : together(before, scan))
  }
  return [...tables.values()].toSorted((a, b) => (b.bytes ?? 0) - (a.bytes ?? 0))
}

const add = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a + b)

const together = (a: TableEstimate, b: TableEstimate): TableEstimate => ({
  ...a,
  bytes: add(a.bytes, b.bytes),
  partitions:
    a.partitions === null || b.partitions === null
      ? null
      : { assigned: a.partitions.assigned + b.partitions.assigned, total: a.partitions.total + b.partitions.total },
})

function readWarnings(operations: readonly Fields[]): string[] {
  const isCartesian = operations.some((operation) => /cartesian/i.test(String(operation['operation'])))
  return isCartesian
    ? ['It pairs every row of one table with every row of another: a join condition may be missing.']
    : []
}
