import type { CatalogColumn } from '../../../core/catalog/catalog.ts'
import type { SmallResult } from '../snowflake-link.ts'
import { informationType, shownType } from './column-type.ts'
import { eachRow, readText, type RowReader } from './result-rows.ts'

/** Columns by table. Every table asked for is in it, one without columns too. */
export type ColumnsByTable = ReadonlyMap<string, readonly CatalogColumn[]>

/** Turns results into columns of the tables asked for; rows of other tables are passed over. */
export interface ColumnRows {
  ofInformationSchema(result: SmallResult, tables: readonly string[]): Promise<ColumnsByTable>
  ofShow(result: SmallResult, tables: readonly string[]): Promise<ColumnsByTable>
}

const noSamples: readonly string[] = []

/** Keeps one string for all columns of a type: a catalog has a million of them and a few dozen types. */
export function makeColumnRows(): ColumnRows {
  const types = new Map<string, string>()
  const column = (row: RowReader, type: string, nullable: boolean): CatalogColumn => ({
    name: row('column_name') ?? '',
    type: types.get(type) ?? (types.set(type, type), type),
    nullable,
    comment: readText(row('comment')),
    samples: noSamples,
    samplesComplete: false,
  })
  return {
    ofInformationSchema: (result, tables) =>
      byTable(result, tables, (row) => column(row, informationType(row), row('is_nullable') !== 'NO')),
    ofShow: (result, tables) =>
      byTable(result, tables, (row) => {
        const { type, nullable } = shownType(row('data_type'))
        return column(row, type, nullable)
      }),
  }
}

async function byTable(
  result: SmallResult,
  tables: readonly string[],
  columnOf: (row: RowReader) => CatalogColumn,
): Promise<ColumnsByTable> {
  const found = new Map<string, CatalogColumn[]>(tables.map((table) => [table, []]))
  await eachRow(result, (row) => found.get(row('table_name') ?? '')?.push(columnOf(row)))
  return found
}
