import type { RawSession } from './session.ts'
import { SnowflakeFailure } from './snowflake-failure.ts'
import type { SnowflakeLimits } from './snowflake-limits.ts'
import { startStatement } from './statement.ts'

/** Every session has the same settings, whatever the account's or the user's defaults are. Chunks of 16 MB keep the memory of a reader small. */
const settings: Readonly<Record<string, string | number | boolean>> = {
  CLIENT_RESULT_CHUNK_SIZE: 16,
  STATEMENT_TIMEOUT_IN_SECONDS: 300,
  STATEMENT_QUEUED_TIMEOUT_IN_SECONDS: 120,
  ABORT_DETACHED_QUERY: true,
  TIMEZONE: 'UTC',
  QUOTED_IDENTIFIERS_IGNORE_CASE: false,
  BINARY_OUTPUT_FORMAT: 'HEX',
  TIMESTAMP_NTZ_OUTPUT_FORMAT: 'YYYY-MM-DD HH24:MI:SS.FF9',
  TIMESTAMP_TZ_OUTPUT_FORMAT: 'YYYY-MM-DD HH24:MI:SS.FF9 TZH:TZM',
  TIMESTAMP_LTZ_OUTPUT_FORMAT: 'YYYY-MM-DD HH24:MI:SS.FF9 TZH:TZM',
  WEEK_START: 1,
  // A limit set for the user or the account would cut every result without a word.
  ROWS_PER_RESULTSET: 0,
}

const literal = (value: string | number | boolean): string =>
  typeof value === 'string' ? `'${value}'` : String(value).toUpperCase()

const alterSession = `ALTER SESSION SET ${Object.entries(settings)
  .map(([name, value]) => `${name} = ${literal(value)}`)
  .join(', ')}`

const setUpMs = 15_000

/** Brings a new session into the state that every statement relies on. A session for which that fails is not used. */
export async function setUpSession(session: RawSession, limits: SnowflakeLimits, signal: AbortSignal): Promise<void> {
  const tag = { purpose: 'session', userId: 'floe', turnId: null }
  const run = (sql: string) =>
    startStatement(session, limits, { sql, tag, timeoutMs: setUpMs, mode: 'direct', signal }, () => undefined).answer
  const readSecondaryRoles = async (): Promise<SecondaryRoles> =>
    parseSecondaryRoles((await run('SELECT CURRENT_SECONDARY_ROLES()')).data['rowset'])

  await run(alterSession)
  // By default a person's other roles are active too, and one of them may write.
  const before = await readSecondaryRoles()
  if (before.active === '' && ['', 'NONE'].includes(before.setting)) return
  try {
    await run('USE SECONDARY ROLES NONE')
  } catch (error) {
    if (!(error instanceof SnowflakeFailure) || error.facts.code !== sessionRestricted) throw error
    // A restricted session does not change its roles; without active ones it is as the statement would make it.
    if ((await readSecondaryRoles()).active !== '')
      throw new SnowflakeFailure({ ...error.facts, code: 'secondary-roles' })
  }
}

/** "Current session is restricted. USE ROLE not allowed." */
const sessionRestricted = '003107'

interface SecondaryRoles {
  /** The names of the active roles with commas between them. */
  readonly active: string
  /** What the session was told: `ALL`, `NONE` or names. */
  readonly setting: string
}

/** Reads `{"roles":"A,B","value":"ALL"}`. An answer of another form counts as active roles. */
function parseSecondaryRoles(rowset: unknown): SecondaryRoles {
  const [[json] = []] = Array.isArray(rowset) ? (rowset as readonly (readonly unknown[])[]) : []
  const unreadable = { active: 'unknown', setting: 'unknown' }
  if (typeof json !== 'string') return unreadable
  try {
    const told = JSON.parse(json) as { readonly roles?: unknown; readonly value?: unknown } | null
    if (typeof told?.roles !== 'string') return unreadable
    return { active: told.roles, setting: typeof told.value === 'string' ? told.value : '' }
  } catch (error) {
    if (error instanceof SyntaxError) return unreadable
    throw error
  }
}
