import { asScript, grantDatabase } from '../setup/setup-statements.ts'
import { quotedName } from '../../../core/catalog/sql-quoting.ts'
import { defaultSetup } from '../setup/setup-choices.ts'
import { isOneStatements } from '../discovery/ask-account.ts'
import { readRows } from '../discovery/result-rows.ts'
import { withHidingScope } from './examine-scope.ts'
import { isRefusedByScope } from './restricted-scope.ts'
import { found, ok, type Examined, type Finding } from './doctor.ts'

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
