import type { CatalogColumn } from '../../../core/catalog/catalog.ts'
import type { SmallResult } from '../snowflake-link.ts'
import {
  selectColumns,
  showCap,
  showColumnsOfSchema,
  showColumnsOfTable,
  type SchemaPlace,
} from './account-statements.ts'
import { isOneStatements, isTooMuch, isWithoutWarehouse, type AskAccount } from './ask-account.ts'
import { informationType, shownType } from './column-type.ts'
import { groupByName, groupByPrefix, type NamedGroup } from './name-groups.ts'
import { eachRow, readText, type RowReader } from './result-rows.ts'
import type { WarehouseState } from './warehouse-state.ts'

/** Columns by table. Every table asked for is in one of the maps, one without columns too. */
export type ColumnsByTable = ReadonlyMap<string, readonly CatalogColumn[]>

export interface ColumnReaderNeeds {
  readonly ask: AskAccount
  /** `asleep`: `SHOW` is asked first, which wakes nobody; the warehouse only where `SHOW` cuts off. */
  readonly warehouse: WarehouseState
  /** Tables asked for in one statement. */
  readonly tablesAtOnce: number
}

/** Reads the columns of some tables of a schema, a part at a time. `isWhole`: they are all the schema has. */
export type ColumnReader = (
  place: SchemaPlace,
  tables: readonly string[],
  isWhole: boolean,
) => AsyncGenerator<ColumnsByTable, void>

/** Tables of one schema above which listing the whole schema is cheaper than a `SHOW` for each. */
const fewTables = 8
const noSamples: readonly string[] = []

/**
 * Columns from `INFORMATION_SCHEMA` while a warehouse runs, else from `SHOW COLUMNS`, which needs none. Splits by name where Snowflake
 * finds an answer too large, and notices where `SHOW` was cut off.
 */
export function makeColumnReader({ ask, warehouse, tablesAtOnce }: ColumnReaderNeeds): ColumnReader {
  let runs = warehouse === 'running'
  let mayWake = warehouse === 'asleep'
  /** One string for all columns of a type. */
  const types = new Map<string, string>()
  const once = (type: string): string => types.get(type) ?? (types.set(type, type), type)

  async function* read(place: SchemaPlace, tables: readonly string[], isWhole: boolean) {
    if (runs) yield* fromInformationSchema(place, tables, isWhole)
    else yield* fromShow(place, tables, isWhole)
  }

  async function* fromInformationSchema(
    place: SchemaPlace,
    tables: readonly string[],
    isWhole: boolean,
  ): AsyncGenerator<ColumnsByTable, void> {
    const open: (NamedGroup | null)[] = isWhole
      ? tables.length <= tablesAtOnce
        ? [null]
        : [...groupByPrefix(tables, tablesAtOnce)]
      : [...groupByName(tables)]
    for (let group = open.shift(); group !== undefined; group = open.shift()) {
      const wanted = group?.tables ?? tables
      const result = await selected(place, group)
      if (result === 'too much' && wanted.length > 1)
        open.unshift(...groupByPrefix(wanted, Math.ceil(wanted.length / 4)))
      else if (result === 'too much') yield* fromShow(place, wanted, false)
      else if (result === 'no warehouse') yield* fromShow(place, wanted, wanted.length === tables.length && isWhole)
      else yield await columnsOf(result, wanted, informationColumn)
    }
  }

  async function selected(
    place: SchemaPlace,
    group: NamedGroup | null,
  ): Promise<SmallResult | 'too much' | 'no warehouse'> {
    try {
      return await ask(selectColumns(place, group))
    } catch (error) {
      if (isTooMuch(error)) return 'too much'
      if (!isWithoutWarehouse(error)) throw error
      runs = false
      return 'no warehouse'
    }
  }

  async function* fromShow(
    place: SchemaPlace,
    tables: readonly string[],
    isWhole: boolean,
  ): AsyncGenerator<ColumnsByTable, void> {
    if (isWhole || tables.length > fewTables) {
      const result = await ask(showColumnsOfSchema(place))
      if (result.rows.length < showCap) return yield await columnsOf(result, tables, shownColumn)
      if (mayWake) {
        mayWake = false
        runs = true
        return yield* fromInformationSchema(place, tables, isWhole)
      }
    }
    for (const table of tables) yield await oneTable(place, table)
  }

  /** A table that vanished meanwhile, or may not be looked into, has no columns. */
  async function oneTable(place: SchemaPlace, table: string): Promise<ColumnsByTable> {
    try {
      return await columnsOf(await ask(showColumnsOfTable(place, table)), [table], shownColumn)
    } catch (error) {
      if (!isOneStatements(error)) throw error
      return new Map([[table, []]])
    }
  }

  async function columnsOf(
    result: SmallResult,
    tables: readonly string[],
    columnOf: (row: RowReader) => CatalogColumn,
  ): Promise<ColumnsByTable> {
    const found = new Map<string, CatalogColumn[]>(tables.map((table) => [table, []]))
    await eachRow(result, (row) => found.get(row('table_name') ?? '')?.push(columnOf(row)))
    return found
  }

  const informationColumn = (row: RowReader): CatalogColumn => ({
    name: row('column_name') ?? '',
    type: once(informationType(row)),
    nullable: row('is_nullable') !== 'NO',
    comment: readText(row('comment')),
    samples: noSamples,
    samplesComplete: false,
  })

  const shownColumn = (row: RowReader): CatalogColumn => {
    const { type, nullable } = shownType(row('data_type'))
    return {
      name: row('column_name') ?? '',
      type: once(type),
      nullable,
      comment: readText(row('comment')),
      samples: noSamples,
      samplesComplete: false,
    }
  }

  return read
}
