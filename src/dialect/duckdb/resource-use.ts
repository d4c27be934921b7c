/** Functions whose value may be far larger than their arguments, or whose time grows faster than their length. */
const growing =
  /\bsf_(repeat|split|split_table|token_table|tokens|strtok|generate_range|edit_distance|initcap|array_cat|full_array)\(|\bregexp_extract_all\(/
/** The count of a padding that is short and written in the query. */
const shortPadding = /CAST\(\d{1,4} AS BIGINT\), /g

/** How often a construct may stand in a query that shares an engine: repeated, each of them may multiply the length of a text or the work of a plan. */
const limits: readonly (readonly [pattern: RegExp, most: number])[] = [
  [/\|\|/g, 12],
  [/\bsf_replace\(/g, 3],
  [/\bregexp_replace\(/g, 3],
  [/\b(JOIN|FROM)\b/g, 16],
]
const longestText = 20_000

const countOf = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0

/**
 * Whether a translated query may use much memory or time although it reads few rows, as far as its text tells: constants are computed while a
 * query is compiled, and DuckDB neither counts the memory of values nor stops in the middle of one.
 */
export const mayUseMuch = (text: string): boolean =>
  text.length > longestText ||
  growing.test(text) ||
  countOf(text, /\bsf_[lr]pad\(/g) > countOf(text, shortPadding) ||
  limits.some(([pattern, most]) => countOf(text, pattern) > most)
