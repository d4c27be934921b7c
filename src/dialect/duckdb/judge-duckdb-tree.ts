import { aggregates } from './functions/aggregates.ts'
import { lambdaFunctions } from './functions/array.ts'
import { scalarRules } from './functions/call-function.ts'
import { tableMacros } from './functions/table-functions.ts'
import { windowFunctions } from './functions/windows.ts'
import { dialectSchema } from './macros/macro-text.ts'
import { scalarMacros } from './prelude.ts'
import { systemRelation } from './translate/identifiers.ts'

type Tree = Readonly<Record<string, unknown>>
interface Judgement {
  readonly databases: readonly string[]
  /** Names of the common table expressions in sight, lower case. */
  readonly ctes: ReadonlySet<string>
}

/** Why the tree is not accepted. Thrown inside this file only. */
class Refused extends Error {}
const refuse = (reason: string): never => {
  throw new Refused(reason)
}

/**
 * Judges the tree that DuckDB's own `json_serialize_sql` gives for a translated query: null when it is exactly one SELECT over tables
 * of `databases` and its own common table expressions, made of functions that the translator may emit; else one sentence saying what
 * is wrong. What is not known is refused. Takes the JSON's text or its parsed value.
 */
export function judgeDuckdbTree(
  serialized: unknown,
  options: { readonly databases: readonly string[] },
): string | null {
  try {
    const tree = typeof serialized === 'string' ? (JSON.parse(serialized) as unknown) : serialized
    const root = isTree(tree) ? tree : refuse('The query has no tree.')
    if (root['error'] !== false) return 'DuckDB does not take the text for one query.'
    const statements = Array.isArray(root['statements']) ? (root['statements'] as readonly unknown[]) : []
    const [only, ...others] = statements
    if (!isTree(only) || others.length > 0) return 'The text is not exactly one query.'
    if (Object.keys(only).some((key) => key !== 'node')) return 'The query has parameters.'
    judgeQuery(only['node'], { databases: options.databases.map((name) => name.toLowerCase()), ctes: new Set() })
    return null
  } catch (error) {
    if (error instanceof Refused) return error.message
    if (error instanceof SyntaxError || error instanceof RangeError) return 'The query has no readable tree.'
    throw error
  }
}

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value)
const textIn = (tree: Tree, key: string): string => (typeof tree[key] === 'string' ? tree[key] : '')

function judgeQuery(node: unknown, j: Judgement): void {
  if (!isTree(node) || !queryTypes.has(textIn(node, 'type'))) {
    return void refuse(`The query has a part of an unknown kind, ${isTree(node) ? textIn(node, 'type') : typeof node}.`)
  }
  const ctes = new Set(j.ctes)
  if (textIn(node, 'type') === 'RECURSIVE_CTE_NODE') ctes.add(textIn(node, 'cte_name').toLowerCase())
  for (const entry of cteEntries(node)) {
    judgeParts(entry['value'], { ...j, ctes: new Set(ctes) })
    ctes.add(textIn(entry, 'key').toLowerCase())
  }
  for (const [key, value] of Object.entries(node)) {
    if (key === 'left' || key === 'right') judgeQuery(value, { ...j, ctes })
    else if (key !== 'cte_map') judgeParts(value, { ...j, ctes })
  }
}

function cteEntries(node: Tree): readonly Tree[] {
  const map = isTree(node['cte_map']) ? node['cte_map']['map'] : []
  return (Array.isArray(map) ? (map as readonly unknown[]) : []).map((entry) =>
    isTree(entry) ? entry : refuse('The query has an unknown WITH.'),
  )
}

/** Every object in the tree is of a kind known by its class or type, or merely holds others. */
function judgeParts(value: unknown, j: Judgement): void {
  if (Array.isArray(value)) {
    for (const item of value) judgeParts(item, j)
    return
  }
  if (!isTree(value)) return
  if (value['class'] !== undefined) judgeExpression(value)
  else if (typeof value['type'] === 'string') {
    if (queryTypes.has(value['type']) && value['table_name'] === undefined) return judgeQuery(value, j)
    judgeTyped(value, value['type'], j)
  } else if (value['id'] !== undefined) return judgeType(value)
  if (value['at_clause'] !== undefined) refuse('The query reads an earlier state of a table.')
  for (const [key, part] of Object.entries(value))
    if (key !== 'value' || value['class'] !== 'CONSTANT') judgeParts(part, j)
}

function judgeTyped(tree: Tree, type: string, j: Judgement): void {
  if (type === 'BASE_TABLE') return judgeTable(tree, j)
  if (type === 'TABLE_FUNCTION') return judgeTableFunction(tree)
  if (relationTypes.has(type)) {
    if (type === 'PIVOT' && tree['aggregates'] !== undefined)
      refuse('The query has a PIVOT that needs several statements.')
    return
  }
  if (modifierTypes.has(type) || /^(ORDER_DEFAULT|ASCENDING|DESCENDING)$/.test(type)) return
  refuse(`The query has a part of an unknown kind, ${type}.`)
}

function judgeTable(tree: Tree, j: Judgement): void {
  const [database, schema, name] = ['catalog_name', 'schema_name', 'table_name'].map((key) =>
    textIn(tree, key).toLowerCase(),
  )
  if (database === undefined || schema === undefined || name === undefined) return
  if (database === '' && schema === '' && j.ctes.has(name)) return
  const shown = [database, schema, name].filter((part) => part !== '').join('.')
  if (database !== '' && !j.databases.includes(database)) refuse(`The table ${shown} is not part of this connection.`)
  if (systemSchemas.has(schema)) refuse(`The table ${shown} describes the engine.`)
  if (database === '' && systemDatabases.has(schema) && !j.databases.includes(schema)) {
    refuse(`The table ${shown} is not part of this connection.`)
  }
  if (database === '' && schema === '' && (systemRelation.test(name) || /[./\\:*?[\]{}]/.test(name))) {
    refuse(`The table ${shown} is not part of this connection.`)
  }
}

function judgeTableFunction(tree: Tree): void {
  const call = tree['function']
  if (!isTree(call) || call['class'] !== 'FUNCTION') return void refuse('The query reads from an unknown function.')
  const name = textIn(call, 'function_name').toLowerCase()
  const allowed = isDialect(call) ? dialectTableMacros.has(name) : isOwn(call) && plainTableFunctions.has(name)
  if (!allowed) refuse(`The query reads from the function ${name}, which is not allowed.`)
}

/** Whether a call names the dialect's schema in full. */
const isDialect = (call: Tree): boolean =>
  `${textIn(call, 'catalog')}.${textIn(call, 'schema')}`.toLowerCase() === dialectSchema

/** Whether a call is of DuckDB's own functions: by bare name, or in the schema its parser adds itself. */
const isOwn = (call: Tree): boolean => textIn(call, 'catalog') === '' && ['', 'main'].includes(textIn(call, 'schema'))

function judgeExpression(tree: Tree): void {
  const kind = textIn(tree, 'class')
  const type = textIn(tree, 'type')
  if (!expressionClasses.has(kind)) refuse(`The query has an expression of an unknown kind, ${kind}.`)
  if (kind === 'OPERATOR' && !operatorTypes.has(type)) refuse(`The query has an unknown operator, ${type}.`)
  if (kind === 'STAR' && (tree['columns'] === true || tree['expr'] !== undefined))
    refuse('The query picks columns by a pattern.')
  if (kind === 'FUNCTION' || kind === 'WINDOW') judgeCall(tree)
}

function judgeCall(tree: Tree): void {
  const name = textIn(tree, 'function_name').toLowerCase()
  const known = isDialect(tree)
    ? dialectMacros.has(name) || dialectTableMacros.has(name)
    : isOwn(tree) && (plainFunctions.has(name) || plainTableFunctions.has(name))
  if (!known) refuse(`The query calls the function ${name}, which is not allowed.`)
}

function judgeType(tree: Tree): void {
  const id = textIn(tree, 'id')
  const info = isTree(tree['type_info']) ? tree['type_info'] : {}
  if (id === 'UNBOUND') {
    const name = textIn(info, 'name').toLowerCase()
    if (!namedTypes.has(name)) refuse(`The query casts to the type ${name}, which is not allowed.`)
    return
  }
  if (!castTypes.has(id) && id !== 'TIMESTAMP WITH TIME ZONE')
    refuse(`The query casts to the type ${id}, which is not allowed.`)
  if (info['child_type'] !== undefined && isTree(info['child_type'])) judgeType(info['child_type'])
}

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
const plainTableFunctions = words('range')

/** Kinds of expressions, by class and, where one class holds many, by type. */
const expressionClasses = words(
  'COLUMN_REF CONSTANT FUNCTION CAST CASE COMPARISON CONJUNCTION OPERATOR SUBQUERY WINDOW STAR LAMBDA BETWEEN',
)
const operatorTypes = words(`
  COMPARE_IN COMPARE_NOT_IN OPERATOR_NOT OPERATOR_IS_NULL OPERATOR_IS_NOT_NULL OPERATOR_COALESCE OPERATOR_NULLIF ARRAY_EXTRACT
  ARRAY_CONSTRUCTOR GROUPING_FUNCTION OPERATOR_IS_TRUE OPERATOR_IS_FALSE OPERATOR_IS_NOT_TRUE OPERATOR_IS_NOT_FALSE
`)

const queryTypes = words('SELECT_NODE SET_OPERATION_NODE RECURSIVE_CTE_NODE')
const relationTypes = words('BASE_TABLE SUBQUERY JOIN TABLE_FUNCTION EXPRESSION_LIST EMPTY PIVOT')
const modifierTypes = words('DISTINCT_MODIFIER ORDER_MODIFIER LIMIT_MODIFIER')

/** Types that a cast may name. */
const castTypes = words(`
  BOOLEAN INTEGER BIGINT HUGEINT DECIMAL DOUBLE VARCHAR DATE TIME TIMESTAMP LIST NULL STRUCT INTERVAL
`)
/** Types known to the parser by name only. */
const namedTypes = words('json')

/** Schemas and databases whose relations describe the engine or hold no data of the connection. */
const systemSchemas = words('information_schema pg_catalog')
const systemDatabases = words('memory system temp')
