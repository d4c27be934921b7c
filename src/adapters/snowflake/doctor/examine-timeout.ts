import { quotedName } from '../../../core/catalog/sql-quoting.ts'
import { asScript } from '../setup/setup-statements.ts'
import { defaultSetup } from '../setup/setup-choices.ts'
import { readCount, readRows } from '../discovery/result-rows.ts'
import { found, ok, type Examined, type Finding } from './doctor.ts'

const longestSeconds = 3_600

/** How long Snowflake itself lets a forgotten query run. Two days is its default; 0 means just that. */
export async function examineTimeout({ ask, session, needs }: Examined): Promise<Finding> {
  const rows = readRows(await ask("SHOW PARAMETERS LIKE 'STATEMENT%TIMEOUT_IN_SECONDS' IN SESSION"))
  const of = (key: string): number | null => readCount(rows.find((row) => row('key') === key)?.('value') ?? null)
  const [running, queued] = [of('STATEMENT_TIMEOUT_IN_SECONDS'), of('STATEMENT_QUEUED_TIMEOUT_IN_SECONDS')]
  if (running !== null && running > 0 && running <= longestSeconds)
    return ok(
      `A query ends after ${running} seconds at the latest${queued === null || queued === 0 ? '' : `, and after ${queued} seconds in the queue`}.`,
    )
  const warehouse = session.warehouse ?? needs.target.warehouse
  return found(
    'warning',
    running === null ? 'Snowflake did not tell how long a query may run.' : 'A forgotten query may run for hours.',
    'An administrator limits how long queries may run.',
    asScript([
      warehouse === null
        ? `ALTER USER ${quotedName(session.user)} SET STATEMENT_TIMEOUT_IN_SECONDS = ${defaultSetup.statementTimeoutSeconds}`
        : `ALTER WAREHOUSE ${quotedName(warehouse)} SET STATEMENT_TIMEOUT_IN_SECONDS = ${defaultSetup.statementTimeoutSeconds}`,
    ]),
  )
}
