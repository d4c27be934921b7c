import { expect } from 'vitest'
import { type DoubleAccount } from '../../../test/support/snowflake/double-account.ts'
import { openAccount, prepareAccount, token } from '../../../test/support/snowflake/open-account.ts'
import { type SnowflakeDouble, startSnowflakeDouble } from '../../../test/support/snowflake/start-snowflake-double.ts'
import { readRows } from '../../../test/support/warehouse-suite.ts'
import type { ProblemCode } from '../../contract/problem.ts'
import { presentProblem, ProblemError } from '../../core/problem.ts'
import type { SnowflakeAccess } from './make-snowflake-link.ts'

/** Waits are short, so that the proof does not take as long as a network may. */
export const shortLimits = {
  signInMs: 2_500,
  requestMs: 700,
  submitMs: 1_500,
  retryForMs: 4_000,
  cancelMs: 2_500,
  cancelAgainMs: 200,
  lookEveryMs: 150,
  chunkIdleMs: 500,
  chunkTries: 4,
  chunkWithinMs: 6_000,
} as const

export const never = new AbortController().signal
const tag = { purpose: 'question', userId: 'ada', turnId: 'turn-1' }
export const bounds = { maxRows: 1e9, maxBytes: 1e12, timeoutMs: 20_000, signal: never, tag }

/** An account whose table FLOOD has 40,000 rows in ten chunks. */
export async function prepareFlood(double: SnowflakeDouble): Promise<DoubleAccount> {
  const account = await double.newAccount()
  await prepareAccount(account)
  await account.configure({ largeResults: [{ match: 'FROM FLOOD', rows: 40_000, chunkRows: 4_000 }] })
  return account
}

/** A double, an account with a FLOOD and a link to it, for the tests of a file. */
export interface Flood {
  readonly double: SnowflakeDouble
  readonly account: DoubleAccount
  readonly access: SnowflakeAccess
  /** How often a text was carried out. */
  runs(sql: string): Promise<number>
  close(): Promise<void>
}

export async function openFlood(): Promise<Flood> {
  const double = await startSnowflakeDouble()
  const account = await prepareFlood(double)
  const access = openAccount(account, { limits: shortLimits })
  return {
    double,
    account,
    access,
    runs: async (sql) => (await account.statements()).filter((entry) => entry.sql === sql).length,
    async close() {
      await access.close()
      await double.close()
    },
  }
}

/** Runs a text and tells how it ended: its rows, or its problem, in which no secret may stand. */
export async function outcomeOf(access: SnowflakeAccess, sql: string, options: Partial<typeof bounds> = {}) {
  try {
    const rows = await readRows(await access.run(sql, { ...bounds, ...options }))
    return { rows: rows.length, first: rows[0], last: rows.at(-1) }
  } catch (error) {
    expect(error).toBeInstanceOf(ProblemError)
    const problem = presentProblem(error)
    expect(JSON.stringify(problem)).not.toMatch(new RegExp(`${token}|session-|master-`))
    expect(problem.message).toMatch(/^[A-Z].*\.$/s)
    expect(problem.action).toMatch(/\.$/)
    return { code: problem.code, details: problem.details?.join(' ') ?? '' }
  }
}

export const oneRow = (value: number) => ({ rows: 1, first: [value], last: [value] })
export const everyRow = {
  rows: 40_000,
  first: expect.arrayContaining([0]) as unknown,
  last: expect.arrayContaining([39_999]) as unknown,
}
export const fails = (code: ProblemCode, details = '') => ({
  code,
  details: expect.stringContaining(details) as unknown,
})
