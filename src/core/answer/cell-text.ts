import type { Cell, Column } from '../../contract/result.ts'
import { periodInWords } from '../../contract/words/cells.ts'
import type { ColumnRole } from '../chart/column-roles.ts'
import { decimalText, readDecimal } from './exact-decimal.ts'

const longestText = 80

/** A cell as a sentence says it: every digit of a measure with its thousands grouped, NULL by name, long text cut. */
export function cellText(cell: Cell, column: Column, role: ColumnRole): string {
  if (cell === null) return 'NULL'
  if (typeof cell === 'boolean') return cell ? 'true' : 'false'
  if (column.kind === 'number') return numberText(cell, column, role)
  const text = String(cell)
  if (column.kind === 'timestamp' || column.kind === 'date')
    return periodInWords(text, column.name) ?? text.replace(/[T ]00:00:00(?:\.0+)?$/, '')
  return text === '' ? '""' : plainText(text)
}

function numberText(cell: string | number, column: Column, role: ColumnRole): string {
  const value = role === 'measure' ? readDecimal(cell) : null
  // Years and identifiers are names: grouping their digits would change them. NaN and the infinities have no digits.
  return value === null ? plainText(String(cell)) : decimalText(value, column.scale)
}

/** One line, without characters that would reorder or break the sentence around it. */
function plainText(text: string): string {
  const line = text
    .slice(0, longestText * 4)
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\s]+/gu, ' ')
    .trim()
  if (line.length <= longestText) return line
  // Half of a surrogate pair is no character.
  const cut = line.slice(0, longestText - 1).replace(/[\ud800-\udbff]$/, '')
  return `${cut}…`
}
