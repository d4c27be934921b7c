/** A stored name as a quoted identifier. */
export const quotedName = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** A name of several parts, each quoted: `"DB"."SCHEMA"."T"`. */
export const quotedPath = (...parts: readonly string[]): string => parts.map(quotedName).join('.')

/** A text as a Snowflake string literal, with quotes and backslashes escaped. */
export const quotedText = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`

/** The predicate that finds texts beginning with `prefix`, for a column of `INFORMATION_SCHEMA`. */
export const startsWith = (column: string, prefix: string): string =>
  `${column} LIKE ${quotedText(`${prefix.replaceAll(/[\^%_]/g, '^$&')}%`)} ESCAPE '^'`

/** Snowflake's reserved and limited keywords, which need quotes as names. */
const reserved = new Set(
  `ACCOUNT ALL ALTER AND ANY AS ASC BETWEEN BY CASE CAST CHECK COLUMN CONNECT CONNECTION CONSTRAINT CREATE CROSS CURRENT CURRENT_DATE
  CURRENT_TIME CURRENT_TIMESTAMP CURRENT_USER DATABASE DELETE DESC DISTINCT DROP ELSE EXISTS FALSE FOLLOWING FOR FROM FULL GRANT GROUP
  GSCLUSTER HAVING ILIKE IN INCREMENT INNER INSERT INTERSECT INTO IS ISSUE JOIN LATERAL LEFT LIKE LIMIT LOCALTIME LOCALTIMESTAMP MINUS
  NATURAL NOT NULL OF OFFSET ON OR ORDER ORGANIZATION QUALIFY REGEXP REVOKE RIGHT RLIKE ROW ROWS SAMPLE SCHEMA SELECT SET SOME START TABLE
  TABLESAMPLE THEN TO TOP TRIGGER TRUE TRY_CAST UNION UNIQUE UPDATE USING VALUES VIEW WHEN WHENEVER WHERE WINDOW WITH`.split(
    /\s+/,
  ),
)

/** Whether Snowflake refuses a word in upper case as a name unless it is quoted. */
export const isReserved = (word: string): boolean => reserved.has(word)

/** A stored name as SQL must spell it: bare when Snowflake folds the bare word to the same name, quoted otherwise. */
export const quoteName = (name: string): string =>
  /^[A-Z_][A-Z0-9_$]*$/.test(name) && !isReserved(name) ? name : quotedName(name)
