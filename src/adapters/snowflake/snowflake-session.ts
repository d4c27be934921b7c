import type { Catalog } from '../../core/catalog/catalog.ts'
import type { SnowflakeSettings } from '../../contract/snowflake/connection.ts'
import type { Clock } from '../../core/ports/clock.ts'
import type { SourceSession } from '../../core/ports/connection-kind.ts'
import { problem } from '../../core/problem.ts'
import type { SignInMethods } from './credentials/sign-in-methods.ts'
import type { Discoveries } from './discovery/discovery.ts'
import { checkSession } from './doctor/check-session.ts'
import { makeDoctor } from './doctor/make-doctor.ts'
import type { SnowflakeAccess } from './make-snowflake-link.ts'
import { targetOf } from './snowflake-settings.ts'
import { makeSnowflakeWarehouse } from './snowflake-warehouse.ts'

interface SnowflakeSessionNeeds {
  readonly settings: SnowflakeSettings
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
  const { access, settings, userId, discoveries, methods, clock, egress, fetch } = needs
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
        refresh: (signal, onProgress) =>
          discovery.refresh({ signal, isFull: true, ...(onProgress === undefined ? {} : { onProgress }) }),
        close: () => discovery.close(),
      }
    },
    warehouse: (readCatalog) => makeSnowflakeWarehouse({ access, readCatalog, tableBytes: sizes.of }),
    async diagnose(signal) {
      const target = targetOf(settings)
      const doctor = makeDoctor({ link: access, target, signIn, methods, userId, egress, clock, fetch })
      const steps = doctor.examine(signal)
      let next = await steps.next()
      while (next.done !== true) next = await steps.next()
      return next.value
    },
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
