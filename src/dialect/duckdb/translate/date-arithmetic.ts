import { asMoment, asNumber, isOpen } from './coercions.ts'
import { type Duration, intervalText, isDayOrLonger, parseInterval, unitOf } from './date-units.ts'
import { emitted, type Emitted, knownScale, macro, typeText, whole } from './emitted.ts'
import { cannotRun, fields, type Node, optional, stringLiteral } from './syntax.ts'

/** `INTERVAL '1 day, 2 hours'`. */
export function interval(node: Node): Emitted {
  const { value, leading_field: field } = fields(node, 'this interval', ['value', 'leading_field'])
  const text = stringLiteral(value)
  if (text === null) throw cannotRun('an interval that is no plain text')
  const spelled = optional(field) === null ? text : `${text} ${unitOf(field)}`
  return emitted('INTERVAL', 'interval', [], { interval: parseInterval(spelled) })
}

/** A moment moved by an amount of a unit. A date stays a date for a day and longer, else it becomes a timestamp. */
export function shift(moment: Emitted, unit: Duration, amount: Emitted): Emitted {
  if (moment.kind === 'time' && !isDayOrLonger(unit)) {
    return emitted(`(${moment.text} + ${intervalText(unit, amount.text)})`, 'time', [moment, amount])
  }
  const m = asMoment(moment)
  const step = intervalText(unit, amount.text)
  const parts = [m, amount]
  if (m.kind === 'date' && isDayOrLonger(unit)) return emitted(`CAST((${m.text} + ${step}) AS DATE)`, 'date', parts)
  if (!isOpen(m)) return emitted(`(${m.text} + ${step})`, m.kind === 'date' ? 'timestamp' : m.kind, parts)
  if (!isDayOrLonger(unit)) return emitted(`(${m.text} + ${step})`, 'unknown', parts)
  return macro('sf_shift', [m], 'unknown', { extra: [step, typeText(m)], times: 3 })
}

function plusInterval(operator: string, moment: Emitted, span: Emitted): Emitted {
  return (span.interval ?? []).reduce((sum, [amount, unit]) => {
    const signed = operator === '-' ? -amount : amount
    return shift(sum, unit as Duration, emitted(`(${signed})`, 'number', [], { scale: whole, constant: signed }))
  }, moment)
}

/** `+` and `-` with a date, timestamp or interval known as such; null where plain arithmetic applies. */
export function dateArithmetic(operator: '+' | '-', l: Emitted, r: Emitted): Emitted | null {
  if (r.kind === 'interval' && l.kind !== 'interval') return plusInterval(operator, l, r)
  if (l.kind === 'interval' && r.kind !== 'interval' && operator === '+') return plusInterval('+', r, l)
  if (l.kind === 'interval' || r.kind === 'interval') throw cannotRun('arithmetic between intervals')
  if (l.kind === 'date') return fromDate(operator, l, r)
  if (r.kind === 'date' && operator === '+') return fromDate('+', r, l)
  if (r.kind === 'date' && isOpen(l)) {
    return emitted(`(${l.text} - ${r.text})`, 'number', [l, r], { scale: whole })
  }
  for (const side of [l, r]) {
    if (side.kind === 'timestamp' || side.kind === 'timestamptz' || side.kind === 'time' || side.kind === 'date') {
      throw cannotRun(`${operator} with a ${side.kind}`)
    }
  }
  return null
}

function fromDate(operator: '+' | '-', date: Emitted, other: Emitted): Emitted {
  if (other.kind === 'date') {
    if (operator === '+') throw cannotRun('the sum of two dates')
    return emitted(`(${date.text} - ${other.text})`, 'number', [date, other], { scale: whole })
  }
  if (isOpen(other)) {
    return emitted(`(${date.text} ${operator} ${other.text})`, operator === '+' ? 'date' : 'unknown', [date, other])
  }
  const days = asNumber(other)
  if (knownScale(days) !== 0) throw cannotRun(`a date ${operator} a number that may have a fraction`)
  return emitted(`(${date.text} ${operator} CAST(${days.text} AS INTEGER))`, 'date', [date, days])
}
