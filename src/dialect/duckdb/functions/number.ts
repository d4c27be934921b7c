import { refusal, failure, type Macros } from '../macros/macro-text.ts'
import { asNumber, asWhole } from '../translate/coercions.ts'
import {
  emitted,
  type Emitted,
  floating,
  knownScale,
  macro,
  scaleOf,
  scaleIn,
  scaleText,
  whole,
} from '../translate/emitted.ts'
import { divide, remainder } from '../translate/operators.ts'
import { cannotRun, integerLiteral, stringLiteral } from '../translate/syntax.ts'
import type { Call } from './call.ts'
import { truncatedDate } from './date-slices.ts'
import { custom, rule, type Rules } from './function-set.ts'
import { rowSequence } from './table-functions.ts'

/** The scale after rounding to a known number of digits: never more than there were. */
function keptScale(number: Emitted, digits: number): string | null {
  const known = knownScale(number)
  if (known === 'F') return floating
  return known === null ? null : scaleOf(Math.max(0, Math.min(known, digits)))
}

/** `ROUND`, `TRUNC`: half away from zero, or towards zero. Negative digits count before the point. */
function toDigits(name: 'round' | 'trunc'): (call: Call) => Emitted {
  return (call) => {
    if (name === 'trunc' && call.args.length === 2 && stringLiteral(call.args[1]) !== null) return truncatedDate(call)
    const number = asNumber(call.arg(0))
    const digits = call.args.length > 1 ? integerLiteral(call.args[1]) : 0
    if (digits === null) {
      if (knownScale(number) === 'F' || knownScale(number) === null)
        throw cannotRun(`${call.name} of floating point to computed digits`)
      const d = asWhole(call.arg(1))
      return macro(name === 'round' ? 'sf_round' : 'sf_truncate', [number, d], 'number', { scale: floating, times: 4 })
    }
    const scale = keptScale(number, digits)
    if (name === 'trunc') {
      return macro('sf_trunc', [number], 'number', { extra: [String(digits), scaleText(number)], scale, times: 3 })
    }
    return emitted(`round(${number.text}, ${digits})`, 'number', [number], { scale })
  }
}

/** `FLOOR` and `CEIL`, to whole numbers or to digits after the point. */
function toward(name: 'floor' | 'ceil'): (call: Call) => Emitted {
  return (call) => {
    const number = asNumber(call.arg(0))
    const known = knownScale(number)
    const scale = known === null ? null : known === 'F' ? floating : whole
    if (call.args.length === 1 || call.whole(1) === 0)
      return emitted(`${name}(${number.text})`, 'number', [number], { scale })
    const digits = call.whole(1)
    if (digits < 0 || digits > 12) throw cannotRun(`${name.toUpperCase()} to ${digits} digits`)
    return macro(name === 'floor' ? 'sf_floor' : 'sf_ceil', [number], 'number', {
      extra: [String(digits), scaleText(number)],
      times: 3,
    })
  }
}

/** `DIV0` and `DIV0NULL`: 0 where the divisor is 0, or NULL in the second's case. */
function guardedDivision(alsoNull: boolean): (call: Call) => Emitted {
  return (call) => {
    const [a, b] = [asNumber(call.arg(0)), asNumber(call.arg(1))]
    const nonZero = emitted(`nullif(${b.text}, 0)`, b.kind, [b], { scale: scaleIn(b) })
    const quotient = divide(a, nonZero)
    const zero = alsoNull ? `(${b.text} = 0 OR ${b.text} IS NULL)` : `${b.text} = 0`
    return emitted(
      `CASE WHEN ${zero} AND ${a.text} IS NOT NULL THEN 0 ELSE ${quotient.text} END`,
      'number',
      [a, b, quotient],
      {
        scale: quotient.scale,
        times: 2,
      },
    )
  }
}

const absolute = (call: Call): Emitted => {
  const number = asNumber(call.arg(0))
  return emitted(`abs(${number.text})`, 'number', [number], { scale: number.scale })
}

/** `RANDOM()`: some 64-bit whole number. A seed promises Snowflake's own sequence, which DuckDB cannot give. */
const random = (): Emitted =>
  emitted('CAST((random() - 0.5) * 1.8e19 AS BIGINT)', 'number', [], { scale: whole, volatile: true })

/** `UNIFORM(low, high, RANDOM())`: whole between whole bounds, else floating point. */
function uniform(call: Call): Emitted {
  const generator = call.arg(2)
  if (!generator.volatile) throw cannotRun('UNIFORM with a generator other than RANDOM()')
  const [low, high] = [asNumber(call.arg(0)), asNumber(call.arg(1))]
  const more = { volatile: true, weight: low.weight + high.weight + 5 }
  if (typeof low.constant !== 'number' || typeof high.constant !== 'number') {
    throw cannotRun('UNIFORM with computed bounds')
  }
  if (low.constant > high.constant) throw cannotRun('UNIFORM with bounds that do not ascend')
  return emitted(
    `CAST(floor(random() * ${high.constant - low.constant + 1}) + ${low.constant} AS BIGINT)`,
    'number',
    [],
    { ...more, scale: whole },
  )
}

const sequence = (call: Call): Emitted => emitted(rowSequence(call.name, call.t), 'number', [], { scale: whole })

const float = (name: string): ReturnType<typeof rule> => rule('f', 'float', `${name}($1)`)
/** A function that may leave the range of floating point. */
const steep = (name: string): ReturnType<typeof rule> => rule('f', 'float', `sf_finite(${name}($1), isfinite($1))`)
const power = rule('ff', 'float', 'sf_pow($1, $2)')
const truncate = [custom(1, 2, toDigits('trunc'), 'date_trunc')]
const ceiling = [custom(1, 2, toward('ceil'), 'ceil')]

/** Functions on numbers. */
export const numberRules: Rules = {
  ABS: [custom(1, 1, absolute, 'abs')],
  ROUND: [custom(1, 2, toDigits('round'), 'round')],
  TRUNC: truncate,
  TRUNCATE: truncate,
  CEIL: ceiling,
  CEILING: ceiling,
  FLOOR: [custom(1, 2, toward('floor'), 'floor')],
  MOD: [custom(2, 2, (call) => remainder(call.arg(0), call.arg(1)))],
  DIV0: [custom(2, 2, guardedDivision(false), 'nullif')],
  DIV0NULL: [custom(2, 2, guardedDivision(true), 'nullif')],
  SIGN: rule('n', 'whole', 'CAST(sign($1) AS BIGINT)'),
  SQRT: float('sqrt'),
  CBRT: float('cbrt'),
  EXP: steep('exp'),
  LN: float('ln'),
  LOG: rule('ff', 'float', 'sf_finite(log($1, $2), isfinite($1) AND isfinite($2))'),
  POWER: power,
  POW: power,
  SQUARE: rule('f', 'float', '($1 * $1)'),
  FACTORIAL: rule('w', 'whole', 'factorial(CAST($1 AS INTEGER))'),
  PI: rule('', 'float', 'pi()'),
  SIN: float('sin'),
  COS: float('cos'),
  TAN: float('tan'),
  COT: float('cot'),
  ASIN: float('asin'),
  ACOS: float('acos'),
  ATAN: float('atan'),
  ATAN2: rule('ff', 'float', 'atan2($1, $2)'),
  SINH: steep('sinh'),
  COSH: steep('cosh'),
  TANH: float('tanh'),
  ASINH: float('asinh'),
  ACOSH: float('acosh'),
  ATANH: steep('atanh'),
  DEGREES: float('degrees'),
  RADIANS: float('radians'),
  HAVERSINE: rule('ffff', 'float', 'sf_haversine($1, $2, $3, $4)'),
  BITAND: rule('ww', 'whole', '($1 & $2)'),
  BITOR: rule('ww', 'whole', '($1 | $2)'),
  BITXOR: rule('ww', 'whole', 'xor($1, $2)'),
  BITNOT: rule('w', 'whole', '(~ $1)'),
  BITSHIFTLEFT: rule('ww', 'whole', 'sf_shift_left($1, $2)'),
  BITSHIFTRIGHT: rule('ww', 'whole', 'sf_shift_right($1, $2)'),
  WIDTH_BUCKET: rule('nnnw', 'whole', 'sf_width_bucket($1, $2, $3, $4)'),
  SEQ1: [custom(0, 1, sequence)],
  SEQ2: [custom(0, 1, sequence)],
  SEQ4: [custom(0, 1, sequence)],
  SEQ8: [custom(0, 1, sequence)],
  RANDOM: [custom(0, 0, random, 'random')],
  UNIFORM: [custom(3, 3, uniform, 'random', 'floor')],
}

/** Macros of these functions alone. */
export const numberFunctionMacros = {
  // Of 128 bits in Snowflake; what needs more than 64 bits and the shift together may lose its first bits there.
  sf_shift_left: `(x, n) AS CASE WHEN n < 0 OR n > 62 THEN ${refusal('BITSHIFTLEFT by so many bits', 'BIGINT')} ELSE CAST(x AS HUGEINT) * (CAST(1 AS BIGINT) << n) END`,
  // Towards the smaller number, as the sign is kept.
  sf_shift_right: `(x, n) AS CASE WHEN n < 0 OR n > 62 THEN ${refusal('BITSHIFTRIGHT by so many bits', 'BIGINT')} ELSE x >> n END`,
  // Towards zero, at a number of digits.
  sf_trunc: `(x, d, k) AS cast_to_type(CASE WHEN k = 99 THEN trunc(CAST(x AS DOUBLE) * pow(10, d)) / pow(10, d)
     WHEN d >= k THEN x ELSE x - (x % CAST(pow(10, -d) AS DECIMAL(38, 18))) END, x)`,
  sf_floor: `(x, d, k) AS struct_extract({'float': CASE WHEN k = 99 THEN floor(CAST(x AS DOUBLE) * pow(10, d)) / pow(10, d) END,
     'fixed': CASE WHEN k < 99 THEN cast_to_type(floor(x * CAST(pow(10, d) AS DECIMAL(18, 0))) * CAST(pow(10, -d) AS DECIMAL(18, 12)), x) END}, CASE WHEN k = 99 THEN 'float' ELSE 'fixed' END)`,
  sf_ceil: `(x, d, k) AS struct_extract({'float': CASE WHEN k = 99 THEN ceil(CAST(x AS DOUBLE) * pow(10, d)) / pow(10, d) END,
     'fixed': CASE WHEN k < 99 THEN cast_to_type(ceil(x * CAST(pow(10, d) AS DECIMAL(18, 0))) * CAST(pow(10, -d) AS DECIMAL(18, 12)), x) END}, CASE WHEN k = 99 THEN 'float' ELSE 'fixed' END)`,
  // A result without bounds from arguments that have some: how Snowflake answers is not known.
  sf_finite: `(x, bounded) AS CASE WHEN bounded AND NOT isfinite(x) THEN ${refusal('a calculation whose result is infinite or no number', 'DOUBLE')} ELSE x END`,
  sf_pow: `(x, y) AS CASE WHEN isnan(pow(x, y)) AND NOT isnan(x) AND NOT isnan(y) THEN ${failure('Invalid floating point operation.', 'DOUBLE')} ELSE memory.main.sf_finite(pow(x, y), isfinite(x) AND isfinite(y)) END`,
  // Rounded half away from zero to a number of digits that is not known before.
  sf_round: `(x, d) AS CASE WHEN d < 0 OR d > 9 THEN ${refusal('ROUND to as many computed digits', 'DOUBLE')} ELSE round(x * CAST(rpad('1', 1 + CAST(d AS INTEGER), '0') AS DECIMAL(10, 0))) / CAST(rpad('1', 1 + CAST(d AS INTEGER), '0') AS DOUBLE) END`,
  sf_truncate: `(x, d) AS CASE WHEN d < 0 OR d > 9 THEN ${refusal('TRUNC to as many computed digits', 'DOUBLE')} ELSE trunc(x * CAST(rpad('1', 1 + CAST(d AS INTEGER), '0') AS DECIMAL(10, 0))) / CAST(rpad('1', 1 + CAST(d AS INTEGER), '0') AS DOUBLE) END`,
  sf_haversine: `(a, b, c, d) AS 2 * 6371 * asin(sqrt(pow(sin(radians(c - a) / 2), 2) + cos(radians(a)) * cos(radians(c)) * pow(sin(radians(d - b) / 2), 2)))`,
  // Exact where its arguments are: up to twelve digits after the point.
  sf_width_bucket: `(x, low, high, n) AS CASE WHEN low >= high THEN ${refusal('WIDTH_BUCKET over bounds that do not ascend', 'BIGINT')} WHEN n < 1 THEN ${failure('WIDTH_BUCKET needs one bucket or more.', 'BIGINT')}
     WHEN x < low THEN 0 WHEN x >= high THEN n + 1
     ELSE CAST(CAST(CAST(x - low AS DECIMAL(38, 12)) * 1000000000000 AS HUGEINT) * n // CAST(CAST(high - low AS DECIMAL(38, 12)) * 1000000000000 AS HUGEINT) AS BIGINT) + 1 END`,
} satisfies Macros
