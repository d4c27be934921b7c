/** A stored name as a quoted identifier, whatever stands in it. */
export const quotedName = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** A name of several parts, each quoted: `"DB"."SCHEMA"."T"`. */
export const quotedPath = (...parts: readonly string[]): string => parts.map(quotedName).join('.')

/** A text as Snowflake's string literal: both the quote and the backslash mean something there. */
export const quotedText = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`

/** The predicate that finds texts beginning with `prefix`, for a column of `INFORMATION_SCHEMA`. */
export const startsWith = (column: string, prefix: string): string =>
  `${column} LIKE ${quotedText(`${prefix.replaceAll(/[\^%_]/g, '^$&')}%`)} ESCAPE '^'`
