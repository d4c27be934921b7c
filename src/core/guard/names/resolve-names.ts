import type { Span } from '../../../contract/problem.ts'
import { join, type OffsetMap } from '../trees/offset-map.ts'
import { partOf, readSpan } from '../trees/sqlparser-ident.ts'
import { fold, type NamePart, type TableRef } from '../trees/tree-facts.ts'
import { isNode, listIn, nodeIn, type Tree, type TreeNode } from '../trees/tree.ts'
import type { CatalogIndex, NamedTable } from './catalog-index.ts'
import { columnFault, qualifierFault, tableFault } from './name-faults.ts'
import {
  type Ctes,
  mostFaults,
  type NameFault,
  openScope,
  type Resolution,
  type Scope,
  scopesFrom,
  type Source,
  sourceNamed,
} from './resolution.ts'
import { resolveQuery } from './resolve-query.ts'

/** The result of resolving a statement's names. */
export interface NameFacts {
  readonly tables: readonly NamedTable[]
  /** Names that are not in the catalog; none without one. */
  readonly faults: readonly NameFault[]
  readonly unboundedRows: string | null
}

/**
 * Resolves every table and column of sqlparser's tree by Snowflake's rules; without an index names are taken as written. `named` lists all tables
 * of the tree, including those in clauses whose columns are not resolved (AT, DEFINE).
 */
export function resolveNames(
  statement: Tree,
  named: readonly TableRef[],
  index: CatalogIndex | null,
  offsets: OffsetMap,
): NameFacts {
  const read = new Set<string>()
  const resolution: Resolution = {
    index,
    offsets,
    tables: [],
    faults: [],
    unboundedRows: null,
    resolveQuery: (query, ctes, outer) => resolveQuery(resolution, query, ctes, outer),
    resolveExpression: (tree, ctes, scope) => resolveExpression(resolution, tree, ctes, scope),
    resolveTable(ref) {
      read.add(placeOf(ref))
      return resolveTable(resolution, ref)
    },
  }
  const query = isNode(statement) ? nodeIn(statement, 'Query') : null
  if (query !== null) resolution.resolveQuery(query, new Map(), null)
  for (const ref of named) if (!read.has(placeOf(ref))) resolveTable(resolution, ref)
  return resolution
}

const placeOf = ({ parts, span }: TableRef): string => `${parts.map(fold).join('.')}@${span?.start}-${span?.end}`

function resolveTable(resolution: Resolution, ref: TableRef): NamedTable | null {
  const names = ref.parts.map(fold)
  const { index, tables } = resolution
  const table = findTable(names, index)
  if (table === dual) return dual
  if (table !== null) tables.push(table)
  else if (index !== null && resolution.faults.length <= mostFaults) resolution.faults.push(tableFault(ref, index))
  return table
}

function findTable(names: readonly string[], index: CatalogIndex | null): NamedTable | null {
  if (names.length === 1 && names[0] === 'DUAL') return dual
  return index === null ? asWritten(names) : (index.find(names) ?? metadataView(names, index))
}

/** A view of INFORMATION_SCHEMA, which every database has and no catalog lists. It shows what the role itself may see. */
function metadataView(names: readonly string[], index: CatalogIndex): NamedTable | null {
  const [name = '', schema, database = index.defaults.database] = names.toReversed()
  const isView = schema === 'INFORMATION_SCHEMA' && database !== null && index.databases.has(database)
  return isView ? { database, schema, name, columns: [] } : null
}

function asWritten(names: readonly string[]): NamedTable {
  const [name = '', schema = '', database = ''] = names.toReversed()
  return { database, schema, name, columns: [] }
}

/** Snowflake's own table of one row. */
const dual: NamedTable = { database: '', schema: '', name: 'DUAL', columns: ['DUMMY'] }

/** Fields whose names are not columns. */
const otherNames = new Set(
  'span data_type field alias collation wildcard_token Wildcard QualifiedWildcard opt_exclude opt_rename leading_field last_field'.split(
    ' ',
  ),
)

/** Functions whose arguments may be the bare name of a part of a date. */
const datePartFunctions = new Set(
  'DATEADD DATEDIFF DATE_PART DATE_TRUNC TIMEADD TIMEDIFF TIMESTAMPADD TIMESTAMPDIFF TRUNC LAST_DAY TIME_SLICE NEXT_DAY PREVIOUS_DAY'.split(
    ' ',
  ),
)
const datePart =
  /^(?:Y+|YEARS?|YRS?|MM?|MONS?|MONTHS?|DD?|DAYS?|DAYOFMONTH|DAYOFYEAR|DOY|DY|YEARDAY|DAY_?OF_?WEEK(?:_?ISO)?|DAYOFWEEKISO|WEEKDAY(?:_?ISO)?|DOW(?:_ISO)?|DW|W|WK|WEEKS?|WEEKOFYEAR|WOY|WY|WEEK_?ISO|WEEKOFYEARISO|Q|QTRS?|QUARTERS?|YEAROFWEEK(?:ISO)?|H|HH|HRS?|HOURS?|MI|MIN|MINUTES?|S|SEC|SECONDS?|MS|MSEC|MILLISECONDS?|US|USEC|MICROSECONDS?|NS|NSECS?|NANOSEC|NANOSECONDS?|NSECONDS?|EPOCH(?:_(?:SECONDS?|MILLISECONDS?|MICROSECONDS?|NANOSECONDS?))?|TIMEZONE_(?:HOUR|MINUTE)|TZ[HM]|ISO_WEEK|CENTURY|DECADE)$/i

/** Resolves the columns of an expression and the queries inside it. */
function resolveExpression(resolution: Resolution, tree: Tree, ctes: Ctes, scope: Scope): void {
  if (Array.isArray(tree)) for (const item of tree) resolveExpression(resolution, item, ctes, scope)
  else if (isNode(tree)) resolveNode(resolution, tree, ctes, scope)
}

function resolveNode(resolution: Resolution, node: TreeNode, ctes: Ctes, scope: Scope): void {
  if ('body' in node && 'order_by' in node) {
    resolution.resolveQuery(node, ctes, scope)
    return
  }
  for (const field in node) {
    const child = node[field]
    if (child === null || typeof child !== 'object') continue
    if (wildcards.has(field)) resolveReplaced(resolution, child, ctes, scope)
    if (otherNames.has(field)) continue
    if (field === 'Identifier' && isNode(child))
      resolveColumn(resolution, [partOf(child)], readSpan(child, resolution.offsets), scope)
    else if (field === 'CompoundIdentifier' && Array.isArray(child)) resolveCompound(resolution, child, scope)
    else if (field === 'Function' && isNode(child)) resolveCall(resolution, child, ctes, scope)
    else if (field === 'Lambda' && isNode(child)) resolveLambda(resolution, child, ctes, scope)
    else resolveExpression(resolution, child, ctes, scope)
  }
}

const wildcards = new Set(['Wildcard', 'QualifiedWildcard'])

/** Resolves the expressions of `* REPLACE (…)`. The other options of a star name columns of the star itself. */
function resolveReplaced(resolution: Resolution, star: Tree, ctes: Ctes, scope: Scope): void {
  for (const options of Array.isArray(star) ? star : [star]) {
    const replaced = isNode(options) ? nodeIn(options, 'opt_replace') : null
    for (const item of listIn(replaced ?? {}, 'items')) {
      if (isNode(item)) resolveExpression(resolution, item['expr'], ctes, scope)
    }
  }
}

function resolveCompound(resolution: Resolution, parts: readonly Tree[], scope: Scope): void {
  const idents = parts.filter(isNode)
  const spans = idents.map((ident) => readSpan(ident, resolution.offsets))
  const span = join(spans[0] ?? null, spans.at(-1) ?? null)
  resolveColumn(resolution, idents.map(partOf), span, scope)
}

/** Resolves the arguments of a call, except a bare date part such as `day`. */
function resolveCall(resolution: Resolution, call: TreeNode, ctes: Ctes, scope: Scope): void {
  const [first] = listIn(call, 'name')
  const ident = isNode(first) ? nodeIn(first, 'Identifier') : null
  const takesPart = ident !== null && datePartFunctions.has(fold(partOf(ident)))
  for (const field in call) {
    const child = call[field]
    if (field === 'name') continue
    if (field !== 'args' || !takesPart || !isNode(child)) resolveExpression(resolution, child, ctes, scope)
    else
      for (const argument of listIn(nodeIn(child, 'List') ?? child, 'args'))
        if (!isDatePart(argument)) resolveExpression(resolution, argument, ctes, scope)
  }
}

function isDatePart(argument: Tree): boolean {
  const expression = isNode(argument) ? nodeIn(nodeIn(argument, 'Unnamed') ?? {}, 'Expr') : null
  const ident = expression === null ? null : nodeIn(expression, 'Identifier')
  return ident !== null && datePart.test(partOf(ident).text)
}

function resolveLambda(resolution: Resolution, lambda: TreeNode, ctes: Ctes, scope: Scope): void {
  const params = nodeIn(lambda, 'params')
  const listed = params === null ? [] : [params['One'], ...listIn(params, 'Many')]
  const names = listed.flatMap((param) => (isNode(param) ? [nodeIn(param, 'name')] : []))
  const aliases = new Set(names.flatMap((name) => (name === null ? [] : [fold(partOf(name))])))
  const inner: Scope = { ...openScope(scope), aliases }
  resolveExpression(resolution, lambda['body'], ctes, inner)
}

/** Words that parse as columns but are keywords or values of the session, the row or the hierarchy. */
const pseudoColumns = new Set(
  (
    'LEVEL CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP CURRENT_USER CURRENT_ROLE CURRENT_DATABASE CURRENT_SCHEMA CURRENT_WAREHOUSE LOCALTIME ' +
    'LOCALTIMESTAMP SYSDATE TRUE FALSE NULL DEFAULT CONNECT_BY_ISLEAF CONNECT_BY_ISCYCLE ROWNUM ALL'
  ).split(' '),
)

/** Looks a column up from the innermost scope outwards; adds a fault if no scope has it. */
function resolveColumn(resolution: Resolution, parts: readonly NamePart[], span: Span | null, scope: Scope): void {
  if (resolution.index === null || resolution.faults.length > mostFaults || /^\$\d+$/.test(parts.at(-1)?.text ?? ''))
    return
  if (parts.length === 1) resolveBare(resolution, parts, span, scope)
  else resolveQualified(resolution, parts, span, scope)
}

function resolveQualified(resolution: Resolution, parts: readonly NamePart[], span: Span | null, scope: Scope): void {
  const names = parts.map(fold)
  const source = sourceNamed(scope, names.slice(0, -1))
  if (source !== null) {
    const isFound =
      source.open || source.columns.has(names.at(-1) ?? '') || (source.loose && parts.at(-1)?.quoted === true)
    if (!isFound) resolution.faults.push(columnFault(parts, span, [source], []))
    return
  }
  const sources = allSources(scope)
  const mayBeUnnamed = sources.some(({ open, alias, table }) => open && alias === null && table === null)
  const isField = sources.some((candidate) => candidate.columns.has(names[0] ?? ''))
  if (!mayBeUnnamed && !isField) resolution.faults.push(qualifierFault(parts, span, sources))
}

function resolveBare(resolution: Resolution, parts: readonly NamePart[], span: Span | null, scope: Scope): void {
  const name = parts.map(fold).join('')
  const known: string[] = []
  for (const { sources, aliases } of scopesFrom(scope)) {
    if (aliases.has(name) || sources.some((source) => source.open || source.columns.has(name))) return
    known.push(...aliases)
  }
  const isQuoted = parts.some((part) => part.quoted)
  if ((!isQuoted && pseudoColumns.has(name)) || (isQuoted && allSources(scope).some((source) => source.loose))) return
  resolution.faults.push(columnFault(parts, span, allSources(scope), known))
}

const allSources = (scope: Scope): readonly Source[] => [...scopesFrom(scope)].flatMap(({ sources }) => sources)
