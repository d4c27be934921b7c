import type { CatalogState } from '../../contract/connection.ts'
import type { TableName } from '../../contract/turn-event.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { CatalogScope } from '../ports/catalog-store.ts'
import type { Clock } from '../ports/clock.ts'
import type { CatalogReader, OnProgress, SourceSession } from '../ports/connection-kind.ts'
import type { ConnectionRow } from '../ports/connection-store.ts'
import type { CatalogLook, CatalogStanding, OpenWarehouse } from '../ports/connections.ts'
import { problem, ProblemError } from '../problem.ts'
import { untilAborted } from '../until-aborted.ts'
import type { Warehouse } from '../ports/warehouse.ts'
import type { UsedRow } from './choose-grant.ts'
import { watchUse, type BeginUse } from './watch-use.ts'

/** A saved connection with its sessions and its view of the source. */
export interface OpenSession {
  readonly row: UsedRow
  readonly session: SourceSession
  /** Whose view the sessions have; signs in with the first call. Throws what the session throws. */
  scope(signal: AbortSignal): Promise<CatalogScope>
  catalogReader(signal: AbortSignal): Promise<CatalogReader>
  readonly connection: OpenWarehouse &
    Required<Pick<OpenWarehouse, 'refreshCatalog'>> & { readonly warehouse: Required<Warehouse> }
  close(): Promise<void>
}

interface OpenSessionNeeds {
  readonly row: UsedRow
  readonly session: SourceSession
  readonly clock: Clock
  readonly beginUse: BeginUse
  /** Told of every sign-in that has proved whose view it is. */
  readonly onProved: (scope: CatalogScope) => Promise<void>
}

/** How long a question waits for the sign-in before it takes the tables that an earlier one has proved. */
const patienceMs = 3_000

/** Puts an open connection together. While the source is away, questions get the catalog that an earlier sign-in has proved. */
export function makeOpenSession({ row, session, clock, beginUse, onProved }: OpenSessionNeeds): OpenSession {
  const closing = new AbortController()
  let proof: Promise<CatalogScope> | null = null
  let view: { readonly scope: CatalogScope; readonly reader: CatalogReader } | null = null

  let fault: string | null = null

  /** Remembers why the source could not be asked, until it answers again. */
  const noting = async <T>(work: Promise<T>): Promise<T> => {
    try {
      const done = await work
      fault = null
      return done
    } catch (error) {
      if (error instanceof ProblemError) fault = error.problem.message
      throw error
    }
  }
  const prove = async (): Promise<CatalogScope> => {
    const scope = await noting(session.proveScope(closing.signal))
    await onProved(scope)
    return scope
  }
  /** A failure is not kept: the next question signs in anew. */
  const scope = (signal: AbortSignal): Promise<CatalogScope> => {
    proof ??= prove().catch((error: unknown) => {
      proof = null
      throw error
    })
    return untilAborted(proof, signal)
  }
  /** What is read as one role is never stored as another's, should the session turn out to have a new one. */
  const confirm =
    (expected: CatalogScope) =>
    async (signal: AbortSignal): Promise<void> => {
      if (isSameScope(await scope(signal), expected)) return
      throw problem('connection_broken', 'The role of this connection is another one by now.', 'Ask again.')
    }
  const catalogReader = async (signal: AbortSignal): Promise<CatalogReader> => {
    const current = await orStored(row, clock, () => scope(signal))
    if (view !== null && isSameScope(view.scope, current)) return view.reader
    closing.signal.throwIfAborted()
    const before = view
    const reader = session.openCatalog(current, confirm(current))
    view = { scope: current, reader }
    await before?.reader.close()
    return reader
  }
  const catalog = async (signal: AbortSignal, onProgress?: OnProgress): Promise<Catalog> =>
    await (await catalogReader(signal)).catalog(signal, onProgress)

  const catalogState = async (signal: AbortSignal): Promise<CatalogStanding> => {
    const state = await (await catalogReader(signal)).state()
    return { ...state, fault }
  }
  const refreshCatalog = async (signal: AbortSignal, onProgress?: OnProgress): Promise<CatalogState> => {
    const end = beginUse()
    try {
      // Signs in first: another role may have become the user's default since.
      await scope(signal)
      return await noting((await catalogReader(signal)).refresh(signal, onProgress))
    } finally {
      end()
    }
  }
  const lookAgain = async (tables: readonly TableName[], signal: AbortSignal): Promise<CatalogLook> =>
    await (await catalogReader(signal)).lookAgain(tables, signal)

  const warehouse = watchUse(session.warehouse(catalog), beginUse)
  return {
    row,
    session,
    scope,
    catalogReader,
    connection: {
      ref: row.name,
      label: row.name,
      warehouse,
      probing: session.probing,
      ...(session.exporter === undefined ? {} : { exporter: session.exporter }),
      catalog,
      catalogState,
      refreshCatalog,
      lookAgain,
    },
    async close() {
      closing.abort(problem('interrupted', 'The connection was closed.', 'Ask again.'))
      await view?.reader.close()
      await session.close()
    },
  }
}

/** Whether two scopes are the same view of the same source. */
export const isSameScope = (a: CatalogScope, b: CatalogScope | null): boolean =>
  a.source === b?.source && a.view === b.view

/** While a source is away, its stored catalog still serves a connection whose role an earlier sign-in with the same settings has proved. */
async function orStored(
  { scope }: ConnectionRow,
  clock: Clock,
  prove: () => Promise<CatalogScope>,
): Promise<CatalogScope> {
  if (scope === null) return await prove()
  const patience = Promise.withResolvers<CatalogScope>()
  const stop = clock.after(patienceMs, () => patience.resolve(scope))
  try {
    return await Promise.race([prove(), patience.promise])
  } catch (error) {
    if (error instanceof ProblemError && awayCodes.includes(error.problem.code)) return scope
    throw error
  } finally {
    stop()
  }
}

const awayCodes: readonly string[] = ['warehouse_unreachable', 'query_timeout', 'too_busy']
