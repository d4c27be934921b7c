import type { Node } from './syntax.ts'

interface Place {
  readonly line: number
  readonly column: number
}

const endWords = /^(FROM|WHERE|GROUP|HAVING|QUALIFY|WINDOW|ORDER|LIMIT|FETCH|OFFSET|UNION|EXCEPT|MINUS|INTERSECT)$/i

/**
 * What Snowflake calls the unnamed columns of a select list: each expression as written, upper-cased.
 * Null where the text cannot be cut into as many parts as the list has.
 */
export function columnNames(source: string, select: Node, count: number): readonly string[] | null {
  const end = endOfKeyword(select)
  if (end === null) return null
  const start = offsetOf(source, end)
  const parts = cut(source.slice(start))
  return parts.length === count ? parts.map(displayed) : null
}

/** Where the word SELECT ends; null for a SELECT that was not written. */
function endOfKeyword(select: Node): Place | null {
  const inside = (node: Node, key: string): Node =>
    typeof node === 'object' && node !== null ? (node as Record<string, Node>)[key] : undefined
  const end = inside(inside(inside(select, 'select_token'), 'span'), 'end')
  const [line, column] = [inside(end, 'line'), inside(end, 'column')]
  return typeof line === 'number' && typeof column === 'number' && line > 0 ? { line, column } : null
}

/** Places count lines and characters from 1. */
function offsetOf(source: string, place: Place): number {
  const lines = source.split('\n')
  const before = lines.slice(0, place.line - 1).reduce((sum, line) => sum + line.length + 1, 0)
  const line = Array.from(lines[place.line - 1] ?? '')
  return before + line.slice(0, place.column - 1).join('').length
}

const displayed = (text: string): string =>
  text
    .replace(/^\s*(DISTINCT|ALL)\b/i, '')
    .replace(/^\s*TOP\s+\d+\b/i, '')
    .trim()
    .toUpperCase()

const pieces =
  /'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"]|"")*"|\$\$[\s\S]*?\$\$|(?:--|\/\/)[^\n]*|\/\*[\s\S]*?\*\/|[A-Za-z_][\w$]*|[\s\S]/gu

/** The parts of a select list between top-level commas, comments left out. */
function cut(text: string): readonly string[] {
  const parts: string[] = ['']
  let depth = 0
  let previous = ''
  for (const [piece] of text.matchAll(pieces)) {
    if (/^(--|\/\/|\/\*)/.test(piece)) continue
    if ('([{'.includes(piece)) depth++
    if (')]}'.includes(piece)) depth--
    const ends = depth === 0 && endWords.test(piece) && !/^(DISTINCT FROM|WITHIN GROUP)$/i.test(`${previous} ${piece}`)
    if (depth < 0 || ends || (depth === 0 && piece === ';')) break
    if (depth === 0 && piece === ',') parts.push('')
    else parts[parts.length - 1] += piece
    if (piece.trim() !== '') previous = piece
  }
  return parts
}
