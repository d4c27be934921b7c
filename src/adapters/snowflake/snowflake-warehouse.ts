import type { Estimate } from '../../contract/result.ts'
import type { Catalog } from '../../core/catalog/catalog.ts'
import type { ReadOnlySql } from '../../core/guard/read-only-sql.ts'
import type { Asker, Warehouse } from '../../core/ports/warehouse.ts'
import { problem, ProblemError } from '../../core/problem.ts'
import { noEstimate, readPlan } from './estimate/read-plan.ts'
import type { SnowflakeAccess } from './make-snowflake-link.ts'
import type { StatementTag } from './snowflake-link.ts'

export interface SnowflakeWarehouseNeeds {
  readonly access: SnowflakeAccess
  /** Reads the catalog of the connection's role. */
  readonly readCatalog: (signal: AbortSignal) => Promise<Catalog>
  /** The stored size of a table by its full name, where the catalog knows it. */
  readonly tableBytes: (table: string) => number | null
  /** The longest that checking a query may take, a sign-in before it included; 25 seconds by default. */
  readonly compileTimeoutMs?: number
}

const defaultCompileTimeoutMs = 25_000

/** A probe's statements are all tagged as such, so that an account can count them. */
const tagOf = (purpose: string, asker: Asker | undefined): StatementTag => ({
  purpose: asker?.purpose ?? purpose,
  userId: asker?.userId ?? 'floe',
  turnId: asker?.turnId ?? null,
})

/** Makes a warehouse in Snowflake. Statements are sent unchanged; nothing starts before the first call. */
export function makeSnowflakeWarehouse(needs: SnowflakeWarehouseNeeds): Required<Warehouse> {
  const { access } = needs
  const timeoutMs = needs.compileTimeoutMs ?? defaultCompileTimeoutMs

  /** A query that Snowflake does not explain, such as one over INFORMATION_SCHEMA, may still be run. */
  const explain = async (sql: ReadOnlySql, asker: Asker | undefined, signal: AbortSignal): Promise<Estimate> => {
    try {
      const options = { tag: tagOf('estimate', asker), timeoutMs, signal }
      const { rows } = await access.query(`EXPLAIN USING JSON ${sql}`, options)
      return readPlan(rows[0]?.[0] ?? '', needs.tableBytes)
    } catch (error) {
      if (error instanceof ProblemError && refusals.includes(error.problem.code)) return noEstimate
      throw error
    }
  }

  return {
    readCatalog: ({ signal }) => needs.readCatalog(signal),
    async compile(sql, { signal, asker }) {
      const leave = new AbortController()
      const either = AbortSignal.any([signal, leave.signal])
      try {
        const [columns, estimate] = await Promise.all([
          access.describe(sql, { tag: tagOf('check', asker), timeoutMs, signal: either }),
          explain(sql, asker, either),
        ])
        return { columns, estimate }
      } catch (error) {
        throw error instanceof ProblemError && error.problem.code === 'query_timeout'
          ? uncheckedWithin(timeoutMs)
          : error
      } finally {
        leave.abort(new Error('The query was checked.'))
      }
    },
    run: (sql, options) => access.run(sql, { ...options, tag: tagOf('question', options.asker) }),
    reread: (queryId, options) => access.reread(queryId, options),
    cancelLeftover: (queryId, { signal }) => access.cancelLeftover(queryId, signal),
    close: () => access.close(),
  }
}

const refusals: readonly string[] = ['sql_invalid', 'sql_unsupported', 'warehouse_failed', 'sql_refused']

const uncheckedWithin = (ms: number): Error =>
  problem(
    'warehouse_unreachable',
    `Snowflake did not check the query within ${ms / 1_000} s.`,
    'Try again in a moment; if it stays like this, look at the network and at status.snowflake.com.',
  )
