import { asCondition, asNumber, asText } from './coercions.ts'
import { comparable } from './common-types.ts'
import { dateArithmetic } from './date-arithmetic.ts'
import { combinedScale, emitted, type Emitted, floating, knownScale, macro, scaleText } from './emitted.ts'
import { bodyIf, cannotRun, fields, type Node, textOf } from './syntax.ts'
import type { Translator } from './translator.ts'

const comparisons: Readonly<Record<string, string>> = { Eq: '=', NotEq: '<>', Lt: '<', LtEq: '<=', Gt: '>', GtEq: '>=' }
const arithmetic = ['Plus', 'Minus', 'Multiply', 'Divide', 'Modulo']

const opOf = (node: Node): string | null => {
  const body = bodyIf(node, 'BinaryOp')
  return typeof body === 'object' && body !== null
    ? textOf((body as Record<string, Node>)['op'], 'this operator')
    : null
}

/** `a + b`, `a = b`, `a AND b`, … */
export function binary(node: Node, t: Translator): Emitted {
  const { left, op, right } = fields(node, 'an operator', ['left', 'op', 'right'])
  const name = textOf(op, 'this operator')
  if (name === 'StringConcat' || arithmetic.includes(name)) {
    const inner = [opOf(left), opOf(right)]
    if (inner.some((o) => (name === 'StringConcat' ? arithmetic.includes(o ?? '') : o === 'StringConcat')))
      throw cannotRun('|| beside arithmetic without parentheses')
  }
  return operate(name, t.expr(left), t.expr(right))
}

function operate(name: string, l: Emitted, r: Emitted): Emitted {
  const comparison = comparisons[name]
  if (comparison !== undefined) return compare(comparison, l, r)
  switch (name) {
    case 'And':
    case 'Or': {
      const [a, b] = [asCondition(l), asCondition(r)]
      return emitted(`(${a.text} ${name.toUpperCase()} ${b.text})`, 'boolean', [a, b])
    }
    case 'StringConcat': {
      const [a, b] = [asText(l), asText(r)]
      return emitted(`(${a.text} || ${b.text})`, 'text', [a, b])
    }
    case 'Plus':
      return dateArithmetic('+', l, r) ?? add('+', l, r)
    case 'Minus':
      return dateArithmetic('-', l, r) ?? add('-', l, r)
    case 'Multiply':
      return multiply(l, r)
    case 'Divide':
      return divide(l, r)
    case 'Modulo':
      return remainder(l, r)
    default:
      throw cannotRun(`the operator ${name}`)
  }
}

export function compare(operator: string, left: Emitted, right: Emitted): Emitted {
  if (left.kind === 'json' && right.kind === 'json' && /[<>]/.test(operator) && operator !== '<>')
    throw cannotRun('an order comparison of two VARIANTs without a cast')
  const [l, r] = comparable(left, right)
  return emitted(`(${l.text} ${operator} ${r.text})`, 'boolean', [l, r])
}

function add(operator: string, l: Emitted, r: Emitted): Emitted {
  const [a, b] = [asNumber(l), asNumber(r)]
  const left = mayOverflow(a) && mayOverflow(b) ? widened(a) : a
  const kind = knownScale(a) === null || knownScale(b) === null ? 'computed' : 'number'
  return emitted(`(${left.text} ${operator} ${b.text})`, kind, [a, b], {
    scale: combinedScale('sf_ka', Math.max, a, b),
  })
}

const column = /^("(?:[^"]|"")*"\.?)+$/

/** Whole numbers that DuckDB holds in 32 or 64 bits: literals and columns as they are. */
const mayOverflow = (e: Emitted): boolean =>
  knownScale(e) === 0 && (typeof e.constant === 'number' || column.test(e.text))

const widened = (e: Emitted): Emitted =>
  knownScale(e) === 0 ? { ...e, text: `CAST(${e.text} AS HUGEINT)`, constant: null } : e

/** Snowflake: scale min(s1 + s2, max(s1, s2, 12)). */
export function multiply(l: Emitted, r: Emitted): Emitted {
  const [a, b] = [asNumber(l), asNumber(r)]
  const [x, y] = [knownScale(a), knownScale(b)]
  const scale = combinedScale('sf_km', (s, z) => Math.min(s + z, Math.max(s, z, 12)), a, b)
  const left = mayOverflow(a) ? widened(a) : a
  if (x === 'F' || y === 'F' || (x !== null && y !== null && x + y <= 12)) {
    return emitted(`(${left.text} * ${b.text})`, 'number', [left, b], { scale })
  }
  return macro('sf_mul', [left, b], 'number', { extra: [scaleText(a), scaleText(b)], times: 2, scale })
}

/** Snowflake: exact, rounded half away from zero to scale max(s1, min(s1 + 6, 12)); by zero is an error. */
export function divide(l: Emitted, r: Emitted): Emitted {
  const [a, b] = [asNumber(l), asNumber(r)]
  const scale = combinedScale('sf_kd', (s) => Math.max(s, Math.min(s + 6, 12)), a, b)
  if (scale === floating) {
    return macro('sf_fdiv', [a, b], 'number', { scale })
  }
  return macro('sf_div', [a, b], 'number', { extra: [scaleText(a), scaleText(b)], scale, times: 3 })
}

export function remainder(l: Emitted, r: Emitted): Emitted {
  const [a, b] = [asNumber(l), asNumber(r)]
  return macro('sf_mod', [a, b], 'number', { scale: combinedScale('sf_ka', Math.max, a, b), times: 3 })
}

/** `-a`, `+a`, `NOT a`. */
export function unary(node: Node, t: Translator): Emitted {
  const { op, expr } = fields(node, 'an operator', ['op', 'expr'])
  const e = t.expr(expr)
  switch (op) {
    case 'Not': {
      const condition = asCondition(e)
      return emitted(`(NOT ${condition.text})`, 'boolean', [condition])
    }
    case 'Plus':
      return asNumber(e)
    case 'Minus': {
      if (e.kind === 'interval') throw cannotRun('a negated interval')
      const number = asNumber(e)
      const constant = typeof number.constant === 'number' ? -number.constant : null
      return emitted(`(- ${number.text})`, 'number', [number], { scale: number.scale, constant })
    }
    default:
      throw cannotRun(`the operator ${textOf(op, 'this operator')}`)
  }
}
