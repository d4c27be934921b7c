import {
  type DuckDBType,
  DuckDBTypeId,
  type DuckDBArrayType,
  type DuckDBDecimalType,
  type DuckDBListType,
  type DuckDBMapType,
  type DuckDBUnionType,
} from '@duckdb/node-api'
import { integerTypes, isJson, snowflakeType } from './snowflake-type.ts'

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** SQL for the text of a float that is not finite. */
export const infinityText = (value: string): string =>
  `CASE WHEN isnan(${value}) THEN 'NaN' WHEN ${value} > 0 THEN 'Infinity' ELSE '-Infinity' END`

/** SQL for the text of an instant: DuckDB's own, in UTC, with the offset written out. */
export const instantText = (value: string): string =>
  `CASE WHEN isfinite(${value}) THEN concat(${value}::VARCHAR, ':00') ELSE ${value}::VARCHAR END`

const finiteOrText = (value: string): string =>
  `CASE WHEN isfinite(${value}) THEN to_json(${value}::VARCHAR::DOUBLE) ` +
  `WHEN ${value} IS NOT NULL THEN to_json(${infinityText(value)}) END::VARCHAR`

/** SQL for the JSON text of types that DuckDB's own JSON would get wrong: NaN is no JSON, bytes and instants print differently. */
const careful: Readonly<Partial<Record<DuckDBTypeId, (value: string) => string>>> = {
  [DuckDBTypeId.FLOAT]: finiteOrText,
  [DuckDBTypeId.DOUBLE]: finiteOrText,
  [DuckDBTypeId.BLOB]: (value) => `to_json(hex(${value}))::VARCHAR`,
  [DuckDBTypeId.TIMESTAMP_TZ]: (value) => `to_json(${instantText(value)})::VARCHAR`,
  [DuckDBTypeId.VARIANT]: (value) => `CASE WHEN ${value} IS NOT NULL THEN ${validJson(`${value}::JSON::VARCHAR`)} END`,
}

/** What DuckDB writes of a variant and JSON does not know: numbers that are none, and decimals without a digit before the point. */
const noJson = String.raw`(?:NaN|Infinity|(?:^|[^0-9])[.][0-9])`

/** SQL for the text of a variant as valid JSON. Strings, of which it may consist too, are left as they are. */
function validJson(text: string): string {
  const parts = String.raw`regexp_extract_all(${text}, '"(?:[^"\\]|\\.)*"|[^"]+')`
  const words = String.raw`regexp_replace(part, '(-?Infinity|NaN)', '"\1"', 'g')`
  const numbers = String.raw`regexp_replace(${words}, '(^|[^0-9])[.]([0-9])', '\10.\2', 'g')`
  const mended = `array_to_string(list_transform(${parts}, lambda part: CASE WHEN left(part, 1) = '"' THEN part ELSE ${numbers} END), '')`
  return `CASE WHEN regexp_matches(${text}, '${noJson}') THEN ${mended} ELSE ${text} END`
}

const isList = (type: DuckDBType): type is DuckDBListType | DuckDBArrayType =>
  type.typeId === DuckDBTypeId.LIST || type.typeId === DuckDBTypeId.ARRAY

const isMap = (type: DuckDBType): type is DuckDBMapType => type.typeId === DuckDBTypeId.MAP
const isUnion = (type: DuckDBType): type is DuckDBUnionType => type.typeId === DuckDBTypeId.UNION

const hasNoWhole = (type: DuckDBType): type is DuckDBDecimalType =>
  type.typeId === DuckDBTypeId.DECIMAL && type.width === type.scale

/** Whether a type is, or has inside, one that needs care. */
function needsCare(type: DuckDBType): boolean {
  if (type.typeId === DuckDBTypeId.STRUCT) return type.entryTypes.some(needsCare)
  if (isUnion(type)) return true
  if (isList(type)) return needsCare(type.valueType)
  if (isMap(type)) return needsCare(type.keyType) || needsCare(type.valueType)
  return isJson(type) || hasNoWhole(type) || careful[type.typeId] !== undefined
}

/**
 * SQL for a nested value as the text of its JSON; NULL stays NULL. It is put together from texts where care is needed, because `to_json`
 * reads JSON inside of a value again and rounds its numbers to doubles. `depth` keeps the names of nested lambdas apart.
 */
export function encodeNested(value: string, type: DuckDBType, depth = 0): string {
  if (isJson(type)) return `${value}::VARCHAR`
  if (!needsCare(type)) return `CASE WHEN ${value} IS NOT NULL THEN to_json(${value})::VARCHAR END`
  const item = `v${depth}`
  const inside = (part: string, of: DuckDBType): string => `coalesce(${encodeNested(part, of, depth + 1)}, 'null')`
  const joined = (list: string, text: string): string =>
    `array_to_string(list_transform(${list}, lambda ${item}: ${text}), ',')`
  const ifGiven = (text: string): string => `CASE WHEN ${value} IS NOT NULL THEN concat(${text}) END`
  if (isList(type)) return ifGiven(`'[', ${joined(value, inside(item, type.valueType))}, ']'`)
  if (isMap(type)) {
    const entry = `concat(to_json(${keyText(`${item}.key`, type.keyType, depth + 1)})::VARCHAR, ':', ${inside(`${item}.value`, type.valueType)})`
    return ifGiven(`'{', ${joined(`map_entries(${value})`, entry)}, '}'`)
  }
  if (type.typeId === DuckDBTypeId.STRUCT) {
    const members = type.entryTypes.map((entry, index) => {
      const name = type.entryNames[index] ?? ''
      const member = `struct_extract(${value}, ${name === '' ? index + 1 : literal(name)})`
      return `${literal(`${index === 0 ? '' : ','}${JSON.stringify(name)}:`)}, ${inside(member, entry)}`
    })
    return ifGiven(`'{', ${members.join(', ')}, '}'`)
  }
  if (isUnion(type)) {
    const members = type.memberTypes.map((member, index) => {
      const tag = type.memberTags[index] ?? ''
      const given = inside(`union_extract(${value}, ${literal(tag)})`, member)
      return `WHEN ${literal(tag)} THEN concat(${literal(`{${JSON.stringify(tag)}:`)}, ${given}, '}')`
    })
    return `CASE union_tag(${value})::VARCHAR ${members.join(' ')} END`
  }
  if (hasNoWhole(type)) return decimalText(value, type)
  return careful[type.typeId]?.(value) ?? value
}

/** SQL for the text that a key of a map has as the name of a member: that of its JSON, without quotes where it is a string. */
function keyText(key: string, type: DuckDBType, depth: number): string {
  if (!needsCare(type)) return `${key}::VARCHAR`
  const json = encodeNested(key, type, depth)
  return `CASE WHEN left(${json}, 1) = '"' THEN (${json})::JSON ->> '$' ELSE ${json} END`
}

/** How one column goes into a row's JSON. */
interface CellCode {
  /** Right whenever `fits` is not false; the fast way. */
  readonly plain: string
  /** SQL telling whether the plain way is exact for a value; null where it always is. */
  readonly fits: string | null
  /** Right for every value. */
  readonly exact: string
}

const always = (code: string): CellCode => ({ plain: code, fits: null, exact: code })

const guarded = (plain: string, fits: string, otherwise: string): CellCode => ({
  plain,
  fits,
  exact: `CASE WHEN (${fits}) IS NOT FALSE THEN to_json(${plain}) ELSE to_json(${otherwise}) END`,
})

const narrowIntegers: ReadonlySet<DuckDBTypeId> = new Set([
  DuckDBTypeId.TINYINT,
  DuckDBTypeId.SMALLINT,
  DuckDBTypeId.INTEGER,
  DuckDBTypeId.UTINYINT,
  DuckDBTypeId.USMALLINT,
  DuckDBTypeId.UINTEGER,
])
const unsignedWide: ReadonlySet<DuckDBTypeId> = new Set([DuckDBTypeId.UBIGINT, DuckDBTypeId.UHUGEINT])

/** The most digits that every double keeps. */
const safeDigits = 15

function integerCell(column: string, typeId: DuckDBTypeId): CellCode {
  if (narrowIntegers.has(typeId)) return always(column)
  const max = String(Number.MAX_SAFE_INTEGER)
  const fits = unsignedWide.has(typeId)
    ? `${column} <= ${max}::${DuckDBTypeId[typeId]}`
    : `${column} BETWEEN -${max} AND ${max}`
  return guarded(column, fits, `${column}::VARCHAR`)
}

/** SQL for the text of a decimal, with the zero before the point that DuckDB leaves out where no digit may stand there. */
export const decimalText = (value: string, { width, scale }: DuckDBDecimalType): string =>
  width === scale ? `regexp_replace(${value}::VARCHAR, '^(-?)[.]', '\\10.')` : `${value}::VARCHAR`

function decimalCell(column: string, type: DuckDBDecimalType): CellCode {
  const { width, scale } = type
  if (width <= safeDigits) return always(column)
  // As a number it would have no digit before its point, which JSON demands.
  if (width === scale) return always(decimalText(column, type))
  const unscaled = '9'.repeat(safeDigits)
  const limit =
    scale === 0
      ? unscaled
      : scale < safeDigits
        ? `${unscaled.slice(0, safeDigits - scale)}.${unscaled.slice(safeDigits - scale)}`
        : `0.${'0'.repeat(scale - safeDigits)}${unscaled}`
  return guarded(column, `${column} BETWEEN -${limit} AND ${limit}`, `${column}::VARCHAR`)
}

const finite = (column: string, plain: string): CellCode => guarded(plain, `isfinite(${column})`, infinityText(column))

const special: Readonly<Partial<Record<DuckDBTypeId, (column: string) => CellCode>>> = {
  [DuckDBTypeId.DOUBLE]: (column) => finite(column, column),
  // Through its shortest text: widening 0.1 directly would print as 0.10000000149011612.
  [DuckDBTypeId.FLOAT]: (column) => finite(column, `${column}::VARCHAR::DOUBLE`),
  [DuckDBTypeId.BLOB]: (column) => always(`hex(${column})`),
  [DuckDBTypeId.TIMESTAMP_TZ]: (column) => always(instantText(column)),
}

function cellCode(column: string, type: DuckDBType): CellCode {
  if (type.typeId === DuckDBTypeId.DECIMAL) return decimalCell(column, type)
  if (integerTypes.has(type.typeId)) return integerCell(column, type.typeId)
  if (isJson(type)) return always(`${column}::VARCHAR`)
  if (snowflakeType(type).kind === 'nested') return always(encodeNested(column, type))
  return special[type.typeId]?.(column) ?? always(column)
}

/**
 * SQL that turns a row with these column names and types into JSON text: an array of cells as `contract/result.ts` describes
 * them, then `end`. Rows whose numbers all fit a double take the fast branch; a row with one that does not takes the exact one.
 */
export function encodeRow(columns: readonly string[], types: readonly DuckDBType[], end = ','): string {
  const cells = types.map((type, index) => cellCode(columns[index] ?? '', type))
  const plain = `json_array(${cells.map((cell) => cell.plain).join(', ')})`
  const checks = cells.flatMap((cell) => (cell.fits === null ? [] : [`(${cell.fits})`]))
  if (checks.length === 0) return `concat(${plain}, '${end}')`
  const exact = `json_array(${cells.map((cell) => cell.exact).join(', ')})`
  return `concat(CASE WHEN (${checks.join(' AND ')}) IS NOT FALSE THEN ${plain} ELSE ${exact} END, '${end}')`
}
