import { fold } from './trees/tree-facts.ts'
import type { TableRef } from './trees/tree-facts.ts'
import type { Fault } from './verdict.ts'

const closedSchemas = new Set(
  (
    'INFORMATION_SCHEMA ACCOUNT_USAGE ORGANIZATION_USAGE READER_ACCOUNT_USAGE DATA_SHARING_USAGE BILLING MONITORING ' +
    'PG_CATALOG PG_TEMP SYSTEM TEMP'
  ).split(' '),
)
const engineTables = /^(?:sqlite_|duckdb_|pg_|pragma_)/i
/** Names that another engine would open as a file. */
const fileLike =
  /[/\\*?]|:\/\/|^[@~.]|\.(?:csv|tsv|txt|json|ndjson|jsonl|parquet|avro|orc|xlsx|db|duckdb|sqlite|gz|zst|zip)$/i

/** Tables that no query may read, whatever the catalog says. */
export function checkTables(tables: readonly TableRef[]): readonly Fault[] {
  return tables.flatMap((table) => tableFault(table) ?? [])
}

function tableFault({ parts, span }: TableRef): Fault | null {
  const names = parts.map(fold)
  const shown = names.join('.')
  const upper = names.map((name) => name.toUpperCase())
  const schema = upper.at(-2)
  const last = names.at(-1) ?? ''
  if (upper.length === 3 && upper[0] === 'SNOWFLAKE') return closed(`${shown} belongs to Snowflake itself.`, span)
  if (schema !== undefined && (closedSchemas.has(schema) || schema === 'SNOWFLAKE')) {
    return closed(`${shown} describes the account, not your data.`, span)
  }
  if (engineTables.test(last)) return closed(`${shown} is a table of a database engine itself.`, span)
  if (names.some((name) => fileLike.test(name))) return closed(`${shown} looks like a file, not like a table.`, span)
  return null
}

const closed = (reason: string, span: TableRef['span']): Fault => ({
  code: 'table_not_allowed',
  reason,
  action: 'Query tables and views of your own databases.',
  span,
})
