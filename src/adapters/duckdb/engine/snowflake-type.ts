import { type DuckDBType, DuckDBTypeId } from '@duckdb/node-api'
import type { Column, ColumnKind } from '../../../contract/result.ts'

interface Declared {
  readonly type: string
  readonly kind: ColumnKind
  readonly scale: number | null
}

const number = (precision: number, scale: number): Declared => ({
  type: `NUMBER(${precision},${scale})`,
  kind: 'number',
  scale,
})
const declare = (type: string, kind: ColumnKind): Declared => ({ type, kind, scale: null })
const text = declare('VARCHAR', 'text')
const float = declare('FLOAT', 'number')
const naive = declare('TIMESTAMP_NTZ(9)', 'timestamp')

const simple: Readonly<Partial<Record<DuckDBTypeId, Declared>>> = {
  [DuckDBTypeId.BOOLEAN]: declare('BOOLEAN', 'boolean'),
  [DuckDBTypeId.FLOAT]: float,
  [DuckDBTypeId.DOUBLE]: float,
  [DuckDBTypeId.DATE]: declare('DATE', 'date'),
  [DuckDBTypeId.TIME]: declare('TIME(9)', 'time'),
  [DuckDBTypeId.TIME_NS]: declare('TIME(9)', 'time'),
  [DuckDBTypeId.TIMESTAMP]: naive,
  [DuckDBTypeId.TIMESTAMP_S]: naive,
  [DuckDBTypeId.TIMESTAMP_MS]: naive,
  [DuckDBTypeId.TIMESTAMP_NS]: naive,
  [DuckDBTypeId.TIMESTAMP_TZ]: declare('TIMESTAMP_TZ(9)', 'timestamp'),
  [DuckDBTypeId.BLOB]: declare('BINARY', 'binary'),
  [DuckDBTypeId.LIST]: declare('ARRAY', 'nested'),
  [DuckDBTypeId.ARRAY]: declare('ARRAY', 'nested'),
  [DuckDBTypeId.STRUCT]: declare('OBJECT', 'nested'),
  [DuckDBTypeId.MAP]: declare('OBJECT', 'nested'),
  [DuckDBTypeId.UNION]: declare('VARIANT', 'nested'),
  [DuckDBTypeId.VARIANT]: declare('VARIANT', 'nested'),
}

/** Types whose values are whole numbers. Snowflake has one such type, 38 digits wide. */
export const integerTypes: ReadonlySet<DuckDBTypeId> = new Set([
  DuckDBTypeId.TINYINT,
  DuckDBTypeId.SMALLINT,
  DuckDBTypeId.INTEGER,
  DuckDBTypeId.BIGINT,
  DuckDBTypeId.HUGEINT,
  DuckDBTypeId.UTINYINT,
  DuckDBTypeId.USMALLINT,
  DuckDBTypeId.UINTEGER,
  DuckDBTypeId.UBIGINT,
  DuckDBTypeId.UHUGEINT,
  DuckDBTypeId.BIGNUM,
])

/** DuckDB's JSON is VARCHAR under another name. */
export const isJson = (type: DuckDBType): boolean => type.typeId === DuckDBTypeId.VARCHAR && type.alias === 'JSON'

/** The type Snowflake would declare for a value of this DuckDB type; what Snowflake lacks (intervals, UUIDs, bits) is its text. */
export function snowflakeType(type: DuckDBType): Declared {
  if (type.typeId === DuckDBTypeId.DECIMAL) return number(type.width, type.scale)
  if (integerTypes.has(type.typeId)) return number(38, 0)
  if (isJson(type)) return declare('VARIANT', 'nested')
  return simple[type.typeId] ?? text
}

/** A result column as the contract describes it. */
export const presentColumn = (name: string, type: DuckDBType): Column => ({ name, ...snowflakeType(type) })
