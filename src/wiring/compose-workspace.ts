import { join } from 'node:path'
import type { ExportProcesses } from '../adapters/duckdb/export/export-processes.ts'
import { makeResultFiles } from '../adapters/duckdb/results/result-files.ts'
import { makePostgresFavoriteStore } from '../adapters/postgres/postgres-favorite-store.ts'
import { makePostgresHistoryStore } from '../adapters/postgres/postgres-history-store.ts'
import type { Config } from '../config.ts'
import { strictPolicy } from '../contract/guard-policy.ts'
import type { TableName } from '../contract/turn-event.ts'
import type { Journey } from '../core/ask/journey.ts'
import type { ConversationNews } from '../core/ask/conversation-news.ts'
import type { OrphanSweep } from '../core/ask/sweep-orphans.ts'
import type { RunningTurns, Turns } from '../core/ask/turns.ts'
import { makeComparisons, type ReadOutline } from '../core/comparison/comparisons.ts'
import { makeFavorites } from '../core/favorites/favorites.ts'
import { makeVerifiedQueries, savedIdOf, type VerifiedQueries } from '../core/favorites/verified-queries.ts'
import { makeConversations } from '../core/history/conversations.ts'
import type { Caller } from '../core/caller.ts'
import type { Guard } from '../core/guard/make-guard.ts'
import type { Audit } from '../core/people/audit.ts'
import type { Connections } from '../core/ports/connections.ts'
import type { SqlParsers } from '../core/ports/sql-parsers.ts'
import type { TurnStore } from '../core/ports/turn-store.ts'
import { makeExports } from '../core/results/exports.ts'
import { makeResultRows } from '../core/results/result-rows.ts'
import { makeWriteWholeResult } from '../core/results/write-result.ts'
import type { Services } from '../core/services.ts'
import type { ListConnections } from './compose-people.ts'
import type { Foundation } from './foundation.ts'

interface WorkspaceNeeds {
  readonly store: TurnStore
  readonly sweep: OrphanSweep
  readonly turns: RunningTurns
  readonly news: ConversationNews
  readonly audit: Audit
  readonly journey: Journey
  readonly connections: Connections
  /** What writes files of kept results. */
  readonly exporting: ExportProcesses
}

/** What people keep, find again and take away, around the turns. */
export function composeWorkspace(
  { DATA_DIR, KEEP_RESULTS_MEGABYTES: megabytes }: Pick<Config, 'DATA_DIR' | 'KEEP_RESULTS_MEGABYTES'>,
  foundation: Foundation,
  { turns, exporting, ...needs }: WorkspaceNeeds,
): Pick<Services, 'conversations' | 'exports' | 'results'> {
  const history = makePostgresHistoryStore(foundation)
  const files = makeResultFiles({
    root: join(DATA_DIR, 'results'),
    exports: join(DATA_DIR, 'exports'),
    exporting,
    maxBytes: megabytes * 1_000_000,
    now: () => foundation.clock.now(),
    onFault: foundation.onFault,
  })
  const shared = { ...foundation, ...needs, writeWhole: makeWriteWholeResult({ ...foundation, ...needs }) }
  const { writeShown, writeKept, writeReread, ...results } = makeResultRows({ ...shared, files })
  return {
    conversations: makeConversations({ ...shared, store: history, turns: needs.store, running: turns }),
    exports: makeExports({ ...shared, writeShown, writeKept, writeReread }),
    results,
  }
}

interface FavoriteStoreNeeds {
  readonly audit: Audit
  readonly stored: TurnStore
  readonly listConnections: ListConnections
  readonly guard: Guard
  readonly parsers: SqlParsers
}

/** What people keep and arrange: favorites, those of them that they vouch for, and answers side by side. */
export function composeFavorites(
  { KEEP_MEGABYTES_PER_PERSON: megabytes }: { readonly KEEP_MEGABYTES_PER_PERSON: number },
  foundation: Foundation,
  { audit, stored, listConnections, guard, parsers }: FavoriteStoreNeeds,
) {
  const store = makePostgresFavoriteStore(foundation)
  const verified = makeVerifiedQueries({ ...foundation, store, listConnections, audit })
  const limitBytes = megabytes === 0 ? null : megabytes * 1_000_000
  const readOutline: ReadOutline = async (sql) => {
    const verdict = await guard.guardSql(sql, { catalog: null, policy: strictPolicy })
    return verdict.ok ? await parsers.outline(verdict.sql) : null
  }
  const needs = { ...foundation, store, stored, verified, listConnections, audit, limitBytes, readOutline }
  const find: VerifiedQueries['find'] = (caller, connection, question) => verified.find(caller, connection, question)
  return {
    findVerified: find,
    /** The caller's favorites that read a table of the connection with this reference. */
    favoritesReading: async (caller: Caller, ref: string, table: TableName) => {
      const used = (await listConnections(caller)).find((listed) => listed.ref === ref)
      const connectionId = used === undefined ? null : savedIdOf(used)
      return await store.listReading(caller.userId, { connection: ref, connectionId, table })
    },
    /** These turns, favorites whose queries are asked through them, and what people vouch for. */
    servicesOn: (turns: Turns): Pick<Services, 'turns' | 'favorites' | 'verified' | 'comparisons'> => ({
      turns,
      favorites: makeFavorites({ ...needs, turns }),
      verified: verified.listed,
      comparisons: makeComparisons({ stored, history: makePostgresHistoryStore(foundation), readOutline }),
    }),
  }
}
