import type { ConnectionSummary } from '../../contract/api.ts'
import type { Clock } from '../ports/clock.ts'
import type { ConnectionKind } from '../ports/connection-kind.ts'
import type { OpenWarehouse } from '../ports/connections.ts'
import type { SharedConnectionRow, ConnectionShareStore } from '../ports/connection-share-store.ts'
import type { RowBatch, RowStream, Warehouse } from '../ports/warehouse.ts'
import { problem } from '../problem.ts'
import { chooseGrant, rowForGrant, type Grant, type UsedRow } from './choose-grant.ts'
import { kindOf } from './kind-of.ts'
import type { OpenSession } from './open-session.ts'

/** References of connections that are shared with a person; their names are their owners' and may be alike. */
export const sharedPrefix = 'shared:'

interface SharedUseNeeds {
  readonly shares: ConnectionShareStore
  readonly kinds: readonly ConnectionKind[]
  readonly clock: Clock
  /** The sessions of a row, opened where they are not. */
  readonly open: (row: UsedRow) => Promise<OpenSession>
}

/** Using connections that others share. */
export interface SharedUse {
  list(userId: string): Promise<readonly ConnectionSummary[]>
  /** By reference, or by a name that only one shared connection has. Throws `connection_unknown`, `sign_in_needed`. */
  open(userId: string, ref: string, signal: AbortSignal): Promise<OpenWarehouse>
}

/** While rows are read, the share is looked at again after this long. */
const confirmEveryMs = 5_000

export function makeSharedUse({ shares, kinds, clock, open }: SharedUseNeeds): SharedUse {
  /** Throws where the person may no longer do what they were opened the connection for. */
  const confirm = async (userId: string, { row }: SharedConnectionRow, grant: Grant): Promise<void> => {
    const [now] = await shares.sharedWith(userId, row.id)
    const current = now === undefined ? null : chooseGrant(now.shares)
    if (now === undefined || current === null)
      throw problem('connection_unknown', `"${row.name}" is not shared with you any more.`, 'Ask its owner.')
    if (now.row.revision !== row.revision || JSON.stringify(current) !== JSON.stringify(grant))
      throw problem('connection_broken', `What you may do with "${row.name}" has changed meanwhile.`, 'Ask again.')
  }
  return {
    list: async (userId) =>
      (await shares.sharedWith(userId, null)).flatMap((shared) => {
        const { row, ownerName } = shared
        const grant = chooseGrant(shared.shares)
        if (grant === null) return []
        const { warning } = rowForGrant(shared, grant)
        const { role, otherRoles, mayExport, mayAutoRun, writers } = grant
        return {
          ref: sharedPrefix + row.id,
          label: row.name,
          engine: kindOf(kinds, row.kind).describe(row.settings),
          warning,
          saved: null,
          shared: { by: ownerName, role, otherRoles: [...otherRoles], mayExport, mayAutoRun, writers },
        }
      }),
    open: async (userId, ref, signal) => {
      const shared = await findShared(shares, userId, ref)
      const grant = shared === null ? null : chooseGrant(shared.shares)
      signal.throwIfAborted()
      if (shared === null || grant === null)
        throw problem('connection_unknown', `There is no connection "${ref}".`, 'Look at the list of your connections.')
      const { row, ownerName } = shared
      if (row.needsSignIn)
        throw problem('sign_in_needed', `Nobody is signed in to "${row.name}".`, `Ask ${ownerName} to sign in again.`)
      const opened = await open(rowForGrant(shared, grant))
      const check = async (until: AbortSignal): Promise<void> => {
        await confirm(userId, shared, grant)
        // Under a role of its own nothing runs before the sign-in has proved that role, and no other one beside it.
        if (grant.role !== null) await opened.scope(until)
      }
      const { connection } = opened
      return {
        ...connection,
        ref: sharedPrefix + row.id,
        policyName: row.name,
        grant,
        notices: [noticeOf(ownerName, grant)],
        warehouse: confirmFirst(connection.warehouse, clock, check),
      }
    },
  }
}

async function findShared(
  shares: ConnectionShareStore,
  userId: string,
  ref: string,
): Promise<SharedConnectionRow | null> {
  if (ref.startsWith(sharedPrefix)) {
    const id = ref.slice(sharedPrefix.length)
    return isUuid(id) ? ((await shares.sharedWith(userId, id))[0] ?? null) : null
  }
  const named = (await shares.sharedWith(userId, null)).filter(
    ({ row }) => row.name.toLowerCase() === ref.toLowerCase(),
  )
  if (named.length < 2) return named[0] ?? null
  const refs = named.map(({ row, ownerName }) => `${sharedPrefix}${row.id} by ${ownerName}`)
  throw problem('connection_unknown', `Several people share a connection "${ref}" with you.`, 'Say which one.', {
    details: refs,
  })
}

export const isUuid = (text: string): boolean => /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text)

function noticeOf(ownerName: string, { role, groups, otherRoles }: Grant): string {
  const as = role === null ? '' : ` as role ${role}`
  const others = otherRoles.length === 0 ? '' : `; not as ${otherRoles.join(', ')}, which others of your groups have`
  return `Shared by ${ownerName}, used${as} through ${groups.join(', ')}${others}`
}

/** The same warehouse, which checks before each statement, now and then between rows, and when one has failed, that it may still be used. */
function confirmFirst(
  warehouse: Required<Warehouse>,
  clock: Clock,
  check: (signal: AbortSignal) => Promise<void>,
): Required<Warehouse> {
  /** A statement whose share has ended was stopped for it, which says more than the failure does. */
  const during = async <T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      if (!signal.aborted) await check(signal)
      throw error
    }
  }
  async function* checked(batches: AsyncIterable<RowBatch>, signal: AbortSignal): AsyncGenerator<RowBatch> {
    let checkedMs = clock.monotonicMs()
    try {
      for await (const batch of batches) {
        if (clock.monotonicMs() - checkedMs > confirmEveryMs) {
          await check(signal)
          checkedMs = clock.monotonicMs()
        }
        yield batch
      }
    } catch (error) {
      if (!signal.aborted) await check(signal)
      throw error
    }
  }
  const streaming = async (signal: AbortSignal, work: () => Promise<RowStream>): Promise<RowStream> => {
    await check(signal)
    const startedMs = clock.monotonicMs()
    const stream = await during(signal, work)
    if (clock.monotonicMs() - startedMs > confirmEveryMs) await check(signal)
    return { ...stream, batches: checked(stream.batches, signal) }
  }
  /** Work that takes long, stopped once a look at the share has failed. */
  const watched = async <T>(signal: AbortSignal, work: (either: AbortSignal) => Promise<T>): Promise<T> => {
    await check(signal)
    const ended = new AbortController()
    let takeBack = (): void => undefined
    const lookLater = (): void => {
      takeBack = clock.after(confirmEveryMs, () => {
        check(signal).then(lookLater, (error: unknown) => ended.abort(error))
      })
    }
    lookLater()
    try {
      return await during(signal, () => work(AbortSignal.any([signal, ended.signal])))
    } finally {
      takeBack()
    }
  }
  return {
    readCatalog: (options) => warehouse.readCatalog(options),
    compile: async (sql, options) => {
      await check(options.signal)
      return await during(options.signal, () => warehouse.compile(sql, options))
    },
    run: (sql, options) => streaming(options.signal, () => warehouse.run(sql, options)),
    reread: (queryId, options) => streaming(options.signal, () => warehouse.reread(queryId, options)),
    save: (source, file, options) =>
      watched(options.signal, (signal) => warehouse.save(source, file, { ...options, signal })),
    // Stopping what was left running is always right.
    cancelLeftover: (queryId, options) => warehouse.cancelLeftover(queryId, options),
    close: () => warehouse.close(),
  }
}
