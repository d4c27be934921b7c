import { asScript, grantWarehouse } from '../setup/setup-statements.ts'
import { quotedName } from '../../../core/catalog/sql-quoting.ts'
import { defaultSetup } from '../setup/setup-choices.ts'
import { readCount, readRows, type RowReader } from '../discovery/result-rows.ts'
import { withHidingScope } from './examine-scope.ts'
import { found, ok, type Examined, type Finding } from './doctor.ts'

/** Longer than this, an idle warehouse costs noticeably. */
const longestIdleSeconds = 600

/** Whether a question would find a warehouse, and what that costs. Nothing is woken. */
export async function examineWarehouse(examined: Examined): Promise<Finding> {
  const { ask, needs, session } = examined
  const wanted = session.warehouse ?? needs.target.warehouse
  const role = session.role ?? defaultSetup.role
  const rows = readRows(await ask('SHOW WAREHOUSES'))
  const finding = judgeWarehouse(wanted, role, session.warehouse, rows)
  return rows.length === 0 && finding.state === 'failed' ? await withHidingScope(examined, finding) : finding
}

function judgeWarehouse(
  wanted: string | null,
  role: string,
  current: string | null,
  rows: readonly RowReader[],
): Finding {
  if (wanted === null) return noneChosen(role, rows)
  const own = rows.find((row) => row('name') === wanted)
  if (own === undefined || current === null)
    return found(
      'failed',
      `Role ${role} may not use the warehouse ${wanted}, or there is none of that name.`,
      'An administrator grants it; without a warehouse no query runs.',
      asScript(grantWarehouse({ warehouse: wanted, role })),
    )
  return judge(wanted, own)
}

function noneChosen(role: string, rows: readonly RowReader[]): Finding {
  const usable = rows.map((row) => row('name') ?? '').filter((name) => name !== '')
  if (usable.length > 0)
    return found(
      'failed',
      'The connection names no warehouse, and the user has no default one.',
      `Choose one with floe connection update --warehouse: ${usable.slice(0, 10).join(', ')}.`,
    )
  const { warehouse } = defaultSetup
  return found(
    'failed',
    `Role ${role} may not use any warehouse.`,
    'An administrator makes a small one and grants it.',
    asScript([
      `CREATE WAREHOUSE IF NOT EXISTS ${quotedName(warehouse)} WAREHOUSE_SIZE = XSMALL AUTO_SUSPEND = 60 AUTO_RESUME = TRUE INITIALLY_SUSPENDED = TRUE`,
      ...grantWarehouse({ warehouse, role }),
    ]),
  )
}

function judge(name: string, row: RowReader): Finding {
  const size = row('size') ?? 'unknown size'
  const state = row('state') ?? ''
  const isAsleep = state.startsWith('SUSPEND')
  if (isAsleep && row('auto_resume') === 'false')
    return found(
      'failed',
      `The warehouse ${name} is suspended and does not start by itself.`,
      'An administrator lets it start with the first query.',
      asScript([`ALTER WAREHOUSE ${quotedName(name)} SET AUTO_RESUME = TRUE`]),
    )
  const seconds = readCount(row('auto_suspend'))
  if (seconds === null || seconds === 0 || seconds > longestIdleSeconds)
    return found(
      'warning',
      `The warehouse ${name} (${size}) ${seconds === null || seconds === 0 ? 'never goes to sleep' : `runs on for ${seconds} seconds after the last query`}, which costs.`,
      'An administrator lets it sleep after a minute.',
      asScript([`ALTER WAREHOUSE ${quotedName(name)} SET AUTO_SUSPEND = 60`]),
    )
  const now = isAsleep ? 'is asleep and wakes with the first query' : 'is running'
  return ok(`${name} (${size}) ${now}; it goes to sleep ${seconds} seconds after the last query.`)
}
