import { type DuckDBConnection, DuckDBTypeId } from '@duckdb/node-api'
import { quoteName, quoteText } from '../engine/sql-quoting.ts'
import { snowflakeType } from '../engine/snowflake-type.ts'
import { columnsOf } from '../engine/validated-queries.ts'
import type { ColumnNote, ListedTable } from './folder-listing.ts'
import { cleanName, nameColumns } from './folder-names.ts'
import { inferTypes } from './infer-types.ts'
import { exactPath } from './stage-table.ts'

/**
 * Makes a table or, `inPlace`, a view of Parquet files. Types that Snowflake lacks become their text; the keys of `key=value` folders become
 * columns. Gives the columns and how many rows there are.
 */
export async function writeParquetTable(
  connection: DuckDBConnection,
  { parts, partitionKeys }: ListedTable,
  target: string,
  inPlace: boolean,
): Promise<{ readonly columns: readonly ColumnNote[]; readonly rows: number }> {
  const files = `[${parts.map(({ path }) => exactPath(path)).join(', ')}]`
  const isPartitioned = partitionKeys.length > 0
  const source = `read_parquet(${files}, union_by_name = ${parts.length > 1}, hive_partitioning = ${isPartitioned}, hive_types_autocast = false)`
  const found = columnsOf(await connection.prepare(`SELECT * FROM ${source}`))
  const keys = await typeKeys(
    connection,
    partitionKeys,
    parts.map(({ values }) => values),
  )
  const columns = found.map(({ name, type }) => {
    const key = keys.get(name.toLowerCase())
    if (key !== undefined) return { name, sql: key.sql }
    const isForeign = snowflakeType(type).type === 'VARCHAR' && type.typeId !== DuckDBTypeId.VARCHAR
    return { name, sql: isForeign ? `CAST(${quoteName(name)} AS VARCHAR)` : quoteName(name) }
  })
  const cells = [...keys].map(([key, { cell }]) => `${quoteName(key)}::VARCHAR AS ${cell}`)
  const withKeys = cells.length === 0 ? source : `(SELECT *, ${cells.join(', ')} FROM ${source})`
  const names = nameColumns(columns.map(({ name }) => name))
  const list = columns.map(({ sql }, index) => `${sql} AS ${quoteName(names[index] ?? '')}`)
  await connection.run(`CREATE ${inPlace ? 'VIEW' : 'TABLE'} ${target} AS SELECT ${list.join(', ')} FROM ${withKeys}`)
  const reader = await connection.runAndReadAll(`SELECT sum(num_rows)::BIGINT FROM parquet_file_metadata(${files})`)
  return {
    columns: columns.map(({ name }, index) => ({ name: names[index] ?? name, spelling: cleanName(name) })),
    rows: Number(reader.getRows()[0]?.[0] ?? 0),
  }
}

/** SQL for the typed value of each partition key, by the key in lower case, out of its text in `cell`. */
async function typeKeys(
  connection: DuckDBConnection,
  keys: readonly string[],
  rows: readonly (readonly (string | null)[])[],
): Promise<ReadonlyMap<string, { readonly cell: string; readonly sql: string }>> {
  if (keys.length === 0) return new Map()
  const columns = keys.map((_, index) => ({
    cell: `floe_key${index}`,
    first: rows.map((values) => values[index] ?? ''),
  }))
  const values = rows.map((row) => `(${row.map((value) => (value === null ? 'NULL' : quoteText(value))).join(', ')})`)
  const source = 'temp.main.floe_keys'
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE ${source} AS
     SELECT * FROM (VALUES ${values.join(', ')}) AS v(${columns.map(({ cell }) => cell).join(', ')})`,
  )
  const typed = await inferTypes(connection, { source, delimiter: null, columns })
  return new Map(
    keys.map((key, index) => {
      const cell = columns[index]?.cell ?? ''
      return [key.toLowerCase(), { cell, sql: typed[index]?.sql ?? cell }]
    }),
  )
}
