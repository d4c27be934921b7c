import { asNumber, asText } from './coercions.ts'
import { emitted, type Emitted, macro } from './emitted.ts'
import { cannotRun } from './syntax.ts'

const compact = /^FM(\$?)([9,]*0[0,]*)(?:\.(0+))?$/

/**
 * A number by a format. Only compact formats (`FM`) whose zeros fix the digits after the point are translated: what Snowflake
 * pads with blanks or suppresses elsewhere is refused rather than guessed. Groups of three, as the format writes them.
 */
export function numberAsText(e: Emitted, format: string): Emitted {
  const model = format.toUpperCase()
  if (model === 'TM' || model === 'TM9') return asText(e)
  const match = compact.exec(model)
  const [, sign = '', whole = '', decimals = ''] = match ?? []
  const grouped = whole.includes(',')
  if (match === null || (grouped && !/^[90]{1,3}(,[90]{3})+$/.test(whole)))
    throw cannotRun(`the number format '${format}'`)
  const digits = whole.replaceAll(',', '')
  const number = asNumber(e)
  const rounded = emitted(`CAST(abs(${number.text}) AS DECIMAL(38, ${decimals.length}))`, 'number', [number])
  const least = digits.length - digits.indexOf('0')
  const extra = [String(digits.length), String(least), grouped ? "','" : "''", `'${sign}'`]
  const text = macro('sf_number_text', [rounded], 'text', { extra, times: 6 })
  return emitted(
    `CASE WHEN ${number.text} < 0 THEN '-' || ${text.text} ELSE ${text.text} END`,
    'text',
    [number, text],
    { times: 2 },
  )
}
