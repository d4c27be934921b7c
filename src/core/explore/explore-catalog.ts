import {
  catalogKinds,
  type CatalogAge,
  type CatalogChildren,
  type CatalogKind,
  type CatalogNames,
  type CatalogRefreshEvent,
  type CatalogSearch,
  type CatalogTableDetails,
} from '../../contract/catalog.ts'
import type { TableName } from '../../contract/turn-event.ts'
import { demandRight, type Caller } from '../caller.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { Clock } from '../ports/clock.ts'
import type { Interpreter } from '../ports/interpreter.ts'
import type { Connections, OpenConnection } from '../ports/connections.ts'
import { problem, ProblemError } from '../problem.ts'
import { findPlace, listCatalog, type CatalogListing, type Pause } from './catalog-listing.ts'
import { nodesBelow, pageOf, presentNames, presentTable } from './present-catalog.ts'
import { indexCatalog, type CatalogIndex } from './search-catalog.ts'

/** What every question about a catalog names. */
interface OfConnection {
  readonly connection: string
}

interface Paged extends OfConnection {
  readonly cursor?: string | undefined
  readonly limit: number
}

/**
 * Looking through the catalogs of the connections that a caller may use, each as the role sees it that the caller uses it with. All throw
 * `forbidden` for those who may not ask, and what opening a connection throws: `connection_unknown`, `sign_in_needed` and what keeps a
 * source that was never read from being read.
 */
export interface CatalogExplorer {
  /** One page of what lies below a node. Throws `not_found` where there is no such node. */
  children(
    caller: Caller,
    asked: Paged & { readonly parent?: string | undefined },
    signal: AbortSignal,
  ): Promise<CatalogChildren>
  /** One page of what is called or described so, best first. */
  search(
    caller: Caller,
    asked: Paged & { readonly q: string; readonly kinds?: string | undefined },
    signal: AbortSignal,
  ): Promise<CatalogSearch>
  /** Every name, none where `version` is the one that holds. */
  names(
    caller: Caller,
    asked: OfConnection & { readonly version?: string | undefined },
    signal: AbortSignal,
  ): Promise<CatalogNames>
  /** Everything about one table; of a family about its newest member. Throws `not_found`. */
  table(
    caller: Caller,
    asked: OfConnection & { readonly name: string },
    signal: AbortSignal,
  ): Promise<CatalogTableDetails>
  /** Compares the list with the source. What keeps it from beginning is thrown before the first event. */
  refresh(caller: Caller, ref: string, signal: AbortSignal): Promise<AsyncGenerator<CatalogRefreshEvent>>
}

interface ExplorerNeeds {
  readonly connections: Connections
  readonly clock: Clock
  readonly outlookOf: Interpreter['outlookOf']
  /** The caller's favorites whose queries read a table of the connection with this reference. */
  readonly favoritesReading: (
    caller: Caller,
    ref: string,
    table: TableName,
  ) => Promise<readonly { readonly id: string; readonly title: string }[]>
}

interface Explored {
  readonly listing: CatalogListing
  readonly index: () => Promise<CatalogIndex>
}

/** After so long without a comparison a list is called stale. */
const staleAfterMs = 24 * 3_600_000

/** Makes the explorer. Lists and indexes are made once for each catalog, and shared by everyone who sees the same one. */
export function makeCatalogExplorer({
  connections,
  clock,
  outlookOf,
  favoritesReading,
}: ExplorerNeeds): CatalogExplorer {
  const explored = new WeakMap<Catalog, Promise<Explored>>()
  const pause: Pause = () => new Promise((resolve) => void clock.after(0, resolve))

  const explore = async (catalog: Catalog): Promise<Explored> => {
    const listing = await listCatalog(catalog, pause)
    let index: Promise<CatalogIndex> | null = null
    return { listing, index: () => (index ??= indexCatalog(listing, pause)) }
  }
  const exploredOf = (catalog: Catalog): Promise<Explored> => {
    const known = explored.get(catalog) ?? explore(catalog)
    explored.set(catalog, known)
    return known
  }
  const ageOf = async (connection: OpenConnection, { catalog, version }: CatalogListing, signal: AbortSignal) =>
    describeAge(catalog, version, (await connection.catalogState?.(signal)) ?? null, clock.now())
  const open = async (caller: Caller, ref: string, signal: AbortSignal) => {
    demandRight(caller, 'ask')
    const connection = await connections.open(caller, ref, signal)
    const found = await exploredOf(await connection.catalog(signal))
    return { connection, ...found, age: await ageOf(connection, found.listing, signal) }
  }

  return {
    async children(caller, { connection, parent = '', cursor, limit }, signal) {
      const { listing, age } = await open(caller, connection, signal)
      const below = nodesBelow(listing, parent)
      if (below === null) throw notThere(parent)
      return { age, ...pageOf(below, cursor ?? null, limit) }
    },
    async search(caller, { connection, q, kinds, cursor, limit }, signal) {
      const { index, age } = await open(caller, connection, signal)
      const from = readOffset(cursor ?? '0')
      const { hits, total } = (await index()).search(q, readKinds(kinds), from, limit)
      const end = from + hits.length
      return { age, hits: [...hits], total, nextCursor: end < total ? String(end) : null }
    },
    async names(caller, { connection, version }, signal) {
      const { listing, age } = await open(caller, connection, signal)
      return { age, schemas: version === listing.version ? null : presentNames(listing), tables: listing.count }
    },
    async table(caller, { connection: ref, name }, signal) {
      const { connection, listing, age } = await open(caller, ref, signal)
      const place = findPlace(listing, name)
      if (place?.level !== 'entry') throw notThere(name)
      const { probing, samplesToModel } = connection.policy
      const { tables, semanticView } = place.entry
      const table = tables.at(-1)
      const shown = table ?? semanticView
      const [outlook, favorites] = await Promise.all([
        table === undefined ? null : outlookOf(listing.catalog, table, signal),
        shown === null ? [] : favoritesReading(caller, connection.ref, shown),
      ])
      const showSamples = probing === 'read' && samplesToModel
      return presentTable(place, { listing, age, showSamples, outlook, favorites })
    },
    async refresh(caller, ref, signal) {
      demandRight(caller, 'ask')
      const connection = await connections.open(caller, ref, signal)
      return refreshing(connection, signal, async () => {
        const { listing } = await exploredOf(await connection.catalog(signal))
        return { age: await ageOf(connection, listing, signal), tables: listing.count }
      })
    },
  }
}

/** Tells how far a refresh is until it has ended; a fact that was not read yet gives way to the next one. */
async function* refreshing(
  connection: OpenConnection,
  signal: AbortSignal,
  describe: () => Promise<Omit<Extract<CatalogRefreshEvent, { kind: 'done' }>, 'kind'>>,
): AsyncGenerator<CatalogRefreshEvent> {
  let latest: string | null = null
  let told = Promise.withResolvers<void>()
  const tell = (fact: string): void => {
    latest = fact
    told.resolve()
  }
  const refresh = async (): Promise<CatalogRefreshEvent> => {
    try {
      await connection.refreshCatalog?.(signal, tell)
      return { kind: 'done', ...(await describe()) }
    } catch (error) {
      if (error instanceof ProblemError) return { kind: 'failed', problem: error.problem }
      throw error
    }
  }
  const end = refresh()
  // A reader that has left the stream hears of no failure any more.
  end.catch(() => undefined)
  for (;;) {
    const ended = await Promise.race([end, told.promise])
    if (ended !== undefined) {
      yield ended
      return
    }
    told = Promise.withResolvers<void>()
    if (latest !== null) yield { kind: 'progress', fact: latest }
  }
}

/** How a list stands: what is missing counts more than its age. */
function describeAge(
  { unread }: Catalog,
  version: string,
  standing: Awaited<ReturnType<NonNullable<OpenConnection['catalogState']>>> | null,
  nowMs: number,
): CatalogAge {
  if (standing === null)
    return { state: unread === undefined ? 'complete' : 'partial', readAt: null, note: unread ?? null, version }
  const { readAt, fault } = standing
  if (fault !== null) return { state: 'failed', readAt, note: fault, version }
  if (standing.state !== 'complete')
    return { state: 'partial', readAt, note: unread ?? 'Some parts could not be read.', version }
  const isStale = readAt !== null && nowMs - Date.parse(readAt) > staleAfterMs
  return { state: isStale ? 'stale' : 'complete', readAt, note: null, version }
}

function readOffset(cursor: string): number {
  if (/^\d{1,9}$/.test(cursor)) return Number(cursor)
  throw problem('bad_request', 'This cursor is none that a page of this list has named.', 'Begin with the first page.')
}

function readKinds(kinds: string | undefined): ReadonlySet<CatalogKind> | null {
  if (kinds === undefined || kinds === '') return null
  const named = kinds.split(',')
  const known = catalogKinds.filter((kind) => named.includes(kind))
  if (known.length === new Set(named).size) return new Set(known)
  throw problem('bad_request', `One of the kinds "${kinds}" is unknown.`, `Use of these: ${catalogKinds.join(', ')}.`)
}

const notThere = (id: string): ProblemError =>
  problem(
    'not_found',
    `There is no "${id}" in this connection, or its role does not see it.`,
    'Look at the list, or refresh it.',
  )
