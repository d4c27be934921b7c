import { strictPolicy } from '../contract/guard-policy.ts'
import type { AppInfo, ConnectionSummary } from '../contract/api.ts'
import type { ConnectionReport } from '../contract/connection.ts'
import type { Problem } from '../contract/problem.ts'
import type { Turns } from './ask/turns.ts'
import type { Caller } from './caller.ts'
import type { Catalog } from './catalog/catalog.ts'
import { isLocal } from './connections/combine-connections.ts'
import type { SavedConnections } from './connections/saved-connections.ts'
import { makeExportResult } from './export/export-result.ts'
import type { Guard, GuardVerdict } from './guard/make-guard.ts'
import type { Connections } from './ports/connections.ts'
import type { Interpreter } from './ports/interpreter.ts'
import type { SqlParsers } from './ports/sql-parsers.ts'
import type { TurnStore } from './ports/turn-store.ts'
import type { Writers } from './ports/writers.ts'
import { presentProblem, problem, ProblemError } from './problem.ts'
import type { Health, Services } from './services.ts'

export interface ServicesNeeds {
  readonly turns: Turns
  readonly store: TurnStore
  /** Resolves once turns left over by dead processes were ended. */
  readonly swept: () => Promise<void>
  readonly guard: Guard
  readonly explain: SqlParsers['explain']
  readonly connections: Connections
  /** Those of them that need no store. */
  readonly localConnections: Pick<Connections, 'list'>
  readonly savedConnections: SavedConnections
  readonly writers: Writers
  readonly suggestQuestions: Interpreter['suggestQuestions']
  readonly version: string
  /** The state of what lies below: store, parsers, models. */
  readonly dependencies: readonly (() => Promise<Health>)[]
  /** Closes what lies below, once the turns are over. */
  readonly closeAll: () => Promise<void>
}

/** The connection the page opens with. */
const defaultConnection = 'sample'

/** Puts together what the doors may use. */
export function makeServices(needs: ServicesNeeds): Services {
  const { turns, store, swept } = needs
  return {
    turns,
    history: {
      list: async (caller, limit) => {
        await swept()
        return await store.listConversations(caller.userId, limit)
      },
      read: async (caller, conversationId) => {
        await swept()
        const found = await store.readConversation(caller.userId, conversationId)
        if (found !== null) return found
        throw problem('not_found', 'There is no such conversation.', 'Check the link, or start a new one.')
      },
      readTurn: async (caller, turnId, afterSeq) => {
        await swept()
        const turn = await store.readTurn(caller.userId, turnId)
        if (turn === null) throw problem('not_found', 'There is no such question.', 'Check the link, or ask again.')
        return { turn, events: await store.readEvents(caller.userId, turnId, afterSeq) }
      },
    },
    check: async (caller, sql, connection) => {
      const verdict = await judge(needs, caller, sql, connection)
      return verdict.ok ? { ok: true, tables: verdict.tables } : { ...verdict, tables: [] }
    },
    explain: async (caller, sql, connection) => {
      const verdict = await judge(needs, caller, sql, connection)
      if (!verdict.ok) return verdict
      return { ok: true, tables: verdict.tables, explanation: await needs.explain(verdict.sql) }
    },
    exportResult: makeExportResult(needs),
    appInfo: (caller) => readAppInfo(needs, caller),
    starters: (caller, connection, signal) => readStarters(needs, caller, connection, signal),
    connections: needs.savedConnections,
    health: () => Promise.all(needs.dependencies.map((check) => check())),
    diagnose: async (caller, connection, signal) => {
      if (isLocal(connection)) return await tryLocal(needs, caller, connection, signal)
      const { id } = await needs.savedConnections.find(caller, connection)
      return await needs.savedConnections.test(caller, id, signal)
    },
    close: async () => {
      await turns.close()
      await needs.closeAll()
    },
  }
}

/** The guard's verdict; with a connection, names are resolved against its catalog. */
async function judge(
  { guard, connections }: ServicesNeeds,
  caller: Caller,
  sql: string,
  connection: string | null,
): Promise<GuardVerdict> {
  const catalog = connection === null ? null : await readCatalog(connections, caller, connection)
  return await guard.guardSql(sql, { catalog, policy: strictPolicy })
}

async function readCatalog(connections: Connections, caller: Caller, ref: string): Promise<Catalog> {
  const { signal } = new AbortController()
  return await (await connections.open(caller, ref, signal)).catalog(signal)
}

async function readAppInfo(needs: ServicesNeeds, caller: Caller): Promise<AppInfo> {
  const [listed, starters] = await Promise.all([
    listConnections(needs, caller),
    readStarters(needs, caller, defaultConnection, new AbortController().signal),
  ])
  return {
    version: needs.version,
    ...listed,
    writers: [...needs.writers.list()],
    defaultWriter: needs.writers.defaultId,
    starters: [...starters],
  }
}

/** While saved connections cannot be read the others still serve, and the page says why some are missing. */
async function listConnections(
  { connections, localConnections }: ServicesNeeds,
  caller: Caller,
): Promise<{ readonly connections: ConnectionSummary[]; readonly connectionsProblem: Problem | null }> {
  try {
    return { connections: [...(await connections.list(caller))], connectionsProblem: null }
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    return { connections: [...(await localConnections.list(caller))], connectionsProblem: error.problem }
  }
}

/** None while the connection cannot be opened, which asking it then explains. */
async function readStarters(
  needs: ServicesNeeds,
  caller: Caller,
  ref: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  try {
    const connection = await needs.connections.open(caller, ref, signal)
    return await needs.suggestQuestions(await connection.catalog(signal), signal)
  } catch (error) {
    if (error instanceof ProblemError) return []
    throw error
  }
}

/** Opens the sample or a folder and has it compile the smallest query there is. */
async function tryLocal(
  needs: ServicesNeeds,
  caller: Caller,
  ref: string,
  signal: AbortSignal,
): Promise<ConnectionReport> {
  const step = { name: 'reach', sql: null } as const
  try {
    const connection = await needs.connections.open(caller, ref, signal)
    const catalog = await connection.catalog(signal)
    const verdict = await needs.guard.guardSql('SELECT 1', { catalog, policy: strictPolicy })
    if (verdict.ok) await connection.warehouse.compile(verdict.sql, { signal })
    const detail = `${connection.label}: reached, sees ${catalog.tables.length.toLocaleString('en-US')} tables.`
    return { steps: [{ ...step, state: 'ok', detail, action: null }], warning: null }
  } catch (error) {
    signal.throwIfAborted()
    const { message, action } = presentProblem(error)
    return { steps: [{ ...step, state: 'failed', detail: message, action }], warning: null }
  }
}
