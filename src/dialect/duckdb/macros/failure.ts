/** Tells the dialect's own messages from values that DuckDB could not convert. */
export const mark = 'floe: '

/**
 * An expression of a type that fails with a message when a row reaches it: a cast that cannot succeed. DuckDB's `error()` would do, but
 * it counts as a side effect, and an expression with one cannot be called by its alias.
 */
export function failure(
  message: string,
  type: 'BIGINT' | 'DOUBLE' | 'VARCHAR' | 'JSON' | 'BOOLEAN' | 'DATE' | 'TIME' | 'TIMESTAMP',
): string {
  const number = `CAST('${mark}${message.replaceAll("'", "''")}' AS BIGINT)`
  if (type === 'VARCHAR') return `CAST(${number} AS VARCHAR)`
  if (type === 'JSON') return `to_json(${number})`
  return number.replace('BIGINT', type)
}

/** The failure of what only Snowflake can do. */
export const cannotRun = (what: string, type: Parameters<typeof failure>[1]): string =>
  failure(`The sample warehouse cannot run ${what}; Snowflake can.`, type)

/** The dialect's own message in one of DuckDB's, or null. */
export function failureIn(text: string): string | null {
  const [, single, double] = new RegExp(`'${mark}([^']*)'|"${mark}([^"]*)"`).exec(text) ?? []
  return single ?? double ?? null
}
