import type { CatalogIndex } from './names/catalog-index.ts'
import { fold } from './trees/tree-facts.ts'
import type { TableRef } from './trees/tree-facts.ts'
import type { Fault } from './verdict.ts'

const closedSchemas = new Set(
  (
    'INFORMATION_SCHEMA ACCOUNT_USAGE ORGANIZATION_USAGE READER_ACCOUNT_USAGE DATA_SHARING_USAGE BILLING MONITORING ' +
    'PG_CATALOG PG_TEMP SYSTEM TEMP'
  ).split(' '),
)
/** Words that begin statements; in FROM they are hardly ever a table. */
const statements = new Set(
  (
    'ALTER BEGIN CALL COMMENT COMMIT COPY CREATE DELETE DESC DESCRIBE DROP EXECUTE EXPLAIN GRANT INSERT MERGE PUT REMOVE REVOKE ROLLBACK SHOW ' +
    'TRUNCATE UNDROP UNSET UPDATE'
  ).split(' '),
)
const engineTables = /^(?:sqlite_|duckdb_|pg_|pragma_)/i
/** Names that another engine would open as a file. */
const fileLike =
  /[/\\*?]|:\/\/|^[@~.]|\.(?:csv|tsv|txt|json|ndjson|jsonl|parquet|avro|orc|xlsx|db|duckdb|sqlite|gz|zst|zip)$/i

/** Tables that no query may read. Only what looks like a file may yet be a table, where the catalog has it. */
export function checkTables(tables: readonly TableRef[], index: CatalogIndex | null): readonly Fault[] {
  return tables.flatMap((table) => tableFault(table, index) ?? [])
}

function tableFault({ parts, span }: TableRef, index: CatalogIndex | null): Fault | null {
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
  const [only] = parts
  if (parts.length === 1 && only?.quoted === false && statements.has(last)) return notATable(last, span)
  if (names.some((name) => fileLike.test(name)) && (index?.find(names) ?? null) === null) {
    return closed(`${shown} looks like a file, not like a table.`, span)
  }
  return null
}

const notATable = (word: string, span: TableRef['span']): Fault => ({
  code: 'not_a_query',
  reason: `${word} begins a statement of its own.`,
  action: 'Only SELECT may stand here; put quotes around a table of this name.',
  span,
})

const closed = (reason: string, span: TableRef['span']): Fault => ({
  code: 'table_not_allowed',
  reason,
  action: 'Query tables and views of your own databases.',
  span,
})
