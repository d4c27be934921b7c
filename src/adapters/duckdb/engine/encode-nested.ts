import {
  type DuckDBArrayType,
  type DuckDBListType,
  type DuckDBStructType,
  type DuckDBType,
  DuckDBTypeId,
} from '@duckdb/node-api'
import { isJson } from './snowflake-type.ts'

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** SQL for the text of a float that is not finite. */
export const infinityText = (value: string): string =>
  `CASE WHEN isnan(${value}) THEN 'NaN' WHEN ${value} > 0 THEN 'Infinity' ELSE '-Infinity' END`

/** SQL for the text of an instant: DuckDB's own, in UTC, with the offset written out. */
export const instantText = (value: string): string =>
  `CASE WHEN isfinite(${value}) THEN concat(${value}::VARCHAR, ':00') ELSE ${value}::VARCHAR END`

const finiteOrText = (value: string): string =>
  `CASE WHEN isfinite(${value}) THEN to_json(${value}::VARCHAR::DOUBLE) ` +
  `WHEN ${value} IS NOT NULL THEN to_json(${infinityText(value)}) END`

/** Types that DuckDB's own JSON would get wrong: NaN is no JSON, bytes and instants print differently. */
const careful: Readonly<Partial<Record<DuckDBTypeId, (value: string) => string>>> = {
  [DuckDBTypeId.FLOAT]: finiteOrText,
  [DuckDBTypeId.DOUBLE]: finiteOrText,
  [DuckDBTypeId.BLOB]: (value) => `hex(${value})`,
  [DuckDBTypeId.TIMESTAMP_TZ]: instantText,
  [DuckDBTypeId.VARIANT]: (value) => `${value}::JSON`,
}

const isList = (type: DuckDBType): type is DuckDBListType | DuckDBArrayType =>
  type.typeId === DuckDBTypeId.LIST || type.typeId === DuckDBTypeId.ARRAY

/** Whether a type is, or has inside, one that needs care. */
function needsCare(type: DuckDBType): boolean {
  if (type.typeId === DuckDBTypeId.STRUCT) return type.entryTypes.some(needsCare)
  if (isList(type) || type.typeId === DuckDBTypeId.MAP) return needsCare(type.valueType)
  return careful[type.typeId] !== undefined
}

/** SQL for a value as something `to_json` prints exactly; `depth` keeps the names of nested lambdas apart. */
function jsonValue(value: string, type: DuckDBType, depth: number): string {
  if (isJson(type) || !needsCare(type)) return value
  const item = `v${depth}`
  if (isList(type)) return `list_transform(${value}, lambda ${item}: ${jsonValue(item, type.valueType, depth + 1)})`
  if (type.typeId === DuckDBTypeId.MAP) {
    const entry = `{'k': ${item}.key::VARCHAR, 'v': ${jsonValue(`${item}.value`, type.valueType, depth + 1)}}`
    return `map_from_entries(list_transform(map_entries(${value}), lambda ${item}: ${entry}))`
  }
  if (type.typeId === DuckDBTypeId.STRUCT) return jsonObject(value, type, depth)
  return careful[type.typeId]?.(value) ?? value
}

function jsonObject(value: string, type: DuckDBStructType, depth: number): string {
  const members = type.entryTypes.map((entry, index) => {
    const name = type.entryNames[index] ?? ''
    const member = `struct_extract(${value}, ${name === '' ? index + 1 : literal(name)})`
    return `${literal(name)}, ${jsonValue(member, entry, depth + 1)}`
  })
  return `CASE WHEN ${value} IS NOT NULL THEN json_object(${members.join(', ')}) END`
}

/** SQL for a nested value as the text of its JSON; NULL stays NULL. */
export const encodeNested = (value: string, type: DuckDBType): string =>
  `CASE WHEN ${value} IS NOT NULL THEN to_json(${jsonValue(value, type, 0)})::VARCHAR END`
