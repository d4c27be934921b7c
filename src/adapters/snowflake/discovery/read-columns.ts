import type { SmallResult } from '../snowflake-link.ts'
import {
  type NameGroup,
  type SchemaPlace,
  selectColumns,
  showCap,
  showColumnsOfSchema,
  showColumnsOfTable,
  showWarehouses,
} from './account-statements.ts'
import { type AskAccount, isOneStatements, isTooMuch, isWithoutWarehouse } from './ask-account.ts'
import { type ColumnsByTable, makeColumnRows } from './column-rows.ts'
import { readRows } from './result-rows.ts'

interface ColumnReaderNeeds {
  readonly ask: AskAccount
  /** `asleep`: columns come from `SHOW`, which resumes no warehouse; the warehouse is used only where `SHOW` is cut off at its row limit. */
  readonly warehouse: WarehouseState
  /** Tables asked for in one statement. */
  readonly tablesAtOnce: number
}

/** Reads the columns of some tables of a schema in parts; every table is in exactly one part. `isWhole` says that the tables are most of the schema. */
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

  /** A table that was dropped meanwhile, or that the role may not read, has no columns. */
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

/** The most predicates that one statement joins by OR. */
const testsAtOnce = 50
/** Whole names listed in one statement. */
const namesAtOnce = 200

/** A predicate and the table names it matches. */
interface Atom {
  readonly test: { readonly prefix: string } | { readonly name: string }
  readonly names: readonly string[]
}

/** Some tables of a schema and the predicates that match them. */
export interface NamedGroup extends NameGroup {
  readonly tables: readonly string[]
}

/**
 * Splits the names of a schema by their first letters into groups of at most `maxTables`, so that every name is found by exactly one group.
 * A group may be larger only when it is a single name.
 */
export const groupByPrefix = (names: readonly string[], maxTables: number): readonly NamedGroup[] =>
  merged(atomsOf(names, '', Math.max(1, maxTables)), Math.max(1, maxTables))

/** Groups that list the names themselves, for the few tables of a schema that changed. */
export function groupByName(names: readonly string[]): readonly NamedGroup[] {
  const groups: NamedGroup[] = []
  for (let start = 0; start < names.length; start += namesAtOnce) {
    const tables = names.slice(start, start + namesAtOnce)
    groups.push({ prefixes: [], names: tables, tables })
  }
  return groups
}

function atomsOf(names: readonly string[], prefix: string, maxTables: number): readonly Atom[] {
  const byNext = Map.groupBy(names, (name) => name.codePointAt(prefix.length) ?? null)
  return [...byNext].flatMap(([next, group]): readonly Atom[] => {
    if (next === null) return group.map((name) => ({ test: { name }, names: [name] }))
    const longer = prefix + String.fromCodePoint(next)
    return group.length <= maxTables ? [{ test: { prefix: longer }, names: group }] : atomsOf(group, longer, maxTables)
  })
}

function merged(atoms: readonly Atom[], maxTables: number): readonly NamedGroup[] {
  const groups: Atom[][] = []
  let count = 0
  for (const atom of atoms) {
    const last = groups.at(-1)
    if (last === undefined || count + atom.names.length > maxTables || last.length >= testsAtOnce) {
      groups.push([atom])
      count = atom.names.length
    } else {
      last.push(atom)
      count += atom.names.length
    }
  }
  return groups.map((group) => ({
    prefixes: group.flatMap(({ test }) => ('prefix' in test ? [test.prefix] : [])),
    names: group.flatMap(({ test }) => ('name' in test ? [test.name] : [])),
    tables: group.flatMap(({ names }) => names),
  }))
}

/** Whether a statement that needs a warehouse would find a running one, resume a suspended one, or find none. */
export type WarehouseState = 'running' | 'asleep' | 'none'

/** The state of the session's warehouse, read without resuming it. An unknown state counts as running: the first statement corrects it. */
export async function readWarehouseState(ask: AskAccount, chosen: string | null): Promise<WarehouseState> {
  try {
    const rows = readRows(await ask(showWarehouses))
    const own = rows.find((row) => row('is_current') === 'Y') ?? rows.find((row) => row('name') === chosen)
    if (own === undefined) return 'none'
    return isAsleep(own('state')) ? 'asleep' : 'running'
  } catch (error) {
    if (!isOneStatements(error)) throw error
    return 'running'
  }
}

const isAsleep = (state: string | null): boolean => state === 'SUSPENDED' || state === 'SUSPENDING'
