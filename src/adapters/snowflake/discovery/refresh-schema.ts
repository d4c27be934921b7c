import type { KnownSchema } from './account-state.ts'
import { selectChanges } from './account-statements.ts'
import { isOneStatements, isWithoutWarehouse, type AskAccount } from './ask-account.ts'
import { withColumns, withKeys, type MergedSchema } from './merge-listing.ts'
import type { ColumnReader } from './read-columns.ts'
import { readKeys } from './read-keys.ts'
import { eachRow } from './result-rows.ts'
import type { WarehouseState } from './warehouse-state.ts'

export interface SchemaRefreshNeeds {
  readonly ask: AskAccount
  readonly readColumns: ColumnReader
  readonly warehouse: WarehouseState
  readonly now: () => number
  /** Shapes older than this are compared one by one even where the listing shows no change. */
  readonly compareAfterMs: number
  /** Compare or read everything again: a person asked for it. */
  readonly isFull: boolean
}

/** Whether anything of a listed schema is not known yet, may have changed, or was not compared for long. */
export const needsRefresh = ({ schema, moved }: MergedSchema, needs: SchemaRefreshNeeds): boolean =>
  schema.tables.length > 0 &&
  (needs.isFull || moved.size > 0 || isDue(schema, needs) || schema.tables.some((one) => !one.hasColumns))

const isDue = ({ comparedAt }: KnownSchema, { now, compareAfterMs }: SchemaRefreshNeeds): boolean =>
  comparedAt === null || now() - comparedAt > compareAfterMs

/**
 * Brings one listed schema up to date: which tables changed their shape, the columns of those, and the schema's keys when any did.
 * Yields the schema after each part, so that what is there can be used. The last value is complete.
 */
export async function* refreshSchema(
  merged: MergedSchema,
  needs: SchemaRefreshNeeds,
): AsyncGenerator<{ readonly schema: KnownSchema; readonly hasKeyGap: boolean }, void> {
  const changes = needs.warehouse === 'running' ? await readChanges(needs.ask, merged.schema) : null
  const unread = changes === null ? suspectTables(merged, needs) : changedTables(merged.schema, changes)
  let { schema } = merged
  for await (const columns of readSome(needs.readColumns, schema, unread)) {
    schema = withColumns(schema, columns, changes)
    yield { schema, hasKeyGap: false }
  }
  const keys = unread.length > 0 || !schema.hasKeys ? await readKeys(needs.ask, schema) : null
  if (keys !== null) schema = withKeys(schema, keys)
  yield { schema: { ...schema, comparedAt: needs.now() }, hasKeyGap: keys?.isPartial === true }
}

async function* readSome(readColumns: ColumnReader, schema: KnownSchema, unread: readonly string[]) {
  if (unread.length > 0) yield* readColumns(schema, unread, unread.length * 2 > schema.tables.length)
}

/** Tables without columns, and those whose shape changed since. */
const changedTables = (schema: KnownSchema, changes: ReadonlyMap<string, string | null>): readonly string[] =>
  schema.tables
    .filter((one) => {
      const now = changes.get(one.table.name)
      return !one.hasColumns || (now !== undefined && now !== one.changedAt)
    })
    .map((one) => one.table.name)

/** Where nobody tells when shapes changed: tables without columns and those that moved, or all once it is time. */
const suspectTables = ({ schema, moved }: MergedSchema, needs: SchemaRefreshNeeds): readonly string[] =>
  schema.tables
    .filter((one) => needs.isFull || isDue(schema, needs) || !one.hasColumns || moved.has(one.table.name))
    .map((one) => one.table.name)

/** When each table's shape last changed; null where no warehouse or this account can tell. */
async function readChanges(ask: AskAccount, schema: KnownSchema): Promise<ReadonlyMap<string, string | null> | null> {
  try {
    const changes = new Map<string, string | null>()
    await eachRow(await ask(selectChanges(schema)), (row) => changes.set(row('table_name') ?? '', row('last_ddl')))
    return changes
  } catch (error) {
    if (!isOneStatements(error) && !isWithoutWarehouse(error)) throw error
    return null
  }
}
