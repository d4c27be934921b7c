import { DuckDBInstance } from '@duckdb/node-api'
import type { DuckDBConnection } from '@duckdb/node-api'
import { quotedName, quotedPath } from '../catalog/sql-quoting.ts'
import type { Catalog, CatalogColumn, CatalogTable } from '../catalog/catalog.ts'

/** A database in memory with the catalog a connection would read from it. */
export interface TestDatabase {
  readonly catalog: Catalog
  rows(sql: string): Promise<readonly (readonly unknown[])[]>
  close(): void
}

const mostSamples = 500

/**
 * Opens an engine, lets `fill` make the tables in database `name`, and reads the catalog back as a folder of files would give it:
 * plain names in upper case, values of text columns sampled, no keys declared.
 */
export async function openDatabase(
  name: string,
  fill: (connection: DuckDBConnection) => Promise<void>,
  options: {
    readonly keepCase?: boolean
    readonly keys?: (tables: readonly CatalogTable[]) => readonly CatalogTable[]
  } = {},
): Promise<TestDatabase> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run(`ATTACH ':memory:' AS "${name}"; USE "${name}"`)
  // Snowflake's name for a function that the engine has under another one.
  await connection.run('CREATE TEMP MACRO dayofweekiso(day) AS isodow(day)')
  await fill(connection)
  const rows = async (sql: string): Promise<readonly (readonly unknown[])[]> => {
    const reader = await connection.runAndReadAll(sql)
    return reader.getRowsJson()
  }
  const catalog = await readCatalog(name, rows, options.keepCase ?? false)
  return {
    catalog: { ...catalog, tables: options.keys?.(catalog.tables) ?? catalog.tables },
    rows,
    close: () => instance.closeSync(),
  }
}

async function readCatalog(database: string, rows: TestDatabase['rows'], keepCase: boolean): Promise<Catalog> {
  const fold = (text: string): string => (keepCase || !/^\w+$/.test(text) ? text : text.toUpperCase())
  const names = await rows(
    `SELECT DISTINCT table_schema, table_name FROM information_schema.tables WHERE table_catalog = '${database}' ORDER BY 1, 2`,
  )
  const tables: CatalogTable[] = []
  for (const [schema, name] of names) {
    const source = quotedPath(database, String(schema), String(name))
    const [count] = await rows(`SELECT COUNT(*) FROM ${source}`)
    const columns: CatalogColumn[] = []
    for (const [column, type] of await rows(`DESCRIBE ${source}`)) {
      const values = type === 'VARCHAR' ? await sample(rows, source, String(column)) : []
      columns.push({
        name: fold(String(column)),
        type: String(type),
        nullable: true,
        comment: null,
        samples: values.length > mostSamples ? values.slice(0, fewSamples) : values,
        samplesComplete: type === 'VARCHAR' && values.length <= mostSamples,
      })
    }
    const place = { database: fold(database), schema: fold(String(schema)), name: fold(String(name)) }
    tables.push({
      ...place,
      kind: 'table',
      comment: null,
      columns,
      primaryKey: [],
      foreignKeys: [],
      rowCount: Number(count?.[0]),
    })
  }
  return { tables, defaultDatabase: fold(database), defaultSchema: fold('main') }
}

const fewSamples = 5

async function sample(rows: TestDatabase['rows'], source: string, column: string): Promise<readonly string[]> {
  const found = await rows(
    `SELECT DISTINCT ${quotedName(column)} FROM ${source} WHERE ${quotedName(column)} IS NOT NULL ORDER BY 1 LIMIT ${mostSamples + 1}`,
  )
  return found.map(([value]) => String(value))
}
