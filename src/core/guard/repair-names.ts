import type { NameFault } from './names/name-reading.ts'

/** The text with every name written as it should be, or null where for one of them that is not certain. */
export function repairNames(sql: string, faults: readonly NameFault[]): string | null {
  const fixes = new Map<number, NonNullable<NameFault['fix']>>()
  for (const { fix } of faults) {
    if (fix === null) return null
    fixes.set(fix.span.start, fix)
  }
  const inOrder = [...fixes.values()].toSorted((a, b) => a.span.start - b.span.start)
  const pieces: string[] = []
  let at = 0
  for (const { span, text } of inOrder) {
    if (span.start < at) return null
    pieces.push(sql.slice(at, span.start), text)
    at = span.end
  }
  return [...pieces, sql.slice(at)].join('')
}
