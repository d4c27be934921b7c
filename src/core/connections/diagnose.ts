import type { ConnectionReport } from '../../contract/connection.ts'
import type { Caller } from '../caller.ts'
import type { Guard } from '../guard/make-guard.ts'
import type { Connections } from '../ports/connections.ts'
import { presentProblem } from '../problem.ts'
import { isReservedRef } from './combine-connections.ts'
import type { SavedConnections } from './saved-connections.ts'

/** Tests a connection step by step, whatever kind it is. Throws `connection_unknown`. */
export type Diagnose = (caller: Caller, connection: string, signal: AbortSignal) => Promise<ConnectionReport>

interface DiagnoseNeeds {
  readonly guard: Guard
  readonly connections: Connections
  readonly savedConnections: SavedConnections
}

export function makeDiagnose(needs: DiagnoseNeeds): Diagnose {
  return async (caller, connection, signal) => {
    if (isReservedRef(connection)) return await testLocal(needs, caller, connection, signal)
    const { id } = await needs.savedConnections.find(caller, connection)
    return await needs.savedConnections.test(caller, id, signal)
  }
}

/** Opens the sample or a folder and has its engine compile the smallest query there is. */
async function testLocal(
  { guard, connections }: DiagnoseNeeds,
  caller: Caller,
  ref: string,
  signal: AbortSignal,
): Promise<ConnectionReport> {
  const step = { name: 'reach', sql: null } as const
  try {
    const connection = await connections.open(caller, ref, signal)
    const catalog = await connection.catalog(signal)
    const verdict = await guard.guardSql('SELECT 1', { catalog, policy: connection.policy.guard })
    if (verdict.ok) await connection.warehouse.compile(verdict.sql, { signal })
    const detail = `${connection.label}: reached, sees ${catalog.tables.length.toLocaleString('en-US')} tables.`
    return { steps: [{ ...step, state: 'ok', detail, action: null }], warning: null }
  } catch (error) {
    signal.throwIfAborted()
    const { message, action } = presentProblem(error)
    return { steps: [{ ...step, state: 'failed', detail: message, action }], warning: null }
  }
}
