import type { Catalog, CatalogTable } from '../../core/catalog/catalog.ts'
import type { ReadOnlySql } from '../../core/guard/read-only-sql.ts'
import type { Warehouse } from '../../core/ports/warehouse.ts'
import { makeDuckdbProcess } from './duckdb-process.ts'
import type { EngineSettings } from './engine/engine-settings.ts'

/** The longest that sampling values for the catalog may take; what is left then comes without samples. */
const sampleBudgetMs = 4_000

export interface DuckdbWarehouseNeeds {
  readonly settings: EngineSettings
  /** Snowflake's dialect into DuckDB's. Throws `sql_unsupported`. */
  readonly translate: (sql: ReadOnlySql) => Promise<string>
  /** Adds what the database file does not keep: keys, declared lengths. */
  readonly declare: (table: CatalogTable) => CatalogTable
  /** The engine's process ends after this long without a query and starts again with the next. */
  readonly idleMs: number
  /** Told when that process ended on its own. */
  readonly onFault: (error: unknown) => void
}

/** A warehouse over one DuckDB file, read-only, in a locked-down process of its own. Nothing starts before the first call. */
export function makeDuckdbWarehouse(needs: DuckdbWarehouseNeeds): Warehouse {
  const { settings, translate, declare } = needs
  const engine = makeDuckdbProcess(settings, needs)
  const known = settings.database.name

  return {
    async readCatalog({ signal }): Promise<Catalog> {
      const answer = await engine.ask({ kind: 'catalog', budgetMs: sampleBudgetMs }, signal)
      if (answer.kind !== 'tables') throw new Error('The engine answered another question.')
      return { tables: answer.tables.map(declare), defaultDatabase: known, defaultSchema: settings.defaultSchema }
    },
    async compile(sql, { signal }) {
      const answer = await engine.ask({ kind: 'compile', sql: await translate(sql) }, signal)
      if (answer.kind !== 'compiled') throw new Error('The engine answered another question.')
      return { columns: answer.columns, estimate: answer.estimate }
    },
    async run(sql, options) {
      return engine.run(await translate(sql), options)
    },
    close: () => engine.close(),
  }
}
