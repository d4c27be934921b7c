import type { RawSession } from './session.ts'
import type { SnowflakeLimits } from './snowflake-limits.ts'
import { startStatement } from './statement.ts'

/** Every session speaks the same, whatever the account's or the user's defaults are. Chunks of 16 MB keep the memory of a reader small. */
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
}

const literal = (value: string | number | boolean): string =>
  typeof value === 'string' ? `'${value}'` : String(value).toUpperCase()

const statements = [
  `ALTER SESSION SET ${Object.entries(settings)
    .map(([name, value]) => `${name} = ${literal(value)}`)
    .join(', ')}`,
  // By default a person's other roles are active too, and one of them may write.
  'USE SECONDARY ROLES NONE',
]

const setUpMs = 15_000

/** Brings a new session into the state that every statement relies on. A session that cannot be is not used. */
export async function setUpSession(session: RawSession, limits: SnowflakeLimits, signal: AbortSignal): Promise<void> {
  const tag = { purpose: 'session', userId: 'floe', turnId: null }
  for (const sql of statements) {
    const order = { sql, tag, timeoutMs: setUpMs, mode: 'direct', signal } as const
    await startStatement(session, limits, order, () => undefined).answer
  }
}
