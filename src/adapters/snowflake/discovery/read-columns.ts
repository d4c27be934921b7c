import type { SmallResult } from '../snowflake-link.ts'
import {
  selectColumns,
  showCap,
  showColumnsOfSchema,
  showColumnsOfTable,
  type SchemaPlace,
} from './account-statements.ts'
import { isOneStatements, isTooMuch, isWithoutWarehouse, type AskAccount } from './ask-account.ts'
import { makeColumnRows, type ColumnsByTable } from './column-rows.ts'
import { groupByName, groupByPrefix, type NamedGroup } from './name-groups.ts'
import type { WarehouseState } from './warehouse-state.ts'

export interface ColumnReaderNeeds {
  readonly ask: AskAccount
  /** `asleep`: `SHOW` is asked first, which wakes nobody; the warehouse only where `SHOW` cuts off. */
  readonly warehouse: WarehouseState
  /** Tables asked for in one statement. */
  readonly tablesAtOnce: number
}

/** Reads the columns of some tables of a schema, a part at a time; every table is in one of the parts. `isWhole`: they are most of the schema. */
export type ColumnReader = (
  place: SchemaPlace,
  tables: readonly string[],
  isWhole: boolean,
) => AsyncGenerator<ColumnsByTable, void>

/** Tables of one schema above which listing the whole schema is cheaper than a `SHOW` for each. */
const fewTables = 8

/**
 * Columns from `INFORMATION_SCHEMA` while a warehouse runs, else from `SHOW COLUMNS`, which needs none. Splits by name where Snowflake
 * finds an answer too large, and notices where `SHOW` was cut off.
 */
export function makeColumnReader({ ask, warehouse, tablesAtOnce }: ColumnReaderNeeds): ColumnReader {
  let runs = warehouse === 'running'
  let mayWake = warehouse === 'asleep'
  const rows = makeColumnRows()

  async function* read(place: SchemaPlace, tables: readonly string[], isWhole: boolean) {
    if (runs) yield* fromInformationSchema(place, tables, isWhole)
    else yield* fromShow(place, tables, isWhole)
  }

  async function* fromInformationSchema(
    place: SchemaPlace,
    tables: readonly string[],
    isWhole: boolean,
  ): AsyncGenerator<ColumnsByTable, void> {
    const open = groupsOf(tables, isWhole, tablesAtOnce)
    for (let group = open.shift(); group !== undefined; group = open.shift()) {
      const wanted = group?.tables ?? tables
      const result = await selected(place, group)
      if (result === 'too much' && wanted.length > 1)
        open.unshift(...groupByPrefix(wanted, Math.ceil(wanted.length / 4)))
      else if (result === 'too much') yield* fromShow(place, wanted, false)
      else if (result === 'no warehouse') yield* fromShow(place, wanted, wanted.length === tables.length && isWhole)
      else yield await rows.ofInformationSchema(result, wanted)
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
      if (result.rows.length < showCap) return yield await rows.ofShow(result, tables)
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
      return await rows.ofShow(await ask(showColumnsOfTable(place, table)), [table])
    } catch (error) {
      if (!isOneStatements(error)) throw error
      return new Map([[table, []]])
    }
  }

  return read
}

/** Null stands for the whole schema. */
const groupsOf = (tables: readonly string[], isWhole: boolean, tablesAtOnce: number): (NamedGroup | null)[] => {
  if (!isWhole) return [...groupByName(tables)]
  return tables.length <= tablesAtOnce ? [null] : [...groupByPrefix(tables, tablesAtOnce)]
}
