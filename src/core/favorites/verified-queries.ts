import type { ConnectionSummary } from '../../contract/api.ts'
import type { VerifiedQuery } from '../../contract/favorites.ts'
import { demandRight, type Caller } from '../caller.ts'
import { sharedPrefix } from '../connections/shared-use.ts'
import type { Audit } from '../people/audit.ts'
import type { Clock } from '../ports/clock.ts'
import type { WarehouseSource } from '../ports/connections.ts'
import type { FavoriteStore, OpenedRow, VerifiedRow } from '../ports/favorite-store.ts'
import { bindParameters } from './parameters.ts'

/** A query that answers a question because somebody vouches for it. */
export interface VerifiedAnswer {
  readonly sql: string
  /** The name of who vouches for it. */
  readonly by: string
  /** Whether that is the person who asks. */
  readonly isOwn: boolean
  readonly at: string
}

/** Questions with queries that people vouch for: their own, and on a connection that is shared with them those of its owner. */
export interface VerifiedList {
  list(caller: Caller, connection: string | null): Promise<readonly VerifiedQuery[]>
  /** The same as a file for `floe eval`, a question a line. */
  export(caller: Caller, connection: string | null): Promise<string>
}

/** The same, with how they come to be and what they are for. */
export interface VerifiedQueries {
  /** What answers a question on the connection that is open under this reference; null where nobody vouches for it. */
  find(caller: Caller, connection: string, question: string): Promise<VerifiedAnswer | null>
  /** Throws `bad_request` for a parameter without a default, because a verified query has none. */
  vouch(caller: Caller, row: OpenedRow, question: string): Promise<void>
  withdraw(caller: Caller, row: OpenedRow): Promise<void>
}

export function makeVerifiedQueries(needs: {
  readonly store: FavoriteStore
  readonly listConnections: WarehouseSource['list']
  readonly audit: Pick<Audit, 'note'>
  readonly clock: Clock
}): VerifiedQueries & { readonly listed: VerifiedList } {
  const { store, listConnections, audit, clock } = needs
  const list: VerifiedList['list'] = async (caller, connection) => {
    const [rows, listed] = await Promise.all([store.listVerified(caller.userId, null), listConnections(caller)])
    const wanted = connection?.toLowerCase()
    const found = rows.map((row) => ({ row, used: namedAs(row, listed) }))
    return found
      .filter(({ row, used }) => {
        const names = [used?.ref ?? row.connection, used?.label ?? row.connection]
        return wanted === undefined || names.some((name) => name.toLowerCase() === wanted)
      })
      .map(({ row, used }) => ({
        favoriteId: row.favoriteId,
        question: row.question,
        sql: row.sql,
        connection: used?.ref ?? row.connection,
        by: { name: row.ownerName, isMe: row.ownerId === caller.userId },
        at: row.at,
      }))
  }
  return {
    listed: {
      list,
      export: async (caller, connection) =>
        (await list(caller, connection))
          .map(({ favoriteId, question, sql, connection: asked, by, at }) => {
            const line = { id: favoriteId, question, sql, connection: asked, verified_by: by.name, verified_at: at }
            return `${JSON.stringify(line)}\n`
          })
          .join(''),
    },
    find: async (caller, connection, question) => {
      const rows = await store.listVerified(caller.userId, questionKey(question))
      if (rows.length === 0) return null
      const listed = await listConnections(caller)
      const found = rows.find(
        (row) => (namedAs(row, listed)?.ref ?? row.connection).toLowerCase() === connection.toLowerCase(),
      )
      if (found === undefined) return null
      return { sql: found.sql, by: found.ownerName, isOwn: found.ownerId === caller.userId, at: found.at }
    },
    vouch: async (caller, row, question) => {
      demandRight(caller, 'ask')
      const sql = bindParameters(row.sql, row.parameters, {})
      const at = new Date(clock.now()).toISOString()
      await store.change(caller.userId, row.id, { verified: { question, sql, at, key: questionKey(question) } })
      await audit.note(caller, 'favorite.verified', { favorite: row.id, question, connection: row.connection })
    },
    withdraw: async (caller, row) => {
      await store.change(caller.userId, row.id, { verified: null })
      await audit.note(caller, 'favorite.unverified', { favorite: row.id, connection: row.connection })
    },
  }
}

/** The saved connection behind a listed one; null for the sample and for folders. */
export function savedIdOf({ ref, saved }: Pick<ConnectionSummary, 'ref' | 'saved'>): string | null {
  return saved?.id ?? (ref.startsWith(sharedPrefix) ? ref.slice(sharedPrefix.length) : null)
}

/** How a reader knows the connection of a verified query; undefined where it is none of their saved ones. */
const namedAs = ({ connectionId }: VerifiedRow, listed: readonly ConnectionSummary[]): ConnectionSummary | undefined =>
  connectionId === null ? undefined : listed.find((one) => savedIdOf(one) === connectionId)

/** A question as it is compared: without regard to case, spacing, and the mark at its end. */
export const questionKey = (question: string): string =>
  question
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/\s+/g, ' ')
    .replace(/[\s.?!¿？。]+$/u, '')
    .trim()
