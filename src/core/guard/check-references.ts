import type { GuardPolicy } from '../../contract/guard-policy.ts'
import { classifyFunction, type FunctionGroup } from './functions/function-groups.ts'

import type { CatalogIndex } from './names/catalog-index.ts'
import { fold } from './trees/tree-facts.ts'
import type { FunctionRef, TableRef } from './trees/tree-facts.ts'
import type { Fault } from './verdict.ts'

/** The functions of a query that may not run, each with the reason of its group. */
export function checkFunctions(
  functions: readonly FunctionRef[],
  policy: GuardPolicy,
  database: string | null,
): readonly Fault[] {
  return functions.flatMap((call) => {
    const verdict = classifyFunction(call, policy, database)
    return verdict.allowed ? [] : [functionFault(call, verdict.group, policy)]
  })
}

function functionFault(call: FunctionRef, group: FunctionGroup | null, policy: GuardPolicy): Fault {
  const { name, place, span } = call
  const unknown = place === 'table' ? 'table_function_not_allowed' : 'function_not_allowed'
  if (group === null)
    return {
      code: unknown,
      reason: `The function ${name} is not known to only read.`,
      action: wayOut(call, policy),
      span,
    }
  if (group.allowed === 'always') {
    const where =
      place === 'table' ? 'in FROM' : group.place === 'match' ? 'outside of MATCH_RECOGNIZE' : 'outside of FROM'
    const reason = `The function ${name} does not belong ${where}.`
    return { code: unknown, reason, action: 'Leave it out, or use a built-in function.', span }
  }
  const action =
    group.allowed === 'operator'
      ? `Leave it out, or have the operator add "${group.id}" to allowFunctionGroups of this connection in CONNECTION_POLICIES.`
      : 'Leave it out, or use a built-in function.'
  return { code: group.code, reason: `The function ${name} is not allowed. ${group.reason}`, action, span }
}

/** What to do about a function that no group knows: its full name where that is allowed, else the setting that allows it. */
function wayOut({ parts, place }: FunctionRef, policy: GuardPolicy): string {
  const [setting, allowed] =
    place === 'table'
      ? (['allowTableFunctions', policy.allowTableFunctions] as const)
      : (['allowFunctions', policy.allowFunctions] as const)
  const meant = allowed.find((full) => full.at(-1) === parts.at(-1))
  if (meant !== undefined && parts.length < 3) return `Write its full name, ${meant.join('.')}.`
  return `Use a built-in function, or have the operator add its full name to ${setting} of this connection in CONNECTION_POLICIES.`
}

const closedSchemas = new Set(
  (
    'ACCOUNT_USAGE ORGANIZATION_USAGE READER_ACCOUNT_USAGE DATA_SHARING_USAGE BILLING MONITORING ' +
    'PG_CATALOG PG_TEMP SYSTEM TEMP'
  ).split(' '),
)
/** Words that begin statements. Unquoted in FROM they are taken for a statement, not a table. */
const statements = new Set(
  (
    'ALTER BEGIN CALL COMMENT COMMIT COPY CREATE DELETE DESC DESCRIBE DROP EXECUTE EXPLAIN GRANT INSERT MERGE PUT REMOVE REVOKE ROLLBACK SHOW ' +
    'TRUNCATE UNDROP UNSET UPDATE'
  ).split(' '),
)
const engineTables = /^(?:sqlite_|duckdb_|pg_|pragma_)/i
/** Names that another engine would open as a file, such as `x.csv`. */
const fileLike =
  /[/\\*?]|:\/\/|^[@~.]|\.(?:csv|tsv|txt|json|ndjson|jsonl|parquet|avro|orc|xlsx|db|duckdb|sqlite|gz|zst|zip)$/i

/** Returns a fault for every table that no query may read. A name that looks like a file is allowed if the catalog has such a table. */
export function checkTables(tables: readonly TableRef[], index: CatalogIndex | null): readonly Fault[] {
  return tables.flatMap((table) => tableFault(table, index) ?? [])
}

function tableFault({ parts, span }: TableRef, index: CatalogIndex | null): Fault | null {
  const names = parts.map(fold)
  const shown = names.join('.')
  const upper = names.map((name) => name.toUpperCase())
  const schema = upper.at(-2)
  const last = names.at(-1) ?? ''
  const database = upper.length === 3 ? upper[0] : upper.length === 2 ? index?.defaults.database : undefined
  if (database === 'SNOWFLAKE') return closed(`${shown} belongs to Snowflake itself.`, span)
  const isMetadata = schema === 'INFORMATION_SCHEMA'
  if (isMetadata && (names.at(-2) !== schema || database === 'SYSTEM'))
    return closed(`${shown} is not the INFORMATION_SCHEMA of a database.`, span)
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
