import type { Catalog } from '../../../core/catalog/catalog.ts'
import type { CatalogScope } from '../../../core/ports/catalog-store.ts'
import type { Clock } from '../../../core/ports/clock.ts'
import type { ConnectionRow } from '../../../core/ports/connection-store.ts'
import type { OpenWarehouse } from '../../../core/ports/connections.ts'
import { problem, ProblemError } from '../../../core/problem.ts'
import type { Discoveries, Discovery } from '../discovery/discovery.ts'
import { untilAborted } from '../discovery/until-aborted.ts'
import type { SnowflakeAccess } from '../make-snowflake-link.ts'
import type { SnowflakeLink } from '../snowflake-link.ts'
import { makeSnowflakeWarehouse } from '../snowflake-warehouse.ts'
import { proveScope } from './prove-scope.ts'
import { makeTableSizes } from './table-sizes.ts'
import { watchUse, type BeginUse } from './watch-use.ts'

/** A connection with its sessions and its view of the account. */
export interface OpenAccount {
  readonly row: ConnectionRow
  readonly access: SnowflakeAccess
  /** Whose view it is; signs in with the first call. Throws what the link throws. */
  scope(signal: AbortSignal): Promise<CatalogScope>
  discovery(signal: AbortSignal): Promise<Discovery>
  readonly connection: OpenWarehouse
  close(): Promise<void>
}

interface OpenAccountNeeds {
  readonly row: ConnectionRow
  readonly access: SnowflakeAccess
  readonly discoveries: Discoveries
  readonly clock: Clock
  readonly beginUse: BeginUse
  /** Told of every sign-in that has proved whose view it is. */
  readonly onProved: (scope: CatalogScope) => Promise<void>
}

const proofTimeoutMs = 30_000
/** How long a question waits for the sign-in before it takes the tables that an earlier one has proved. */
const patienceMs = 3_000

/** Puts a connection together. Nobody signs in before the first call; an account that is away is met with what an earlier sign-in has proved. */
export function makeOpenAccount(needs: OpenAccountNeeds): OpenAccount {
  const { row, access, discoveries } = needs
  const closing = new AbortController()
  let proof: Promise<CatalogScope> | null = null
  let view: { readonly scope: CatalogScope; readonly discovery: Discovery } | null = null

  const prove = async (): Promise<CatalogScope> => {
    const options = { userId: row.ownerId, timeoutMs: proofTimeoutMs, signal: closing.signal }
    const scope = await proveScope(access, options)
    await needs.onProved(scope)
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
  const onlyAs = (whose: CatalogScope): SnowflakeLink => ({
    query: async (statement, options) => {
      if (isSameScope(await scope(options.signal), whose)) return await access.query(statement, options)
      throw problem('connection_broken', 'The role of this connection is another one by now.', 'Ask again.')
    },
    close: () => Promise.resolve(),
  })
  const discovery = async (signal: AbortSignal): Promise<Discovery> => {
    const whose = await orStored(row, needs.clock, () => scope(signal))
    if (view !== null && isSameScope(view.scope, whose)) return view.discovery
    closing.signal.throwIfAborted()
    const { ownerId: userId, warehouse, database: defaultDatabase, schema: defaultSchema } = row
    const defaults = { warehouse, defaultDatabase, defaultSchema, includeShares: false }
    const before = view
    const opened = discoveries.open({ scope: whose, link: onlyAs(whose), userId, ...defaults })
    view = { scope: whose, discovery: opened }
    await before?.discovery.close()
    return opened
  }

  const sizes = makeTableSizes()
  const catalog = async (signal: AbortSignal, onProgress?: (fact: string) => void): Promise<Catalog> => {
    const read = await (await discovery(signal)).catalog(signal, onProgress)
    sizes.know(read)
    return read
  }
  const warehouse = makeSnowflakeWarehouse({ access, readCatalog: (signal) => catalog(signal), tableBytes: sizes.of })
  return {
    row,
    access,
    scope,
    discovery,
    connection: { ref: row.name, label: row.name, warehouse: watchUse(warehouse, needs.beginUse), catalog },
    async close() {
      closing.abort(problem('interrupted', 'The connection was closed.', 'Ask again.'))
      await view?.discovery.close()
      await access.close()
    },
  }
}

/** Whether two scopes are the same role of the same account. */
export const isSameScope = (a: CatalogScope, b: CatalogScope | null): boolean =>
  a.account === b?.account && a.role === b.role

/** While an account is away its stored catalog still serves, to whom an earlier sign-in under the same settings has proved the role. */
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
    const isAway = error instanceof ProblemError && awayCodes.includes(error.problem.code)
    if (isAway) return scope
    throw error
  } finally {
    stop()
  }
}

const awayCodes: readonly string[] = ['warehouse_unreachable', 'query_timeout', 'too_busy']
