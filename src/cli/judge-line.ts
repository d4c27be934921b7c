import { z } from 'zod'
import type { ProblemCode } from '../contract/problem.ts'
import type { RefusalCode } from '../core/guard/verdict.ts'
import { ProblemError } from '../core/problem.ts'
import type { CheckVerdict } from '../core/guard/check-sql.ts'

/** What `floe check` prints of one text. */
export interface CheckLine {
  readonly id?: unknown
  readonly ok: boolean
  readonly code: RefusalCode | ProblemCode | null
  readonly reason: string | null
  /** As `DATABASE.SCHEMA.TABLE`, as far as known. */
  readonly tables: readonly string[]
  /** The text judged; null where the line held none. */
  readonly sql: string | null
}

type Check = (sql: string) => Promise<CheckVerdict>

const CheckRequest = z.object({ id: z.union([z.string(), z.number(), z.null()]).optional(), sql: z.string() })

/** Problems of the connection rather than of one text: they end the command. */
const fatal: ReadonlySet<ProblemCode> = new Set(['connection_unknown', 'connection_broken', 'warehouse_unreachable'])

/** Judges one text. A text that cannot be judged is not ok. */
export async function judgeText(check: Check, sql: string): Promise<CheckLine> {
  try {
    const verdict = await check(sql)
    const tables = verdict.tables.map(({ database, schema, name }) =>
      [database, schema, name].filter((part) => part !== '').join('.'),
    )
    const { code, reason } = verdict.ok ? { code: null, reason: null } : verdict
    return { ok: verdict.ok, code, reason, tables, sql }
  } catch (error) {
    if (!(error instanceof ProblemError) || fatal.has(error.problem.code)) throw error
    return { ok: false, code: error.problem.code, reason: error.problem.message, tables: [], sql }
  }
}

/** Judges one line of `{"id"?, "sql"}`; a line that is none is not ok and says why. */
export async function judgeLine(check: Check, line: string): Promise<CheckLine> {
  const value = readJson(line)
  const parsed = CheckRequest.safeParse(value)
  if (parsed.success) return { ...withId(value), ...(await judgeText(check, parsed.data.sql)) }
  const reason = value === undefined ? 'The line is not JSON.' : 'The line is not an object with a text "sql".'
  return { ...withId(value), ok: false, code: 'bad_request', reason, tables: [], sql: null }
}

function readJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

const withId = (value: unknown): { readonly id?: unknown } =>
  typeof value === 'object' && value !== null && 'id' in value ? { id: value.id } : {}
