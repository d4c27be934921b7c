import { DuckDBInstance } from '@duckdb/node-api'
import type { DuckDBConnection } from '@duckdb/node-api'
import type { Catalog, CatalogColumn, CatalogTable } from '../catalog/catalog.ts'

/** A database in memory with the catalog a connection would read from it. */
export interface TestDatabase {
  readonly catalog: Catalog
  rows(sql: string): Promise<readonly (readonly unknown[])[]>
  close(): void
}

const mostSamples = 200

/** Opens an engine, lets `fill` make the tables in database `name`, and reads the catalog back, with samples and no declared keys. */
export async function openDatabase(
  name: string,
  fill: (connection: DuckDBConnection) => Promise<void>,
  options: { readonly upperCase?: boolean; readonly samples?: number } = {},
): Promise<TestDatabase> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run(`ATTACH ':memory:' AS "${name}"; USE "${name}"`)
  await fill(connection)
  const rows = async (sql: string): Promise<readonly (readonly unknown[])[]> => {
    const reader = await connection.runAndReadAll(sql)
    return reader.getRowsJson()
  }
  const catalog = await readCatalog(name, rows, options.upperCase ?? false, options.samples ?? mostSamples)
  return { catalog, rows, close: () => instance.closeSync() }
}

async function readCatalog(
  database: string,
  rows: TestDatabase['rows'],
  upperCase: boolean,
  limit: number,
): Promise<Catalog> {
  const fold = (text: string): string => (upperCase ? text.toUpperCase() : text)
  const names = await rows(
    `SELECT DISTINCT table_schema, table_name FROM information_schema.tables WHERE table_catalog = '${database}' ORDER BY 1, 2`,
  )
  const tables: CatalogTable[] = []
  for (const [schema, name] of names) {
    const source = `"${database}"."${String(schema)}"."${String(name)}"`
    const [count] = await rows(`SELECT COUNT(*) FROM ${source}`)
    const described = await rows(`DESCRIBE ${source}`)
    const columns: CatalogColumn[] = []
    for (const [column, type] of described) {
      const samples = await rows(`SELECT DISTINCT CAST("${String(column)}" AS VARCHAR) FROM ${source} WHERE "${String(column)}" IS NOT NULL ORDER BY 1 LIMIT ${limit + 1}`)
      columns.push({
        name: fold(String(column)),
        type: String(type),
        nullable: true,
        comment: null,
        samples: samples.slice(0, limit).map(([value]) => String(value)),
        samplesComplete: samples.length <= limit,
      })
    }
    tables.push({ database: fold(database), schema: fold(String(schema)), name: fold(String(name)), kind: 'table', comment: null, columns, primaryKey: [], foreignKeys: [], rowCount: Number(count?.[0]) })
  }
  return { tables, defaultDatabase: fold(database), defaultSchema: fold('main') }
}
