import { asNumber, asText } from './coercions.ts'
import { emitted, type Emitted, macro, macroName } from './emitted.ts'
import { cannotRun } from './syntax.ts'

const model = /^(FM)?(\$?)([90,]+)(?:\.(0+))?$/

/**
 * A number by a format: digits before the point (`9` or `0`, groups of three), zeros after it, `$`, `FM`. Without `FM` the text has a
 * fixed width, one place for the sign included. What Snowflake does with unused digits after the point is refused rather than guessed.
 */
export function numberAsText(e: Emitted, format: string): Emitted {
  const written = format.toUpperCase()
  if (written === 'TM' || written === 'TM9') return asText(e)
  const match = model.exec(written)
  const [, compact = '', sign = '', whole = '', decimals = ''] = match ?? []
  const grouped = whole.includes(',')
  if (match === null || (grouped && !/^[90]{1,3}(,[90]{3})+$/.test(whole)))
    throw cannotRun(`the number format '${format}'`)
  const digits = whole.replaceAll(',', '')
  const number = asNumber(e)
  const rounded = emitted(`CAST(abs(${number.text}) AS DECIMAL(38, ${decimals.length}))`, 'number', [number])
  const least = digits.includes('0') ? digits.length - digits.indexOf('0') : 1
  const extra = [String(digits.length), String(least), grouped ? "','" : "''", `'${sign}'`]
  const plain = macro('sf_number_text', [rounded], 'text', { extra, times: 6 })
  const noMinusZero = `CASE WHEN ${rounded.text} = 0 THEN ${macroName('sf_no_minus_zero')}(${plain.text}) ELSE`
  const signed = `CASE WHEN ${number.text} < 0 THEN ${noMinusZero} '-' || ${plain.text} END ELSE ${plain.text} END`
  const width = 1 + sign.length + whole.length + (decimals === '' ? 0 : 1 + decimals.length)
  const text = compact === '' ? `lpad(${signed}, ${width}, ' ')` : signed
  return emitted(text, 'text', [number, plain], { times: 2 })
}
