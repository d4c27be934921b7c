import type { Estimate } from '../../contract/result.ts'
import type { SnowflakeSettings } from '../../contract/snowflake/connection.ts'
import type { Catalog } from '../../core/catalog/catalog.ts'
import type { ReadOnlySql } from '../../core/guard/read-only-sql.ts'
import type { Clock } from '../../core/ports/clock.ts'
import type { SourceSession } from '../../core/ports/connection-kind.ts'
import type { Asker, Warehouse } from '../../core/ports/warehouse.ts'
import { problem, ProblemError } from '../../core/problem.ts'
import type { SignInMethods } from './credentials/sign-in-methods.ts'
import type { Discoveries } from './discovery/discovery.ts'
import { askDoctor, checkSession } from './doctor/check-session.ts'
import { makeDoctor } from './doctor/make-doctor.ts'
import { readPlaces } from './doctor/read-places.ts'
import { noEstimate, readPlan } from './estimate/read-plan.ts'
import type { SnowflakeAccess } from './make-snowflake-link.ts'
import type { StatementTag } from './snowflake-link.ts'
import { targetOf } from './snowflake-settings.ts'

interface SnowflakeSessionNeeds {
  readonly settings: SnowflakeSettings
  /** The one role that the sessions may have; null where the settings and the user's defaults decide. */
  readonly onlyRole: string | null
  /** For whom statements are tagged. */
  readonly userId: string
  readonly access: SnowflakeAccess
  readonly discoveries: Discoveries
  readonly methods: SignInMethods
  readonly clock: Clock
  /** Addresses that Floe connects from, as far as known; the doctor writes them into network rules. */
  readonly egress: readonly string[]
  /** How the doctor reaches the account's host. */
  readonly fetch: typeof globalThis.fetch
}

const proofTimeoutMs = 30_000

const scopeStatement =
  'SELECT CURRENT_ORGANIZATION_NAME(), CURRENT_ACCOUNT_NAME(), CURRENT_ACCOUNT(), CURRENT_REGION(), CURRENT_ROLE()'

/** One connection's sessions in its account. */
export function makeSnowflakeSession(needs: SnowflakeSessionNeeds): SourceSession {
  const { access, settings, onlyRole, userId, discoveries, methods, clock, egress, fetch } = needs
  const { signIn, warehouse, database: defaultDatabase, schema: defaultSchema } = settings
  const sizes = makeTableSizes()
  return {
    probing: settings.probing === 'on' ? 'compare' : 'off',
    async proveScope(signal) {
      const tag = { purpose: 'connect', userId, turnId: null }
      const { rows } = await access.query(scopeStatement, { tag, timeoutMs: proofTimeoutMs, signal })
      const [organization = null, name = null, locator = null, region = null, role = null] = rows[0] ?? []
      if (role === null || role === '')
        throw problem(
          'connection_broken',
          'Snowflake gave the session no role.',
          'Name a role with floe connection update, or have an administrator set the default role of the user.',
        )
      if (onlyRole !== null && role !== onlyRole && role !== onlyRole.toUpperCase())
        throw problem(
          'connection_broken',
          `Snowflake gave the session the role ${role} instead of ${onlyRole}.`,
          'Ask the owner of the connection to share it with a role that its user has.',
        )
      // Organization and account name are unique in the world; where there are none, locator and region are.
      const hasNames = [organization, name].every((text) => text !== null && text !== '')
      return { source: hasNames ? `${organization}-${name}` : `${locator ?? ''}.${region ?? ''}`, view: role }
    },
    openCatalog(scope, confirm) {
      const discovery = discoveries.open({
        scope,
        userId,
        warehouse,
        defaultDatabase,
        defaultSchema,
        includeShares: false,
        link: {
          query: async (statement, options) => {
            await confirm(options.signal)
            return await access.query(statement, options)
          },
          close: () => Promise.resolve(),
        },
      })
      return {
        async catalog(signal, onProgress) {
          const catalog = await discovery.catalog(signal, onProgress)
          sizes.know(catalog)
          return catalog
        },
        async lookAgain(tables, signal) {
          const look = await discovery.lookAgain(tables, signal)
          sizes.know(look.catalog)
          return look
        },
        state: () => discovery.state(),
        refresh: (signal, onProgress) =>
          discovery.refresh({ signal, isFull: true, ...(onProgress === undefined ? {} : { onProgress }) }),
        close: () => discovery.close(),
      }
    },
    warehouse: (readCatalog) => makeSnowflakeWarehouse({ access, readCatalog, tableBytes: sizes.of }),
    async diagnose(signal, onStep) {
      const target = targetOf(settings)
      const doctor = makeDoctor({ link: access, target, signIn, methods, userId, egress, clock, fetch })
      const steps = doctor.examine(signal)
      let next = await steps.next()
      while (next.done !== true) {
        onStep?.(next.value)
        next = await steps.next()
      }
      return next.value
    },
    places: (signal) => readPlaces(askDoctor(access, userId, signal)),
    checkSession: (signal) => checkSession({ link: access, signIn, methods, userId, signal }),
    close: () => access.close(),
  }
}

/** Stored sizes of tables in the catalog seen last, by full name as a plan names them; sorted by name at the first question. */
function makeTableSizes() {
  let catalog: Catalog | null = null
  let sizes: ReadonlyMap<string, number> | null = null
  return {
    /** From now on this catalog's sizes count. */
    know(next: Catalog): void {
      if (next !== catalog) sizes = null
      catalog = next
    },
    /** Bytes of `DATABASE.SCHEMA.TABLE`, quoted or not; null where the catalog does not tell. */
    of: (table: string): number | null => {
      sizes ??= readSizes(catalog)
      return sizes.get(table.replaceAll('"', '')) ?? null
    },
  }
}

const readSizes = (catalog: Catalog | null): ReadonlyMap<string, number> =>
  new Map(
    (catalog?.tables ?? []).flatMap(({ database, schema, name, bytes }) =>
      typeof bytes === 'number' ? [[`${database}.${schema}.${name}`.replaceAll('"', ''), bytes] as const] : [],
    ),
  )

interface SnowflakeWarehouseNeeds {
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
    save: (source, file, options) => access.save(source, file, { ...options, tag: tagOf('question', options.asker) }),
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
