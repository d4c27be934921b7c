import { plainArgument, readCall } from '../functions/call.ts'
import { fullMatch } from '../functions/regular-expressions.ts'
import { asBoolean, asText } from './coercions.ts'
import { comparable, widened } from './common-types.ts'
import { emitted, type Emitted } from './emitted.ts'
import type { OutputColumn } from './emitted.ts'
import { nameOf } from './identifiers.ts'
import { compare } from './operators.ts'
import { bodyIf, cannotRun, fields, listOf, literalOf, type Node, optional, textOf } from './syntax.ts'
import type { EmittedQuery, Translator } from './translator.ts'

const negation = (negated: Node): string => (negated === true ? 'NOT ' : '')

/** `IS NULL`, `IS TRUE`, … */
export function isTest(node: Node, test: string, t: Translator): Emitted {
  const e = t.expr(node)
  const tested = test.endsWith('NULL') ? e : asBoolean(e)
  return emitted(`(${tested.text} ${test})`, 'boolean', [tested])
}

/** `x IN (a, b)`, rows of values included. */
export function inList(body: Node, t: Translator): Emitted {
  const { expr, list, negated } = fields(body, 'IN', ['expr', 'list', 'negated'])
  const items = listOf(list)
  const rows = items.map((item) => bodyIf(item, 'Tuple'))
  if (rows.some((row) => row !== undefined)) return inRows(expr, rows, negated, t)
  const subject = t.expr(expr)
  const pairs = items.map((item) => comparable(subject, t.expr(item)))
  if (new Set(pairs.map(([left]) => left.text)).size === 1 && pairs[0] !== undefined) {
    const [left] = pairs[0]
    const texts = pairs.map(([, right]) => right.text)
    return emitted(`(${left.text} ${negation(negated)}IN (${texts.join(', ')}))`, 'boolean', [
      left,
      ...pairs.map(([, r]) => r),
    ])
  }
  const tests = pairs.map(([left, right]) => emitted(`(${left.text} = ${right.text})`, 'boolean', [left, right]))
  return emitted(`(${negation(negated)}(${tests.map((e) => e.text).join(' OR ')}))`, 'boolean', tests)
}

function inRows(expr: Node, rows: readonly Node[], negated: Node, t: Translator): Emitted {
  const subject = bodyIf(expr, 'Tuple')
  if (subject === undefined) throw cannotRun('IN over rows of values')
  const left = listOf(subject).map((node) => t.expr(node))
  const tests = rows.map((row) => {
    const right = listOf(row).map((node) => t.expr(node))
    if (right.length !== left.length) throw cannotRun('IN over rows of different lengths')
    const equal = left.map((e, i) => compare('=', e, right[i] ?? e))
    return emitted(`(${equal.map((e) => e.text).join(' AND ')})`, 'boolean', equal)
  })
  return emitted(`(${negation(negated)}(${tests.map((e) => e.text).join(' OR ')}))`, 'boolean', tests)
}

export function inSubquery(body: Node, t: Translator): Emitted {
  const { expr, subquery, negated } = fields(body, 'IN', ['expr', 'subquery', 'negated'])
  const subject = t.expr(expr)
  const query = t.query(subquery)
  const only = query.columns?.length === 1 ? query.columns[0] : undefined
  if (only !== undefined && (only.kind === 'json') !== (subject.kind === 'json')) {
    const text = asText(subject)
    const inner = asText(emitted('q.c', only.kind, [], { scale: only.scale }))
    return emitted(
      `(${text.text} ${negation(negated)}IN (SELECT ${inner.text} FROM (${query.text}) AS q(c)))`,
      'boolean',
      [text],
    )
  }
  const sides = oneScale(subject, query)
  return emitted(`(${sides.subject.text} ${negation(negated)}IN (${sides.text}))`, 'boolean', [sides.subject])
}

/** Both sides of a comparison with a query, brought to one scale: DuckDB would round to that of the wider type. */
function oneScale(subject: Emitted, query: EmittedQuery): { readonly subject: Emitted; readonly text: string } {
  const only = query.columns?.length === 1 ? query.columns[0] : undefined
  if (only === undefined) return { subject, text: query.text }
  refuseUnlike(subject, only)
  const column = emitted('λc', only.kind, [], { scale: only.scale })
  const [left = subject, right = column] = widened([subject, column])
  if (right.text === column.text) return { subject: left, text: query.text }
  return { subject: left, text: `SELECT ${right.text} FROM (${query.text}) AS λq(λc)` }
}

/** Snowflake would make numbers or dates of the text; DuckDB would compare text. */
function refuseUnlike(subject: Emitted, column: OutputColumn): void {
  const kinds = [subject.kind, column.kind]
  if (kinds.includes('text') && kinds.some((kind) => ['number', 'boolean', 'date', 'timestamp'].includes(kind)))
    throw cannotRun(`a comparison of ${subject.kind} with a query of ${column.kind}`)
}

export function between(body: Node, t: Translator): Emitted {
  const { expr, low, high, negated } = fields(body, 'BETWEEN', ['expr', 'low', 'high', 'negated'])
  const subject = t.expr(expr)
  if (subject.kind === 'json' && [low, high].some((node) => t.expr(node).kind === 'json'))
    throw cannotRun('an order comparison of two VARIANTs without a cast')
  const [least, from] = comparable(subject, t.expr(low))
  const [most, to] = comparable(subject, t.expr(high))
  if (least.text === most.text) {
    return emitted(`(${least.text} ${negation(negated)}BETWEEN ${from.text} AND ${to.text})`, 'boolean', [
      least,
      from,
      to,
    ])
  }
  if (subject.volatile) throw cannotRun('BETWEEN on a random value')
  return emitted(`(${negation(negated)}(${least.text} >= ${from.text} AND ${most.text} <= ${to.text}))`, 'boolean', [
    least,
    from,
    most,
    to,
  ])
}

/** `LIKE` and `ILIKE`, `ANY` and `ALL` lists included. Snowflake has no escape character unless one is named. */
export function likeTest(body: Node, operator: 'LIKE' | 'ILIKE', t: Translator): Emitted {
  const parts = fields(body, operator, ['negated', 'any', 'expr', 'pattern', 'escape_char'])
  const subject = asText(t.expr(parts['expr']))
  const escape = escapeOf(parts['escape_char'])
  const one = (node: Node): Emitted => {
    const pattern = asText(t.expr(node))
    return emitted(`(${subject.text} ${operator} ${pattern.text}${escape})`, 'boolean', [subject, pattern])
  }
  const all = listOfAll(parts['pattern'])
  if (all !== null) {
    if (parts['negated'] === true || parts['any'] === true) throw cannotRun(`NOT ${operator} ALL`)
    const tests = all.map(one)
    return emitted(`(${tests.map((e) => e.text).join(' AND ')})`, 'boolean', tests)
  }
  const list = bodyIf(parts['pattern'], 'Tuple')
  if (parts['any'] === true && parts['negated'] === true) throw cannotRun(`NOT ${operator} ANY`)
  const patterns =
    parts['any'] === true
      ? list === undefined
        ? [bodyIf(parts['pattern'], 'Nested') ?? parts['pattern']]
        : listOf(list)
      : [parts['pattern']]
  const tests = patterns.map(one)
  return emitted(`(${negation(parts['negated'])}(${tests.map((e) => e.text).join(' OR ')}))`, 'boolean', tests)
}

/** The patterns of `LIKE ALL (…)`, which the parser takes for a call. */
function listOfAll(node: Node): readonly Node[] | null {
  const call = bodyIf(node, 'Function')
  if (call === undefined) return null
  const { name, args, modifiers } = readCall(call)
  if (name.length !== 1 || nameOf(name[0]) !== 'ALL' || modifiers.over !== null) return null
  return args.map((arg) => plainArgument(arg, 'ALL'))
}

function escapeOf(node: Node): string {
  if (optional(node) === null) return ''
  const literal = literalOf({ Value: node })
  const text = literal === null ? '' : textOf(literal[1], 'this escape character')
  if (!/^.$/su.test(text)) throw cannotRun('an escape character that is no single character')
  return ` ESCAPE '${text === "'" ? "''" : text}'`
}

/** The operators `RLIKE` and `REGEXP`: the whole text must match. */
export function regexpTest(body: Node, t: Translator): Emitted {
  const parts = fields(body, 'RLIKE', ['negated', 'expr', 'pattern', 'regexp'])
  const test = fullMatch(t.expr(parts['expr']), t.expr(parts['pattern']), '')
  return parts['negated'] === true ? emitted(`(NOT ${test.text})`, 'boolean', [test]) : test
}

const operators: Readonly<Record<string, string>> = { Eq: '=', NotEq: '<>', Lt: '<', LtEq: '<=', Gt: '>', GtEq: '>=' }

/** `x = ANY (SELECT …)`. */
export function quantified(body: Node, quantifier: 'ANY' | 'ALL', t: Translator): Emitted {
  const parts = fields(body, quantifier, ['left', 'compare_op', 'right', 'is_some'])
  const operator = operators[textOf(parts['compare_op'], 'this comparison')]
  const query = bodyIf(parts['right'], 'Subquery')
  if (operator === undefined || query === undefined) throw cannotRun(`${quantifier} over a list`)
  const sides = oneScale(t.expr(parts['left']), t.query(query))
  return emitted(`(${sides.subject.text} ${operator} ${quantifier} (${sides.text}))`, 'boolean', [sides.subject])
}
