/** One part of a dotted name as it was written; a quoted part means exactly its letters. */
export interface WrittenPart {
  readonly text: string
  readonly quoted: boolean
}

const partText = String.raw`(?:"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{M}\p{N}_$]*)`
const parts = new RegExp(partText, 'gu')
const wholeName = new RegExp(`^${partText}(?:\\.${partText})*$`, 'u')
/** `@` with a dotted name, where a word can begin: not within an address such as `ada@example.com`. */
export const mentionText = new RegExp(`(?<![\\p{L}\\p{M}\\p{N}_.$"@])@(${partText}(?:\\.${partText})*)`, 'gu')

/** The parts of `SCHEMA.TABLE."a column"`; null for a text that is no dotted name. */
export function readName(text: string): readonly WrittenPart[] | null {
  if (!wholeName.test(text)) return null
  return [...text.matchAll(parts)].map(([part]) =>
    part.startsWith('"')
      ? { text: part.slice(1, -1).replaceAll('""', '"'), quoted: true }
      : { text: part, quoted: false },
  )
}

/** Stored names as one dotted name that `readName` reads back; a part is quoted only where it is no plain word. */
export const writeName = (stored: readonly string[]): string =>
  stored
    .map((part) => (/^[\p{L}_][\p{L}\p{M}\p{N}_$]*$/u.test(part) ? part : `"${part.replaceAll('"', '""')}"`))
    .join('.')
