import type { Token } from '../scan-sql.ts'

/** Snowflake's data types with all their synonyms. A cast to any other type is refused. */
const dataTypes = new Set(
  (
    'ARRAY BIGINT BINARY BOOLEAN BYTEINT CHAR CHARACTER DATE DATETIME DEC DECFLOAT DECIMAL DOUBLE FLOAT FLOAT4 FLOAT8 GEOGRAPHY GEOMETRY INT ' +
    'INT2 INT4 INT8 INTEGER INTERVAL MAP NCHAR NUMBER NUMERIC NVARCHAR NVARCHAR2 OBJECT REAL SMALLINT STRING TEXT TIME TIMESTAMP TIMESTAMPLTZ ' +
    'TIMESTAMPNTZ TIMESTAMPTZ TIMESTAMP_LTZ TIMESTAMP_NTZ TIMESTAMP_TZ TINYINT UUID VARBINARY VARCHAR VARIANT VECTOR'
  ).split(' '),
)

export const isDataType = (name: string): boolean => dataTypes.has(name.toUpperCase())

/** How many tokens a structured type takes, such as `MAP(VARCHAR, INT)` with what follows it; 0 where it holds anything but types. */
export function structuredTypeLength(tokens: readonly Token[], at: number): number {
  const end = typeEnd(tokens, at + 1)
  if (end === null) return 0
  let next = end + 1
  while (/^(?:RENAME|ADD)$/.test(tokens[next]?.word ?? '') && tokens[next + 1]?.word === 'FIELDS')
    next += tokens[next + 2]?.text === ',' ? 3 : 2
  return next - at
}

/** Returns the index of the bracket that closes a type, or null if anything but types, sizes and field names stands in between. */
function typeEnd(tokens: readonly Token[], open: number): number | null {
  let depth = 0
  let words: string[] = []
  for (let at = open; at < tokens.length; at += 1) {
    const token = tokens[at]
    if (token === undefined) return null
    if (token.kind === 'word' || token.kind === 'quoted' || token.kind === 'number')
      words.push(token.text.toUpperCase())
    else if (!/^[(),]$/.test(token.text) || (at > open && !isField(words))) return null
    else words = []
    if (token.text === '(') depth += 1
    if (token.text === ')') depth -= 1
    if (depth === 0) return at
  }
  return null
}

/** Accepts `name TYPE NOT NULL`, a type alone, a size, or nothing after a closed bracket. */
function isField(words: readonly string[]): boolean {
  const bare = words
    .join(' ')
    .replace(/ ?NOT NULL$/, '')
    .split(' ')
    .filter((part) => part !== '')
  const last = bare.at(-1)
  return last === undefined || (bare.length <= 2 && (isDataType(last) || /^\d+$/.test(last)))
}
