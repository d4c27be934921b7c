import type { Span } from '../../../contract/problem.ts'
import type { ParserInput } from '../parser-input.ts'

/** Turns a parser's positions, which count code points of what it was given, into UTF-16 offsets of the source. */
export interface OffsetMap {
  /** From an offset in code points. */
  at(codePoint: number): number
  /** From a line and column, both from 1. */
  atLine(line: number, column: number): number
}

export function makeOffsetMap({ text, toSource }: ParserInput): OffsetMap {
  const offsets = /[\ud800-\udbff]/.test(text) ? codePointOffsets(text) : null
  const lines = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines.push(at + 1)
  return {
    at: (codePoint) => toSource(offsets === null ? codePoint : (offsets[codePoint] ?? text.length)),
    atLine(line, column) {
      const start = lines[line - 1] ?? 0
      return toSource(offsets === null ? start + column - 1 : after(text, start, column - 1))
    },
  }
}

/** The offset so many code points after another. */
function after(text: string, start: number, codePoints: number): number {
  let at = start
  for (let left = codePoints; left > 0 && at < text.length; left -= 1) at += widthAt(text, at)
  return at
}

const widthAt = (text: string, at: number): number => ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1)

function codePointOffsets(text: string): readonly number[] {
  const offsets: number[] = []
  let at = 0
  while (at < text.length) {
    offsets.push(at)
    at += widthAt(text, at)
  }
  return [...offsets, text.length]
}

/** The span from the start of one to the end of another. */
export const join = (first: Span | null, last: Span | null): Span | null =>
  first === null || last === null ? (first ?? last) : { start: first.start, end: last.end }
