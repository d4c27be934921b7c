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

/** What of a listed schema is not known yet or may have changed. */
export function needsRefresh({ schema, hasMoved }: MergedSchema, needs: SchemaRefreshNeeds): boolean {
  const isDue = schema.comparedAt === null || needs.now() - schema.comparedAt > needs.compareAfterMs
  return (
    needs.isFull ||
    schema.tables.some((one) => !one.hasColumns) ||
    ((hasMoved || isDue) && schema.tables.length > 0 && needs.warehouse === 'running')
  )
}

/**
 * Brings one listed schema up to date: which tables changed their shape, the columns of those, and the schema's keys when any did.
 * Yields the schema after each part, so that what is there can be used. The last value is complete.
 */
export async function* refreshSchema(
  { schema: listed }: MergedSchema,
  needs: SchemaRefreshNeeds,
): AsyncGenerator<{ readonly schema: KnownSchema; readonly hasKeyGap: boolean }, void> {
  const changes = needs.warehouse === 'running' ? await readChanges(needs.ask, listed) : null
  const unread = changedTables(listed, changes, needs.isFull)
  let schema = listed
  for await (const columns of readSome(needs.readColumns, listed, unread)) {
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

/** Tables without columns, and those whose shape changed since. Without a way to tell, a full refresh reads them all. */
function changedTables(
  schema: KnownSchema,
  changes: ReadonlyMap<string, string | null> | null,
  isFull: boolean,
): readonly string[] {
  return schema.tables
    .filter((one) => {
      if (!one.hasColumns) return true
      const now = changes?.get(one.table.name)
      return now === undefined ? isFull && changes === null : now !== one.changedAt
    })
    .map((one) => one.table.name)
}

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
