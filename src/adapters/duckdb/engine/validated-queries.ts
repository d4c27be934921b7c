import { type DuckDBConnection, StatementType, type DuckDBPreparedStatement, type DuckDBType } from '@duckdb/node-api'
import { LRUCache } from 'lru-cache'
import { problem } from '../../../core/problem.ts'
import { judgeDuckdbTree } from '../../../dialect/duckdb/judge-duckdb-tree.ts'
import { shownName } from '../../../dialect/duckdb/translate/identifiers.ts'
import type { EngineSettings } from './engine-settings.ts'

/** A statement that the engine's own parser takes for exactly one query, bound and not yet run. */
export interface ValidatedQuery {
  /** The text without a closing semicolon. */
  readonly sql: string
  readonly columns: readonly EngineColumn[]
  readonly tables: readonly TouchedTable[]
}

/**
 * Checks translated text with DuckDB's own parser before anything runs: one statement, a SELECT, made of allowed parts only.
 * Throws problems `sql_refused`, `sql_unsupported`, `warehouse_failed` (a table that cannot be read), or DuckDB's own errors.
 */
export async function validateQuery(
  connection: DuckDBConnection,
  text: string,
  settings: EngineSettings,
): Promise<ValidatedQuery> {
  const sql = text.replace(/[\s;]+$/, '')
  if (sql === '') throw notOne(0)
  const statements = await connection.extractStatements(sql)
  if (statements.count !== 1) throw notOne(statements.count)
  const tree = await serialize(connection, sql)
  const isOwn = settings.isOwnText === true
  const reason = isOwn ? null : judgeDuckdbTree(tree, { databases: [settings.database.name] })
  if (reason !== null) throw refused(reason)
  const tables = touchedTables(tree)
  checkFaults(tables, settings)
  const prepared = await statements.prepare(0)
  if (prepared.statementType !== StatementType.SELECT) throw refused('DuckDB does not take it for a plain query.')
  return { sql, columns: columnsOf(prepared), tables }
}

async function serialize(connection: DuckDBConnection, sql: string): Promise<string> {
  const statement = await connection.prepare(
    'SELECT json_serialize_sql($1::VARCHAR, skip_null := true, skip_empty := true)',
  )
  statement.bindVarchar(1, sql)
  const reader = await statement.runAndReadAll()
  return String(reader.getRows()[0]?.[0])
}

function checkFaults(tables: readonly TouchedTable[], settings: EngineSettings): void {
  const same = (a: string, b: string): boolean => a.toUpperCase() === b.toUpperCase()
  const fault = settings.faults.find((fault) =>
    tables.some((table) => same(table.name, fault.name) && same(table.schema || settings.defaultSchema, fault.schema)),
  )
  if (fault === undefined) return
  throw problem(
    'warehouse_failed',
    `The table ${fault.schema}.${fault.name} cannot be read: ${fault.message}`,
    'Mend the file and ask again; the other tables of the folder work.',
  )
}

const refused = (reason: string): Error =>
  problem('sql_refused', 'The translated query is not one plain query.', 'Ask for rows of tables only.', {
    details: [reason],
  })

const notOne = (count: number): Error =>
  count === 0
    ? problem('sql_invalid', 'There is no query in this text.', 'Write a SELECT statement.')
    : problem(
        'sql_unsupported',
        'This warehouse would need several statements for this query; Snowflake needs one.',
        'Write it without PIVOT over values that are not listed.',
      )

/** A column of a query as the engine describes it. */
export interface EngineColumn {
  readonly name: string
  readonly type: DuckDBType
}

/** The columns of a prepared statement; positions count, names may repeat. */
export const columnsOf = (prepared: DuckDBPreparedStatement): readonly EngineColumn[] =>
  Array.from({ length: prepared.columnCount }, (_, index) => ({
    name: shownName(prepared.columnName(index)),
    type: prepared.columnType(index),
  }))

/** A table reference as written; parts that were left out are empty. */
export interface TouchedTable {
  readonly database: string
  readonly schema: string
  readonly name: string
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/**
 * The table references in a statement that DuckDB serialised, one entry an occurrence. A bare name that some CTE also has is
 * left out: right for estimates and messages, not for judging.
 */
export function touchedTables(serialized: string): readonly TouchedTable[] {
  const found: TouchedTable[] = []
  const ctes = new Set<string>()
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) {
      for (const item of node) visit(item)
      return
    }
    if (typeof node !== 'object' || node === null) return
    const fields = node as Readonly<Record<string, unknown>>
    if (fields['type'] === 'BASE_TABLE') {
      found.push({
        database: text(fields['catalog_name']),
        schema: text(fields['schema_name']),
        name: text(fields['table_name']),
      })
    }
    for (const name of cteNames(fields['cte_map'])) ctes.add(name)
    for (const value of Object.values(fields)) visit(value)
  }
  visit(JSON.parse(serialized))
  return found.filter((table) => table.schema !== '' || !ctes.has(table.name.toUpperCase()))
}

function cteNames(cteMap: unknown): readonly string[] {
  const entries = (cteMap as { readonly map?: unknown } | null | undefined)?.map
  if (!Array.isArray(entries)) return []
  return entries.map((entry: { readonly key?: unknown }) => text(entry.key).toUpperCase())
}

type Fields = Readonly<Record<string, unknown>>

const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {})
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** The rows a node of a plan is expected to produce, and the most that any node below it is. */
function weigh(node: unknown): { readonly rows: number; readonly most: number } {
  const { name, children, extra_info: info } = fieldsOf(node)
  const below = listOf(children).map(weigh)
  const product = below.reduce((rows, child) => rows * child.rows, 1)
  const largest = Math.max(0, ...below.map((child) => child.rows))
  const estimated = Number(fieldsOf(info)['Estimated Cardinality'])
  const guessed = String(name).includes('CROSS_PRODUCT') ? product : largest
  const rows = Number.isFinite(estimated) ? estimated : guessed
  return { rows, most: Math.max(rows, ...below.map((child) => child.most)) }
}

/** The most rows that any step of a query is expected to produce, by the engine's own plan. The query is not run. */
export async function expectedRows(connection: DuckDBConnection, sql: string): Promise<number> {
  const reader = await connection.runAndReadAll(`EXPLAIN (FORMAT json) ${sql}`)
  const plan: unknown = JSON.parse(String(reader.getRows()[0]?.[1] ?? '[]'))
  return Math.max(0, ...listOf(plan).map((node) => weigh(node).most))
}

/** A query expected to produce more rows than this in any of its steps counts as heavy. */
const heavyRows = 3_000_000
/** A query is compiled and then run: the second time it is found here. */
const keptQueries = 200

export interface WeighedQuery extends ValidatedQuery {
  /** Whether it is expected to use much of the engine. */
  readonly heavy: boolean
}

/** A cache of validated queries: the database cannot change, so a text is validated once. */
export interface ValidatedQueries {
  /** Throws what `validateQuery` throws. */
  of(connection: DuckDBConnection, text: string): Promise<WeighedQuery>
}

export function makeValidatedQueries(settings: EngineSettings): ValidatedQueries {
  const kept = new LRUCache<string, WeighedQuery>({ max: keptQueries })
  return {
    async of(connection, text) {
      const known = kept.get(text)
      if (known !== undefined) return known
      const query = await validateQuery(connection, text, settings)
      const weighed = { ...query, heavy: (await expectedRows(connection, query.sql)) > heavyRows }
      kept.set(text, weighed)
      return weighed
    },
  }
}
