import { quotedName } from '../../../core/catalog/sql-quoting.ts'
import { isOneStatements } from '../discovery/ask-account.ts'
import { readCount, readRows, type RowReader } from '../discovery/result-rows.ts'
import { defaultSetup } from '../setup/setup-choices.ts'
import { asScript, grantDatabase, grantWarehouse } from '../setup/setup-statements.ts'
import { type Examined, type Finding, found, ok } from './doctor.ts'
import { withHidingScope } from './examine-scope.ts'
import { isRefusedByScope } from './restricted-scope.ts'

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

/** Databases looked into; more would only take time. */
const mostLookedInto = 5

/** Whether the role sees databases, and anything in them. */
export async function examineDatabases(examined: Examined): Promise<Finding> {
  const { ask, needs, session } = examined
  const role = session.role ?? defaultSetup.role
  const { database } = needs.target
  const names = readRows(await ask('SHOW TERSE DATABASES'))
    .map((row) => row('name') ?? '')
    .filter((name) => name !== 'SNOWFLAKE')
  if (database !== null && !names.includes(database))
    return found(
      'failed',
      `Role ${role} does not see the database ${database}, or there is none of that name.`,
      'An administrator grants reading it.',
      asScript(grantDatabase(role, { name: database, isShare: false })),
    )
  if (names.length === 0)
    return await withHidingScope(
      examined,
      found(
        'failed',
        `Role ${role} sees no database.`,
        'An administrator grants reading the databases that questions are about; put their names into the statements.',
        asScript(grantDatabase(role, { name: 'YOUR_DATABASE', isShare: false })),
      ),
    )
  return await lookInto(examined, role, database === null ? names : [database], names)
}

async function lookInto(
  examined: Examined,
  role: string,
  looked: readonly string[],
  all: readonly string[],
): Promise<Finding> {
  const empty: string[] = []
  for (const name of looked.slice(0, mostLookedInto)) {
    if (await hasTables(examined.ask, name)) return ok(`Role ${role} sees ${listed(all)} and tables in ${name}.`)
    empty.push(name)
  }
  return await withHidingScope(
    examined,
    found(
      'failed',
      `Role ${role} sees ${listed(all)}, but no table in ${empty.join(', ')}.`,
      'An administrator grants reading the tables.',
      asScript(empty.flatMap((name) => grantDatabase(role, { name, isShare: false }))),
    ),
  )
}

async function hasTables(ask: Examined['ask'], database: string): Promise<boolean> {
  try {
    const { rows } = await ask(`SHOW TERSE OBJECTS IN DATABASE ${quotedName(database)} LIMIT 1`)
    return rows.length > 0
  } catch (error) {
    if (!isOneStatements(error) || isRefusedByScope(error)) throw error
    return false
  }
}

const listed = (names: readonly string[]): string =>
  names.length === 1 ? `the database ${names[0] ?? ''}` : `${names.length} databases`
