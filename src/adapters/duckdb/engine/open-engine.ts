import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { emptyDatabase, type EngineSettings } from './engine-settings.ts'
import { quoteName, quoteText } from './sql-quoting.ts'

/** A locked-down DuckDB over one read-only database. */
export interface Engine {
  /** A fresh connection, to be closed by the caller: one for each query, so that whatever it sets dies with it. */
  connect(): Promise<DuckDBConnection>
  close(): void
}

/** Nothing may be fetched, installed, written or spilled. `lock_configuration` comes last, once everything is set. */
const atCreation = {
  allow_community_extensions: 'false',
  allow_unsigned_extensions: 'false',
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
  max_temp_directory_size: '0B',
}

/**
 * One reads a table twice below a large LIMIT and collects every row before it shows the first. The other looks for what columns have in
 * common, which takes the square of their number: 20 seconds to encode rows of 1,000 columns.
 */
export const withoutSlowOptimizers = "SET GLOBAL disabled_optimizers = 'late_materialization,common_subexpressions'"

/** Makes an instance that has no database, no memory limit and one thread yet: `openEngine` sets them. */
export const createInstance = (): Promise<DuckDBInstance> =>
  DuckDBInstance.create(':memory:', { ...atCreation, threads: '1' })

/**
 * Opens the database read-only, makes the dialect's macros, then locks the instance for good: a new one, or one of `createInstance` that
 * nobody else uses. Throws DuckDB's own errors.
 */
export async function openEngine(settings: EngineSettings, made = createInstance()): Promise<Engine> {
  const { database, memoryLimitMb, threads } = settings
  const instance = await made
  const setUp = await instance.connect()
  try {
    await setUp.run(`SET GLOBAL memory_limit = '${memoryLimitMb}MiB'`)
    await setUp.run(`SET GLOBAL threads = ${threads}`)
    // A database of no file is empty, and gone with the process.
    const mode = database.path === emptyDatabase ? '' : ' (READ_ONLY)'
    await setUp.run(`ATTACH ${quoteText(database.path)} AS ${quoteName(database.name)}${mode}`)
    await setUp.run("SET GLOBAL TimeZone = 'UTC'")
    for (const statement of [withoutSlowOptimizers, ...settings.prelude]) await setUp.run(statement)
    for (const statement of lockDown(settings)) await setUp.run(statement)
  } catch (error) {
    setUp.closeSync()
    instance.closeSync()
    throw error
  }
  setUp.closeSync()

  const searchPath = [`${quoteName(database.name)}.${quoteName(settings.defaultSchema)}`, 'memory.main'].join(',')
  return {
    async connect() {
      const connection = await instance.connect()
      await connection.run(`SET search_path = ${quoteText(searchPath)}`)
      return connection
    },
    close: () => instance.closeSync(),
  }
}

/** Only where files may be written at all may what does not fit into memory be written for a while. */
const spilling = (folder: string | undefined): readonly string[] =>
  folder === undefined
    ? ["SET temp_directory = ''"]
    : [`SET temp_directory = ${quoteText(`${folder}/spilled`)}`, "SET max_temp_directory_size = '64GiB'"]

const lockDown = ({ readableFiles, writableFolder }: EngineSettings): readonly string[] => [
  ...spilling(writableFolder),
  'SET allow_persistent_secrets = false',
  ...(readableFiles.length > 0 ? [`SET allowed_paths = [${readableFiles.map(quoteText).join(', ')}]`] : []),
  ...(writableFolder === undefined ? [] : [`SET allowed_directories = [${quoteText(`${writableFolder}/`)}]`]),
  'SET enable_external_access = false',
  'SET lock_configuration = true',
]
