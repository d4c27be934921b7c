import { problem, ProblemError } from '../../../core/problem.ts'
import type { SmallResult, SnowflakeLink } from '../snowflake-link.ts'
import { showCap } from './account-statements.ts'
import { readRows, type RowReader } from './result-rows.ts'

/** Runs one of discovery's statements, tagged and with a deadline. */
export type AskAccount = (statement: string) => Promise<SmallResult>

/** A statement whose answer was lost on the way is sent once more: it only reads. */
export function askAccount(link: SnowflakeLink, userId: string, timeoutMs: number, signal: AbortSignal): AskAccount {
  const tag = { purpose: 'discovery', userId, turnId: null }
  const once: AskAccount = (statement) => link.query(statement, { tag, timeoutMs, signal })
  return async (statement) => {
    try {
      return await once(statement)
    } catch (error) {
      if (statement.startsWith('SHOW') && /restricted session scope/i.test(wordsOf(error)))
        throw hiddenByScope('of this connection', error)
      const isLost = error instanceof ProblemError && error.problem.code === 'warehouse_unreachable'
      if (!isLost || isTooMuch(error) || signal.aborted) throw error
      return await once(statement)
    }
  }
}

/** SHOW lists nothing under a scope without object discovery, so no table can be known. */
export const hiddenByScope = (names: string, cause: unknown = null): ProblemError =>
  problem(
    'connection_broken',
    `The restricted session scope ${names} does not let Floe list tables.`,
    'Run floe doctor for this connection; it prints the statement that an administrator runs.',
    cause instanceof ProblemError ? { details: cause.problem.details ?? [] } : {},
  )

/** Everything a problem tells, Snowflake's own words included; empty for anything that is no problem. */
export const wordsOf = (error: unknown): string =>
  error instanceof ProblemError ? [error.problem.message, ...(error.problem.details ?? [])].join('\n') : ''

/** Whether an error belongs to the one statement, so that the others are still worth sending. */
export const isOneStatements = (error: unknown): boolean =>
  error instanceof ProblemError &&
  ['sql_invalid', 'warehouse_failed', 'query_timeout', 'query_too_large'].includes(error.problem.code)

/** `INFORMATION_SCHEMA` wants a narrower question, or the answer is more than one result may hold. */
export const isTooMuch = (error: unknown): boolean =>
  (error instanceof ProblemError && error.problem.code === 'query_too_large') ||
  /too much data|more than Floe reads at once/i.test(wordsOf(error))

/** No warehouse would run it: none is chosen, it may not be used, or it is stopped by its resource monitor. */
export const isWithoutWarehouse = (error: unknown): boolean =>
  /\b0*(606|90073|90109)\b|no active warehouse/i.test(wordsOf(error))

/** The same way of asking, which reports the first error that no other statement would escape. */
export const failingTogether =
  (ask: AskAccount, onFailure: (error: unknown) => void): AskAccount =>
  async (statement) => {
    try {
      return await ask(statement)
    } catch (error) {
      if (!isOneStatements(error) && !isTooMuch(error) && !isWithoutWarehouse(error)) onFailure(error)
      throw error
    }
  }

interface Pages {
  readonly rows: readonly RowReader[]
  /** True where `SHOW` stopped at its limit and would not go on: what follows is unknown. */
  readonly isCut: boolean
}

/**
 * Every row of a `SHOW` that lists by name: a full page is followed by the one after its last name. A name seen before is not counted
 * again, because `FROM` means "from the first name that begins so".
 */
export async function readPages(ask: AskAccount, statement: (after: string | null) => string): Promise<Pages> {
  const byName = new Map<string, RowReader>()
  let after: string | null = null
  for (;;) {
    const known = byName.size
    const page: readonly RowReader[] = readRows(await ask(statement(after)))
    for (const row of page) byName.set(row('name') ?? '', row)
    if (page.length < showCap) return { rows: [...byName.values()], isCut: false }
    if (byName.size === known) return { rows: [...byName.values()], isCut: true }
    after = page.at(-1)?.('name') ?? null
  }
}
