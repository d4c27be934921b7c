import { callFunction, callNamed } from '../functions/call-function.ts'
import { castTo, oneOf } from './casts.ts'
import { asCondition } from './coercions.ts'
import { interval } from './date-arithmetic.ts'
import { unitOf } from './date-units.ts'
import {
  emitted,
  type Emitted,
  nullConstant,
  floating,
  integerConstant,
  scaleOf,
  textConstant,
  type OutputColumn,
  spelled,
} from './emitted.ts'
import { nameOf, quoted } from './identifiers.ts'
import { binary, compare, unary } from './operators.ts'
import { between, inList, inSubquery, isTest, likeTest, quantified, regexpTest } from './predicates.ts'
import { arrayLiteral, dictionary, jsonAccess } from './semi-structured.ts'
import { cannotRun, fields, listOf, type Node, optional, tagged, literalOf, textOf } from './syntax.ts'
import { assertOneColumn, lookUp, type Translator, relationNamed, type Relation } from './translator.ts'

type Rule = (body: Node, t: Translator) => Emitted

const rules: Readonly<Record<string, Rule>> = {
  Nested: (body, t) => t.expr(body),
  Identifier: (body, t) => column([body], t),
  CompoundIdentifier: (body, t) => column(listOf(body), t),
  Value: (body, t) => value({ Value: body }, t),
  TypedString: typedString,
  BinaryOp: binary,
  UnaryOp: unary,
  Cast: cast,
  Case: caseWhen,
  Function: callFunction,
  IsNull: (body, t) => isTest(body, 'IS NULL', t),
  IsNotNull: (body, t) => isTest(body, 'IS NOT NULL', t),
  IsTrue: (body, t) => isTest(body, 'IS TRUE', t),
  IsNotTrue: (body, t) => isTest(body, 'IS NOT TRUE', t),
  IsFalse: (body, t) => isTest(body, 'IS FALSE', t),
  IsNotFalse: (body, t) => isTest(body, 'IS NOT FALSE', t),
  IsDistinctFrom: (body, t) => distinctFrom(body, 'IS DISTINCT FROM', t),
  IsNotDistinctFrom: (body, t) => distinctFrom(body, 'IS NOT DISTINCT FROM', t),
  InList: inList,
  InSubquery: inSubquery,
  Between: between,
  Like: (body, t) => likeTest(body, 'LIKE', t),
  ILike: (body, t) => likeTest(body, 'ILIKE', t),
  RLike: regexpTest,
  AnyOp: (body, t) => quantified(body, 'ANY', t),
  AllOp: (body, t) => quantified(body, 'ALL', t),
  Exists: exists,
  Subquery: subquery,
  Tuple: tuple,
  JsonAccess: jsonAccess,
  Array: arrayLiteral,
  Dictionary: dictionary,
  Interval: (body) => interval(body),
  Extract: extract,
  Ceil: (body, t) => rounded(body, 'CEIL', t),
  Floor: (body, t) => rounded(body, 'FLOOR', t),
  Position: position,
  Substring: substring,
  Trim: trim,
}

/** One expression of Snowflake's dialect in DuckDB's. */
export function expression(node: Node, t: Translator): Emitted {
  const [tag, body] = tagged(node)
  const rule = rules[tag]
  if (rule === undefined) throw cannotRun(`the construct ${tag}`)
  return rule(body, t)
}

function column(parts: readonly Node[], t: Translator): Emitted {
  const [last, ...before] = parts.toReversed()
  const place = /^\$(\d+)$/.exec(placeholderIn(last))?.[1]
  const path = before.toReversed().map(nameOf)
  const qualifier = path.at(-1) ?? null
  const relation = qualifier === null ? null : relationNamed(t.scope, qualifier)
  if (place !== undefined) return emittedColumn(path, relation, columnAt(Number(place), relation, t))
  const name = nameOf(last)
  const parameter = qualifier === null ? t.scope.parameters.get(name) : undefined
  if (parameter !== undefined) return parameter
  assertOneColumn(t.scope, qualifier, name)
  const known = lookUp(t.scope, qualifier, name)
  if (known === null && qualifier === null && Object.hasOwn(bareFunctions, name))
    return callNamed(bareFunctions[name] ?? name, [], t)
  return emittedColumn(path, relation, known ?? { name, stored: true, kind: 'unknown', scale: null })
}

/** Functions that are called without parentheses where no column has their name. */
const bareFunctions: Readonly<Record<string, string>> = {
  CURRENT_DATE: 'CURRENT_DATE',
  CURRENT_TIME: 'CURRENT_TIME',
  CURRENT_TIMESTAMP: 'CURRENT_TIMESTAMP',
  LOCALTIME: 'CURRENT_TIME',
  LOCALTIMESTAMP: 'LOCALTIMESTAMP',
  CURRENT_USER: 'CURRENT_USER',
}

function emittedColumn(path: readonly string[], relation: Relation | null, column: OutputColumn): Emitted {
  const [first, ...more] = path
  const prefix =
    first === undefined
      ? []
      : more.length > 0 || relation === null
        ? path.map(quoted)
        : [spelled({ ...relation, name: first })]
  return emitted([...prefix, spelled(column)].join('.'), column.kind, [], { scale: column.scale })
}

const placeholderIn = (node: Node): string => {
  const value = (node as { readonly value?: unknown } | undefined)?.value
  return typeof value === 'string' ? value : ''
}

/** The column at a place (`$1`) of a relation, or of the only one in sight. */
function columnAt(place: number, relation: Relation | null, t: Translator): OutputColumn {
  const [only, ...others] = relation === null ? t.scope.relations : [relation]
  const column = only?.complete === true && others.length === 0 ? only.known[place - 1] : undefined
  if (column === undefined) throw cannotRun(`the parameter $${place}`)
  if (only?.known.filter(({ name }) => name === column.name).length !== 1)
    throw cannotRun(`the name ${column.name} of several columns`)
  return column
}

function cast(body: Node, t: Translator): Emitted {
  const { kind, expr, data_type: type } = fields(body, 'CAST', ['kind', 'expr', 'data_type'])
  return castTo(t.expr(expr), type, kind === 'TryCast')
}

function caseWhen(body: Node, t: Translator): Emitted {
  const parts = fields(body, 'CASE', ['operand', 'conditions', 'else_result'])
  const operand = optional(parts['operand'])
  const branches = listOf(parts['conditions']).map((node) => fields(node, 'CASE', ['condition', 'result']))
  const subject = operand === null ? null : t.expr(operand)
  if (subject?.volatile === true) throw cannotRun('CASE on a random value')
  const conditions = branches.map(({ condition }) => {
    const e = t.expr(condition)
    return subject === null ? asCondition(e) : compare('=', subject, e)
  })
  const otherwise = optional(parts['else_result'])
  const results = [
    ...branches.map(({ result }) => t.expr(result)),
    otherwise === null ? nullConstant : t.expr(otherwise),
  ]
  return oneOf(
    results,
    (texts) =>
      `CASE ${conditions.map((c, i) => `WHEN ${c.text} THEN ${texts[i] ?? 'NULL'}`).join(' ')} ELSE ${texts.at(-1) ?? 'NULL'} END`,
    conditions,
  )
}

function distinctFrom(body: Node, test: string, t: Translator): Emitted {
  const [left, right] = listOf(body)
  return compare(test, t.expr(left), t.expr(right))
}

function exists(body: Node, t: Translator): Emitted {
  const { subquery: query, negated } = fields(body, 'EXISTS', ['subquery', 'negated'])
  return emitted(`(${negated === true ? 'NOT ' : ''}EXISTS (${t.query(query).text}))`, 'boolean')
}

function subquery(body: Node, t: Translator): Emitted {
  const query = t.query(body)
  const only = query.columns?.length === 1 ? query.columns[0] : undefined
  return emitted(`(${query.text})`, only?.kind ?? 'unknown', [], { scale: only?.scale ?? null, weight: 20 })
}

function tuple(body: Node, t: Translator): Emitted {
  const parts = listOf(body).map((node) => t.expr(node))
  return emitted(`(${parts.map((part) => part.text).join(', ')})`, 'unknown', parts)
}

function extract(body: Node, t: Translator): Emitted {
  const { field, expr } = fields(body, 'EXTRACT', ['field', 'syntax', 'expr'])
  return callNamed('DATE_PART', [{ Value: { value: { SingleQuotedString: unitOf(field) } } }, expr], t)
}

function rounded(body: Node, name: string, t: Translator): Emitted {
  const { expr, field } = fields(body, name, ['expr', 'field'])
  const [tag, detail] = tagged(field)
  if (tag === 'DateTimeField' && detail === 'NoDateTime') return callNamed(name, [expr], t)
  if (tag === 'Scale') return callNamed(name, [expr, { Value: detail }], t)
  throw cannotRun(`${name} to a date part`)
}

function position(body: Node, t: Translator): Emitted {
  const parts = fields(body, 'POSITION', ['expr', 'in'])
  return callNamed('POSITION', [parts['expr'], parts['in']], t)
}

function substring(body: Node, t: Translator): Emitted {
  const parts = fields(body, 'SUBSTRING', ['expr', 'substring_from', 'substring_for', 'special', 'shorthand'])
  const args = [parts['expr'], parts['substring_from'], parts['substring_for']].filter(
    (node) => optional(node) !== null,
  )
  return callNamed('SUBSTR', args, t)
}

function trim(body: Node, t: Translator): Emitted {
  const parts = fields(body, 'TRIM', ['expr', 'trim_where', 'trim_what', 'trim_characters'])
  const where = optional(parts['trim_where'])
  const name = where === 'Leading' ? 'LTRIM' : where === 'Trailing' ? 'RTRIM' : 'TRIM'
  const what = [parts['trim_what'], ...listOf(parts['trim_characters'])].filter((node) => optional(node) !== null)
  return callNamed(name, [parts['expr'], ...what], t)
}

/** A literal. Whole numbers stay whole; more digits than Snowflake's 38 are refused. */
function value(node: Node, t: Translator): Emitted {
  const literal = literalOf(node)
  if (literal === null) throw cannotRun('this value')
  const [tag, body] = literal
  switch (tag) {
    case 'Number':
      return number(textOf(listOf(body)[0], 'this number'))
    case 'SingleQuotedString':
      return textConstant(textOf(body, 'this text'))
    case 'DollarQuotedString':
      return textConstant(textOf(fields(body, 'this text', ['value', 'tag'])['value'], 'this text'))
    case 'Boolean':
      return emitted(body === true ? 'TRUE' : 'FALSE', 'boolean', [], { constant: body === true })
    case 'Null':
      return nullConstant
    case 'Placeholder':
      return column([{ value: textOf(body, 'this parameter') }], t)
    default:
      throw cannotRun(`a literal of the kind ${tag}`)
  }
}

function number(text: string): Emitted {
  if (/^\d+$/.test(text)) {
    const digits = text.replace(/^0+(?=\d)/, '')
    if (digits.length > 38) throw cannotRun('a number of more than 38 digits')
    return digits.length <= 15
      ? integerConstant(Number(digits))
      : emitted(digits.length <= 18 ? digits : `CAST('${digits}' AS DECIMAL(38, 0))`, 'number', [], {
          scale: scaleOf(0),
        })
  }
  const fixed = /^(\d*)\.(\d*)$/.exec(text)
  if (fixed !== null) {
    const [, before = '', after = ''] = fixed
    if (before.length + after.length > 38) throw cannotRun('a number of more than 38 digits')
    if (after === '') return number(before)
    return emitted(`${before === '' ? '0' : before}.${after}`, 'number', [], { scale: scaleOf(after.length) })
  }
  if (/^\d*\.?\d*e[+-]?\d+$/i.test(text)) return emitted(`CAST(${text} AS DOUBLE)`, 'number', [], { scale: floating })
  throw cannotRun(`the number ${text}`)
}

/** `DATE '2024-01-31'`. */
function typedString(body: Node, t: Translator): Emitted {
  const parts = fields(body, 'a typed literal', ['data_type', 'value', 'uses_odbc_syntax'])
  return castTo(value({ Value: parts['value'] }, t), parts['data_type'], false)
}
