import { aggregates } from './functions/aggregates.ts'
import { lambdaFunctions } from './functions/array.ts'
import { scalarRules } from './functions/call-function.ts'
import { tableMacros } from './functions/table-functions.ts'
import { windowFunctions } from './functions/windows.ts'
import { scalarMacros } from './prelude.ts'

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/))

/** Macros of the sample's dialect that a query may call. They only compute from their arguments. */
export const dialectMacros: ReadonlySet<string> = new Set(
  Object.keys(scalarMacros).filter((name) => !name.startsWith('sfi_')),
)

/** Table macros of the dialect. */
export const dialectTableMacros: ReadonlySet<string> = new Set(Object.keys(tableMacros))

/** What operators, literals, casts and paths are made of; `INTERVAL 1 month` is `to_months(trunc(1))` to DuckDB's parser. */
const ofExpressions = words(`
  + - * / // % & | ~ ~~ ~~* like_escape ilike_escape || ->> typeof trunc
  json_extract json_array to_years to_quarters to_months to_weeks to_days to_hours to_minutes to_seconds to_milliseconds to_microseconds
  list_value regexp_full_match count_star
`)

/**
 * DuckDB's own functions that a translated query may call, operators included: those that the rules of Snowflake's functions name.
 * Each only computes from its arguments, clock and chance apart.
 */
export const plainFunctions: ReadonlySet<string> = new Set([
  ...ofExpressions,
  ...Object.values(scalarRules).flatMap((overloads) => overloads.flatMap((rule) => rule.calls)),
  ...[...Object.values(aggregates), ...Object.values(windowFunctions)].flatMap((rule) => rule.calls),
  ...Object.values(lambdaFunctions),
])

/** Functions that stand in FROM: rows by count, nothing that reads. */
export const plainTableFunctions = words('range')

/** Kinds of expressions, by class and, where one class holds many, by type. */
export const expressionClasses = words(
  'COLUMN_REF CONSTANT FUNCTION CAST CASE COMPARISON CONJUNCTION OPERATOR SUBQUERY WINDOW STAR LAMBDA BETWEEN',
)
export const operatorTypes = words(`
  COMPARE_IN COMPARE_NOT_IN OPERATOR_NOT OPERATOR_IS_NULL OPERATOR_IS_NOT_NULL OPERATOR_COALESCE OPERATOR_NULLIF ARRAY_EXTRACT
  ARRAY_CONSTRUCTOR GROUPING_FUNCTION OPERATOR_IS_TRUE OPERATOR_IS_FALSE OPERATOR_IS_NOT_TRUE OPERATOR_IS_NOT_FALSE
`)

export const queryTypes = words('SELECT_NODE SET_OPERATION_NODE RECURSIVE_CTE_NODE')
export const relationTypes = words('BASE_TABLE SUBQUERY JOIN TABLE_FUNCTION EXPRESSION_LIST EMPTY PIVOT')
export const modifierTypes = words('DISTINCT_MODIFIER ORDER_MODIFIER LIMIT_MODIFIER')

/** Types that a cast may name. */
export const castTypes = words(`
  BOOLEAN INTEGER BIGINT HUGEINT DECIMAL DOUBLE VARCHAR DATE TIME TIMESTAMP LIST NULL STRUCT INTERVAL
`)
/** Types known to the parser by name only. */
export const namedTypes = words('json')

/** Schemas and databases whose relations describe the engine or hold no data of the connection. */
export const systemSchemas = words('information_schema pg_catalog')
export const systemDatabases = words('memory system temp')
