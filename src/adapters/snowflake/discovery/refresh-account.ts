import type { SnowflakeLink } from '../snowflake-link.ts'
import { type KnownAccount, type KnownSchema, schemaKey } from './account-state.ts'
import type { SchemaPlace } from './account-statements.ts'
import { scopeThatHides } from '../doctor/restricted-scope.ts'
import { askAccount, failingTogether, hiddenByScope, isOneStatements, type AskAccount } from './ask-account.ts'
import type { DiscoveryProgress } from './discovery-progress.ts'
import { type DatabaseChoice, listObjects, readSchemas } from './read-schemas.ts'
import {
  type MergedSchema,
  mergeListing,
  needsRefresh,
  refreshSchema,
  type SchemaRefreshNeeds,
} from './refresh-schema.ts'
import { makeColumnReader, readWarehouseState } from './read-columns.ts'
import { readSemanticViews } from './read-semantic-views.ts'

export interface RefreshOrder {
  readonly link: SnowflakeLink
  /** The user named in the query tag. */
  readonly userId: string
  /** The connection's warehouse, where it names one. */
  readonly warehouse: string | null
  readonly databases: DatabaseChoice
  readonly isFull: boolean
}

export interface RefreshSettings {
  /** Statements under way at once. */
  readonly lanes: number
  readonly tablesAtOnce: number
  readonly statementTimeoutMs: number
  readonly compareAfterMs: number
}

interface RefreshNeeds extends RefreshSettings {
  readonly order: RefreshOrder
  readonly known: KnownAccount
  readonly now: () => number
  readonly signal: AbortSignal
  /** Called after every part; the account that `account` returns may be used and stored. */
  readonly onPart: (account: () => KnownAccount, progress: DiscoveryProgress) => void
}

export interface RefreshedAccount {
  readonly account: KnownAccount
  /** False where a schema could not be read this time. */
  readonly isComplete: boolean
}

/**
 * Compares what is known with the account: schemas, then names and sizes of all, then columns and keys of what is new or changed, then
 * semantic views. Where the listing shows no change only `SHOW` is sent. A schema that cannot be read is a gap, not the end; a broken
 * connection ends it.
 */
export async function refreshAccount(needs: RefreshNeeds): Promise<RefreshedAccount> {
  const failing = new AbortController()
  const signal = AbortSignal.any([needs.signal, failing.signal])
  const { order, statementTimeoutMs } = needs
  // Other statements would fail alike, so they are stopped.
  const ask = failingTogether(askAccount(order.link, order.userId, statementTimeoutMs, signal), (error) =>
    failing.abort(error),
  )
  const warehouse = await readWarehouseState(ask, order.warehouse)
  const readColumns = makeColumnReader({ ask, warehouse, tablesAtOnce: needs.tablesAtOnce })
  const places = await readSchemas(ask, order.databases)
  return await readParts(needs, places, {
    ask,
    readColumns,
    warehouse,
    now: needs.now,
    compareAfterMs: needs.compareAfterMs,
    isFull: order.isFull,
  })
}

async function readParts(
  { known, lanes, onPart }: RefreshNeeds,
  places: readonly SchemaPlace[],
  needs: SchemaRefreshNeeds,
): Promise<RefreshedAccount> {
  const draft = makeDraft(known, places)
  const tell = (): void => onPart(() => draft.account(), draft.progress())
  const listed: MergedSchema[] = []
  await inParallel(places, lanes, async (place) => {
    await orGap(draft, place, 'tables', async () => {
      const listing = await listObjects(needs.ask, place)
      const merged = mergeListing(listing, draft.known(place))
      if (listing.isCut) draft.addNote(place, 'tables beyond the limit of SHOW')
      listed.push(merged)
      draft.set(merged.schema)
    })
    draft.countListed()
    tell()
  })
  if (listed.every(({ schema }) => schema.tables.length === 0)) await refuseHidden(needs.ask)
  const order = new Map(places.map((place, index) => [schemaKey(place), index]))
  const due = listed
    .filter((merged) => needsRefresh(merged, needs))
    .toSorted((a, b) => (order.get(schemaKey(a.schema)) ?? 0) - (order.get(schemaKey(b.schema)) ?? 0))
  await inParallel(due, lanes, async (merged) => {
    await orGap(draft, merged.schema, 'columns', async () => {
      for await (const { schema, hasKeyGap } of refreshSchema(merged, needs)) {
        draft.set(schema)
        if (hasKeyGap) draft.addNote(schema, 'keys')
        tell()
      }
    })
  })
  const isWanted = (database: string, schema: string): boolean => order.has(schemaKey({ database, schema }))
  const semantic = await readSemanticViews(needs.ask, known.semanticViews, isWanted)
  const account = { ...draft.account(), semanticViews: semantic.views, comparedAt: needs.now() }
  onPart(() => account, draft.progress())
  return { account, isComplete: draft.isComplete() }
}

/** An account that shows nothing at all may hide it: nothing is stored then, and the reason is told. Throws `connection_broken`. */
async function refuseHidden(ask: AskAccount): Promise<void> {
  const names = await scopeThatHides(ask)
  if (names !== null) throw hiddenByScope(names)
}

/** Reads a part of a schema; a statement that fails leaves a gap. */
async function orGap(draft: Draft, place: SchemaPlace, what: string, read: () => Promise<void>): Promise<void> {
  try {
    await read()
  } catch (error) {
    if (!isOneStatements(error)) throw error
    draft.addGap(place, what)
  }
}

/** The state of the account while a reading changes it. */
interface Draft {
  known(place: SchemaPlace): KnownSchema | undefined
  set(schema: KnownSchema): void
  countListed(): void
  /** Records a missing part that the next refresh tries again. */
  addGap(place: SchemaPlace, what: string): void
  /** Records a missing part that another try would not bring. */
  addNote(place: SchemaPlace, what: string): void
  account(): KnownAccount
  progress(): DiscoveryProgress
  isComplete(): boolean
}

function makeDraft(known: KnownAccount, places: readonly SchemaPlace[]): Draft {
  const schemas = new Map(known.schemas.map((schema) => [schemaKey(schema), schema]))
  const counts = new Map<string, { readonly tables: number; readonly read: number }>()
  const gaps: string[] = []
  const notes: string[] = []
  let listed = 0
  let tables = 0
  let read = 0
  const phrase = ({ database, schema }: SchemaPlace, what: string): string => `${what} of ${database}.${schema}`
  return {
    known: (place) => schemas.get(schemaKey(place)),
    set(schema) {
      const key = schemaKey(schema)
      const before = counts.get(key) ?? { tables: 0, read: 0 }
      const now = { tables: schema.tables.length, read: schema.tables.filter((one) => one.hasColumns).length }
      tables += now.tables - before.tables
      read += now.read - before.read
      counts.set(key, now)
      schemas.set(key, schema)
    },
    countListed: () => void (listed += 1),
    addGap: (place, what) => void gaps.push(phrase(place, what)),
    addNote: (place, what) => void notes.push(phrase(place, what)),
    account: () => ({
      schemas: places.flatMap((place) => schemas.get(schemaKey(place)) ?? []),
      semanticViews: known.semanticViews,
      gaps: [...gaps, ...notes],
      comparedAt: known.comparedAt,
    }),
    progress: () => ({ schemas: places.length, schemasListed: listed, tables, tablesRead: read }),
    isComplete: () => gaps.length === 0,
  }
}

/** Works through items in order, `lanes` at a time. After the first failure it starts no further item and rejects once the running ones have ended. */
async function inParallel<T>(items: readonly T[], lanes: number, work: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values()
  let failed: { readonly error: unknown } | null = null
  const lane = async (): Promise<void> => {
    for (const item of rest) {
      if (failed !== null) return
      try {
        await work(item)
      } catch (error) {
        failed ??= { error }
      }
    }
  }
  await Promise.all(Array.from({ length: Math.max(1, lanes) }, lane))
  if (failed !== null) throw (failed as { readonly error: unknown }).error
}
