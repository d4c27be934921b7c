import type { DuckDBPreparedStatement, DuckDBType } from '@duckdb/node-api'

/** A column of a query as the engine describes it. */
export interface EngineColumn {
  readonly name: string
  readonly type: DuckDBType
}

/** The columns of a prepared statement; positions count, names may repeat. */
export const columnsOf = (prepared: DuckDBPreparedStatement): readonly EngineColumn[] =>
  Array.from({ length: prepared.columnCount }, (_, index) => ({
    name: prepared.columnName(index),
    type: prepared.columnType(index),
  }))
