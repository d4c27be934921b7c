import { oneOf } from '../translate/casts.ts'
import { asCondition, asNumber } from '../translate/coercions.ts'
import { alike } from '../translate/common-types.ts'
import { emitted, type Emitted, integerConstant, nullConstant, scaleIn } from '../translate/emitted.ts'
import { compare } from '../translate/operators.ts'
import { cannotRun } from '../translate/syntax.ts'
import type { Call } from './call.ts'
import { custom, rule, type Rules } from './function-set.ts'

const all = (call: Call): readonly Emitted[] => call.args.map((_, i) => call.arg(i))
const joined = (name: string) => (texts: readonly string[]) => `${name}(${texts.join(', ')})`

const coalesce = (call: Call): Emitted => oneOf(all(call), joined('coalesce'))

const iff = (call: Call): Emitted => {
  const condition = asCondition(call.arg(0))
  const results = [call.arg(1), call.arg(2)]
  return oneOf(results, ([yes, no]) => `CASE WHEN ${condition.text} THEN ${yes} ELSE ${no} END`, [condition])
}

const nvl2 = (call: Call): Emitted => {
  const subject = call.arg(0)
  return oneOf(
    [call.arg(1), call.arg(2)],
    ([yes, no]) => `CASE WHEN ${subject.text} IS NOT NULL THEN ${yes} ELSE ${no} END`,
    [subject],
  )
}

const nullIf = (call: Call): Emitted => {
  const subject = call.arg(0)
  if (subject.volatile) throw cannotRun('NULLIF on a random value')
  const equal = compare('=', subject, call.arg(1))
  return emitted(`CASE WHEN ${equal.text} THEN NULL ELSE ${subject.text} END`, subject.kind, [equal, subject], {
    scale: subject.scale,
  })
}

/** `DECODE`: like `CASE`, but NULL equals NULL. */
function decode(call: Call): Emitted {
  const [subject, ...rest] = all(call)
  if (subject === undefined || subject.volatile) throw cannotRun('DECODE on a random value')
  const pairs = Math.floor(rest.length / 2)
  const conditions = Array.from({ length: pairs }, (_, i) =>
    compare('IS NOT DISTINCT FROM', subject, rest[2 * i] ?? nullConstant),
  )
  const results = Array.from({ length: pairs }, (_, i) => rest[2 * i + 1] ?? nullConstant)
  const otherwise = rest.length % 2 === 1 ? (rest.at(-1) ?? nullConstant) : nullConstant
  return oneOf(
    [...results, otherwise],
    (texts) =>
      `CASE ${conditions.map((c, i) => `WHEN ${c.text} THEN ${texts[i] ?? 'NULL'}`).join(' ')} ELSE ${texts.at(-1) ?? 'NULL'} END`,
    conditions,
  )
}

/** `GREATEST` and `LEAST`: NULL as soon as one value is, unlike DuckDB's. */
const extreme =
  (name: 'greatest' | 'least') =>
  (call: Call): Emitted => {
    const list = all(call)
    if (list.some((e) => e.volatile)) throw cannotRun(`${name.toUpperCase()} on a random value`)
    const same = alike(list)
    if (same.kind === 'json') throw cannotRun(`${name.toUpperCase()} of VARIANT values without a cast`)
    const missing = same.list.map((e) => `${e.text} IS NULL`).join(' OR ')
    const value = `${name}(${same.list.map((e) => e.text).join(', ')})`
    return emitted(`CASE WHEN ${missing} THEN NULL ELSE ${value} END`, same.kind, same.list, {
      scale: same.scale,
      times: 2,
    })
  }

const extremeIgnoringNulls =
  (name: 'greatest' | 'least') =>
  (call: Call): Emitted => {
    const same = alike(all(call))
    if (same.kind === 'json') throw cannotRun(`${name.toUpperCase()}_IGNORE_NULLS of VARIANT values without a cast`)
    return emitted(`${name}(${same.list.map((e) => e.text).join(', ')})`, same.kind, same.list, { scale: same.scale })
  }

const equalNull = (call: Call): Emitted => compare('IS NOT DISTINCT FROM', call.arg(0), call.arg(1))

const zeroIfNull = (call: Call): Emitted => {
  const number = asNumber(call.arg(0))
  return emitted(`coalesce(${number.text}, 0)`, 'number', [number], { scale: scaleIn(number) })
}

const nullIfZero = (call: Call): Emitted => {
  const number = asNumber(call.arg(0))
  return emitted(`nullif(${number.text}, 0)`, 'number', [number, integerConstant(0)], {
    scale: scaleIn(number),
    times: 2,
  })
}

const alternatives = [custom(2, 2, coalesce)]

/** Functions that choose between values. */
export const conditionalRules: Rules = {
  COALESCE: [custom(1, 200, coalesce)],
  NVL: alternatives,
  IFNULL: alternatives,
  NVL2: [custom(3, 3, nvl2)],
  IFF: [custom(3, 3, iff)],
  NULLIF: [custom(2, 2, nullIf)],
  DECODE: [custom(3, 200, decode)],
  GREATEST: [custom(1, 200, extreme('greatest'), 'greatest')],
  LEAST: [custom(1, 200, extreme('least'), 'least')],
  GREATEST_IGNORE_NULLS: [custom(1, 200, extremeIgnoringNulls('greatest'), 'greatest')],
  LEAST_IGNORE_NULLS: [custom(1, 200, extremeIgnoringNulls('least'), 'least')],
  EQUAL_NULL: [custom(2, 2, equalNull)],
  ZEROIFNULL: [custom(1, 1, zeroIfNull)],
  NULLIFZERO: [custom(1, 1, nullIfZero, 'nullif')],
  BOOLAND: rule('bb', 'boolean', '($1 AND $2)'),
  BOOLOR: rule('bb', 'boolean', '($1 OR $2)'),
  BOOLNOT: rule('b', 'boolean', '(NOT $1)'),
  BOOLXOR: rule('bb', 'boolean', '($1 <> $2)'),
}
