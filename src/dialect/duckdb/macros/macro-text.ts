/**
 * Where the sample's dialect macros live in DuckDB: the main schema of the in-memory database that other databases are
 * attached to. Calls are qualified with it, so `USE` of another database neither hides nor shadows them.
 */
export const dialectSchema = 'memory.main'

/** Macros by name: their parameters and body, or several of both. Those of names in `sfi_` are called by macros only, never by a query. */
export type Macros = Readonly<Record<`sf_${string}` | `sfi_${string}`, string>>

/** A macro of the dialect by its full name, so that no search path decides which one is meant. */
export const macroName = (name: string): string => `${dialectSchema}.${name}`

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

/** The longest text and the most elements that one value is made of here. Snowflake's own limit is 16 or 128 MB, by the column. */
export const maxTextLength = 16_777_216
export const maxElements = 1_000_000

/** The failure that says that only Snowflake can run something. */
export const refusal = (what: string, type: Parameters<typeof failure>[1]): string =>
  failure(`The sample warehouse cannot run ${what}; Snowflake can.`, type)

/** The dialect's own message in one of DuckDB's, or null. */
export function failureIn(text: string): string | null {
  const [, single, double] = new RegExp(`'${mark}([^']*)'|"${mark}([^"]*)"`).exec(text) ?? []
  return single ?? double ?? null
}
