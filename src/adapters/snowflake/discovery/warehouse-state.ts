import { showWarehouses } from './account-statements.ts'
import { isOneStatements, type AskAccount } from './ask-account.ts'
import { readRows } from './result-rows.ts'

/** Whether a statement that needs a warehouse would find one running, wake one up, or find none. */
export type WarehouseState = 'running' | 'asleep' | 'none'

/** The state of the session's warehouse, asked without waking it. Unknown counts as running: the statement itself will tell. */
export async function readWarehouseState(ask: AskAccount, chosen: string | null): Promise<WarehouseState> {
  try {
    const rows = readRows(await ask(showWarehouses()))
    const own = rows.find((row) => row('is_current') === 'Y') ?? rows.find((row) => row('name') === chosen)
    if (own === undefined) return 'none'
    return isAsleep(own('state')) ? 'asleep' : 'running'
  } catch (error) {
    if (!isOneStatements(error)) throw error
    return 'running'
  }
}

const isAsleep = (state: string | null): boolean => state === 'SUSPENDED' || state === 'SUSPENDING'
