import { DuckDBInstance } from '@duckdb/node-api'
import { sampleMacros, sampleStatements } from './tpch-sql.ts'
import { sampleSchema, sampleTables } from './tpch-tables.ts'

const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** Generates the sample into a new DuckDB file. The same scale gives the same rows everywhere. */
export async function writeSample(path: string, scale: number): Promise<void> {
  const instance = await DuckDBInstance.create(path)
  const connection = await instance.connect()
  try {
    await connection.run(`CREATE SCHEMA ${sampleSchema}`)
    await connection.run(`USE ${sampleSchema}`)
    const statements = [...sampleMacros(), ...sampleStatements(scale), ...comments(), 'CHECKPOINT']
    for (const statement of statements) await connection.run(statement)
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

const comments = (): readonly string[] =>
  sampleTables.flatMap((table) => [
    `COMMENT ON TABLE ${table.name} IS ${quote(table.comment)}`,
    ...table.columns.map((column) => `COMMENT ON COLUMN ${table.name}.${column.name} IS ${quote(column.comment)}`),
  ])
