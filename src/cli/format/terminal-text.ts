/** Control characters, line separators and the marks that turn the direction of writing. */
const controls = /[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu
const printableAscii = /^[\x20-\x7e]*$/
const wide =
  /^[\p{Extended_Pictographic}\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u

const shortEscapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** Text that a terminal only shows: control characters become visible escapes, so that no value moves the cursor or lies. */
export const escapeControls = (text: string): string =>
  printableAscii.test(text)
    ? text
    : text.replace(controls, (c) => shortEscapes[c] ?? `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** The same for text of several lines, whose line breaks and tabs stay. */
export const escapeLines = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.split('\t').map(escapeControls).join('\t'))
    .join('\n')

/** How many cells of a terminal a text without control characters takes. */
export function displayWidth(text: string): number {
  if (printableAscii.test(text)) return text.length
  let width = 0
  for (const { segment } of new Intl.Segmenter().segment(text)) width += wide.test(segment) ? 2 : 1
  return width
}

/** Cuts a text to a width, marking the cut. */
export function cutToWidth(text: string, width: number): string {
  if (displayWidth(text) <= width) return text
  let kept = ''
  let used = 1
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    used += wide.test(segment) ? 2 : 1
    if (used > width) break
    kept += segment
  }
  return `${kept}…`
}
