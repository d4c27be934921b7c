const loneSurrogate = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g
const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`

/** JSON text as PostgreSQL can keep it: NUL and lone surrogates become JSON escapes, so that parsing gives the same value. */
export function storableJson(json: string): string {
  const text = json.isWellFormed() ? json : json.replaceAll(loneSurrogate, escaped)
  return text.includes('\0') ? text.replaceAll('\0', escaped) : text
}

/** Plain text as PostgreSQL can keep it: NUL becomes its picture, a lone surrogate the replacement character. */
export const storableText = (text: string): string => text.toWellFormed().replaceAll('\0', '\u2400')
