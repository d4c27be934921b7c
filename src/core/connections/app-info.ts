import type { AppInfo, ConnectionSummary } from '../../contract/api.ts'
import type { Problem } from '../../contract/problem.ts'
import type { Starters } from '../ask/starters.ts'
import type { Caller } from '../caller.ts'
import type { WarehouseSource } from '../ports/connections.ts'
import type { Writers } from '../ports/writers.ts'
import { ProblemError } from '../problem.ts'

/** What the page needs to know before the first question. */
export type ReadAppInfo = (caller: Caller, signal: AbortSignal) => Promise<AppInfo>

interface AppInfoNeeds {
  readonly connections: Pick<WarehouseSource, 'list'>
  /** Those of them that need no store. */
  readonly localConnections: Pick<WarehouseSource, 'list'>
  readonly writers: Writers
  readonly starters: Starters
  readonly version: string
}

export function makeReadAppInfo(needs: AppInfoNeeds): ReadAppInfo {
  return async (caller, signal) => {
    const [listed, starters, writers] = await Promise.all([
      listConnections(needs, caller),
      suggest(needs, caller, signal),
      needs.writers.list(caller),
    ])
    return {
      version: needs.version,
      ...listed,
      writers: [...writers],
      defaultWriter: needs.writers.defaultId,
      starters: [...starters],
    }
  }
}

/** Questions for the connection that the page opens with, where that is a local one: opening an account may take long, and is left to who wants it. */
async function suggest(
  { localConnections, starters }: AppInfoNeeds,
  caller: Caller,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const [first] = await localConnections.list(caller)
  return first === undefined ? [] : await starters(caller, first.ref, signal)
}

/** When saved connections cannot be read, the others are still listed, with the reason why some are missing. */
async function listConnections(
  { connections, localConnections }: AppInfoNeeds,
  caller: Caller,
): Promise<{ readonly connections: ConnectionSummary[]; readonly connectionsProblem: Problem | null }> {
  try {
    return { connections: [...(await connections.list(caller))], connectionsProblem: null }
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    return { connections: [...(await localConnections.list(caller))], connectionsProblem: error.problem }
  }
}
