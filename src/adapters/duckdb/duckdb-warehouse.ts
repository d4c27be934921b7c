import type { Catalog } from '../../core/catalog/catalog.ts'
import type { ReadOnlySql } from '../../core/guard/read-only-sql.ts'
import type { Warehouse } from '../../core/ports/warehouse.ts'
import { makeEnginePool, type PoolOptions } from './engine-pool.ts'
import type { EngineSettings } from './engine/engine-settings.ts'

/** The longest that sampling values for the catalog may take; what is left then comes without samples. */
const sampleBudgetMs = 4_000

export interface DuckdbWarehouseNeeds extends PoolOptions {
  readonly settings: EngineSettings
  /** Snowflake's dialect into DuckDB's. Throws `sql_unsupported`. */
  readonly translate: (sql: ReadOnlySql) => Promise<string>
  /** Adds what the database file does not keep: keys, declared lengths, how files were read. */
  readonly declare: (catalog: Catalog) => Catalog
}

/** A warehouse over one DuckDB file, read-only, in locked-down processes of its own. Nothing starts before the first call. */
export function makeDuckdbWarehouse(needs: DuckdbWarehouseNeeds): Warehouse {
  const { settings, translate, declare } = needs
  const engines = makeEnginePool(settings, needs)
  const known = settings.database.name

  return {
    async readCatalog({ signal }): Promise<Catalog> {
      const { tables } = await engines.catalog(sampleBudgetMs, signal)
      return declare({ tables, defaultDatabase: known, defaultSchema: settings.defaultSchema })
    },
    async compile(sql, { signal }) {
      const { columns, estimate } = await engines.compile(await translate(sql), signal)
      return { columns, estimate }
    },
    async run(sql, options) {
      return engines.run(await translate(sql), options)
    },
    close: () => engines.close(),
  }
}
