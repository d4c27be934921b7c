import { castTo } from './casts.ts'
import { emitted, type Emitted, floating, integerConstant, nullConstant, scaleOf, textConstant } from './emitted.ts'
import { quoted } from './identifiers.ts'
import { cannotRun, fields, listOf, literalOf, type Node, textOf } from './syntax.ts'
import type { Translator } from './translator.ts'

/** A literal. Whole numbers stay whole; more digits than Snowflake's 38 are refused. */
export function value(node: Node, t: Translator | null = null): Emitted {
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
      return positional(textOf(body, 'this parameter'), t)
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

/** `$1` over `VALUES`. */
function positional(text: string, t: Translator | null): Emitted {
  const index = Number(/^\$(\d+)$/.exec(text)?.[1] ?? '0')
  const [relation, ...others] = t?.scope.relations ?? []
  const found = relation?.known[index - 1]
  if (relation === undefined || !relation.positional || others.length > 0 || found === undefined) {
    throw cannotRun(`the parameter ${text}`)
  }
  return emitted(quoted(found.name), found.kind, [], { scale: found.scale })
}

/** `DATE '2024-01-31'`. */
export function typedString(body: Node): Emitted {
  const parts = fields(body, 'a typed literal', ['data_type', 'value', 'uses_odbc_syntax'])
  return castTo(value({ Value: parts['value'] }), parts['data_type'], false)
}
