import { join } from '../trees/places.ts'
import { partOf } from '../trees/sqlparser-ident.ts'
import { isNode, listIn, nodeIn } from '../trees/tree.ts'
import type { Tree, TreeNode } from '../trees/tree.ts'
import { fold } from '../trees/tree-facts.ts'
import type { Ctes, NameReading } from './name-reading.ts'
import type { Scope } from './name-scope.ts'
import { resolveColumn } from './resolve-column.ts'

/** Fields that hold names of something else than columns. */
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

/** Reads the columns of an expression, the queries inside it included. */
export function resolveExpression(reading: NameReading, tree: Tree, ctes: Ctes, scope: Scope): void {
  if (Array.isArray(tree)) for (const item of tree) resolveExpression(reading, item, ctes, scope)
  else if (isNode(tree)) resolveNode(reading, tree, ctes, scope)
}

function resolveNode(reading: NameReading, node: TreeNode, ctes: Ctes, scope: Scope): void {
  if (isQuery(node)) {
    reading.readQuery(node, ctes, scope)
    return
  }
  for (const field in node) {
    const child = node[field]
    if (child === null || typeof child !== 'object') continue
    if (wildcards.has(field)) resolveReplaced(reading, child, ctes, scope)
    if (otherNames.has(field)) continue
    if (field === 'Identifier' && isNode(child)) resolveColumn(reading, [partOf(child)], reading.spanOf(child), scope)
    else if (field === 'CompoundIdentifier' && Array.isArray(child)) resolveCompound(reading, child, scope)
    else if (field === 'Function' && isNode(child)) resolveCall(reading, child, ctes, scope)
    else if (field === 'Lambda' && isNode(child)) resolveLambda(reading, child, ctes, scope)
    else resolveExpression(reading, child, ctes, scope)
  }
}

const wildcards = new Set(['Wildcard', 'QualifiedWildcard'])

/** `* REPLACE (expression AS column)`: the rest of a star's options are names of columns that it stands for. */
function resolveReplaced(reading: NameReading, star: Tree, ctes: Ctes, scope: Scope): void {
  for (const options of Array.isArray(star) ? star : [star]) {
    const replaced = isNode(options) ? nodeIn(options, 'opt_replace') : null
    for (const item of listIn(replaced ?? {}, 'items')) {
      if (isNode(item)) resolveExpression(reading, item['expr'], ctes, scope)
    }
  }
}

const isQuery = (node: TreeNode): boolean => 'body' in node && 'order_by' in node

function resolveCompound(reading: NameReading, parts: readonly Tree[], scope: Scope): void {
  const idents = parts.filter(isNode)
  const spans = idents.map(reading.spanOf)
  const span = join(spans[0] ?? null, spans.at(-1) ?? null)
  resolveColumn(reading, idents.map(partOf), span, scope)
}

/** A call: its name is none of a column, nor is the part of a date among its arguments. */
function resolveCall(reading: NameReading, call: TreeNode, ctes: Ctes, scope: Scope): void {
  const [first] = listIn(call, 'name')
  const ident = isNode(first) ? nodeIn(first, 'Identifier') : null
  const takesPart = ident !== null && datePartFunctions.has(fold(partOf(ident)))
  for (const field in call) {
    const child = call[field]
    if (field === 'name') continue
    if (field !== 'args' || !takesPart || !isNode(child)) resolveExpression(reading, child, ctes, scope)
    else
      for (const argument of argumentsOf(child))
        if (!isDatePart(argument)) resolveExpression(reading, argument, ctes, scope)
  }
}

const argumentsOf = (args: TreeNode): readonly Tree[] => listIn(nodeIn(args, 'List') ?? args, 'args')

function isDatePart(argument: Tree): boolean {
  const expression = isNode(argument) ? nodeIn(nodeIn(argument, 'Unnamed') ?? {}, 'Expr') : null
  const ident = expression === null ? null : nodeIn(expression, 'Identifier')
  return ident !== null && datePart.test(partOf(ident).text)
}

function resolveLambda(reading: NameReading, lambda: TreeNode, ctes: Ctes, scope: Scope): void {
  const params = nodeIn(lambda, 'params')
  const listed = params === null ? [] : [params['One'], ...listIn(params, 'Many')]
  const names = listed.flatMap((param) => (isNode(param) ? [nodeIn(param, 'name')] : []))
  const aliases = new Set(names.flatMap((name) => (name === null ? [] : [fold(partOf(name))])))
  const inner: Scope = { sources: [], aliases, outer: scope }
  resolveExpression(reading, lambda['body'], ctes, inner)
}
