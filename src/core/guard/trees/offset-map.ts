import type { Span } from '../../../contract/problem.ts'
import type { ParserInput } from '../parser-input.ts'

/** Converts a parser's positions, in code points of the rewritten text, to UTF-16 offsets in the source. */
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

/** Returns the offset a number of code points after another. */
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

/** Joins two spans into one from the start of the first to the end of the last. */
export const join = (first: Span | null, last: Span | null): Span | null =>
  first === null || last === null ? (first ?? last) : { start: first.start, end: last.end }
