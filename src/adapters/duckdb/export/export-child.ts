import { type DuckDBType, DuckDBTypeId } from '@duckdb/node-api'
import { formulaPattern, harmlessCell, plainNumberPattern } from '../../../contract/words/spreadsheet.ts'
import type { ExportFormat } from '../../../core/ports/exporter.ts'
import { ProblemError } from '../../../core/problem.ts'
import { endWithParent } from '../../processes/end-with-parent.ts'
import { duckdbProblem } from '../engine/duckdb-problem.ts'
import { encodeNested, infinityText, instantText } from '../engine/encode-row.ts'
import { openEngine, quoteName, quoteText } from '../engine/open-engine.ts'
import { isJson, snowflakeType } from '../engine/snowflake-type.ts'
import { type EngineColumn, validateQuery, type ValidatedQuery } from '../engine/validated-queries.ts'
import { watchMemory } from '../watch-memory.ts'
import type { ExportAnswer, ExportJob } from './duckdb-exporter.ts'

/** The statement that writes a validated query's rows into a file, in the order of the query. */
export function copyStatement({ sql, columns }: ValidatedQuery, format: ExportFormat, file: string): string {
  const inner = columns.map((_, index) => `c${index}`)
  const names = format === 'csv' ? columns.map(({ name }) => harmlessCell(name)) : distinct(columns)
  const cells = columns.map(({ type }, index) => {
    const cell = format === 'csv' ? csvCell(`c${index}`, type) : parquetCell(`c${index}`, type)
    return `${cell} AS ${quoteName(names[index] ?? '')}`
  })
  const rows = `SELECT ${cells.join(', ')} FROM (\n${sql}\n) AS q(${inner.join(', ')})`
  return `COPY (${rows}) TO ${quoteText(file)} (${formats[format]})`
}

const formats: Readonly<Record<ExportFormat, string>> = {
  csv: "FORMAT csv, HEADER true, DELIMITER ',', QUOTE '\"', ESCAPE '\"', NULLSTR ''",
  parquet: 'FORMAT parquet',
}

/** Parquet needs a name once. */
function distinct(columns: readonly EngineColumn[]): readonly string[] {
  const used = new Set<string>()
  return columns.map(({ name }) => {
    let own = name === '' ? 'COLUMN' : name
    for (let count = 2; used.has(own.toUpperCase()); count += 1) own = `${name}_${count}`
    used.add(own.toUpperCase())
    return own
  })
}

/** Types that Parquet would hold as doubles, or not at all. */
const wide: Readonly<Partial<Record<DuckDBTypeId, string>>> = {
  [DuckDBTypeId.HUGEINT]: 'DECIMAL(38, 0)',
  [DuckDBTypeId.UBIGINT]: 'DECIMAL(38, 0)',
  [DuckDBTypeId.UHUGEINT]: 'VARCHAR',
  [DuckDBTypeId.BIGNUM]: 'VARCHAR',
  [DuckDBTypeId.TIME_NS]: 'VARCHAR',
}

function parquetCell(column: string, type: DuckDBType): string {
  const target = wide[type.typeId]
  if (target !== undefined) return `${column}::${target}`
  if (isJson(type)) return `${column}::VARCHAR`
  const { kind } = snowflakeType(type)
  if (kind === 'nested') return encodeNested(column, type)
  return kind === 'text' && type.typeId !== DuckDBTypeId.VARCHAR ? `${column}::VARCHAR` : column
}

function csvCell(column: string, type: DuckDBType): string {
  const { kind } = snowflakeType(type)
  if (type.typeId === DuckDBTypeId.DOUBLE || type.typeId === DuckDBTypeId.FLOAT)
    return `CASE WHEN isfinite(${column}) THEN ${column}::VARCHAR WHEN ${column} IS NOT NULL THEN ${harmlessText(infinityText(column))} END`
  if (type.typeId === DuckDBTypeId.BLOB) return `hex(${column})`
  if (type.typeId === DuckDBTypeId.TIMESTAMP_TZ) return instantText(column)
  if (isJson(type)) return harmlessText(`${column}::VARCHAR`)
  if (kind === 'nested') return harmlessText(encodeNested(column, type))
  return kind === 'text' ? harmlessText(`${column}::VARCHAR`) : column
}

/** SQL for a text that a spreadsheet does not run: the rule of `harmlessCell`, decided by the engine. */
function harmlessText(text: string): string {
  // Most texts begin with a letter, and no formula does: comparing one character costs far less than a regular expression.
  const isFormula = [
    `left(${text}, 1) NOT BETWEEN 'A' AND 'z'`,
    `regexp_matches(${text}, ${quoteText(formulaPattern)})`,
    `NOT regexp_matches(${text}, ${quoteText(plainNumberPattern)})`,
  ].join(' AND ')
  return `CASE WHEN ${isFormula} THEN concat('''', ${text}) ELSE ${text} END`
}

/** Proves the query on an engine that may write to one folder and nowhere else, and writes its rows there. */
async function writeFile({ settings, sql, format, file }: ExportJob): Promise<number> {
  const engine = await openEngine(settings)
  const connection = await engine.connect()
  const query = await validateQuery(connection, sql, settings)
  const done = await connection.runAndReadAll(copyStatement(query, format, file))
  return Number(done.getRows()[0]?.[0])
}

const reply = (answer: ExportAnswer): void => void process.send?.(answer)

endWithParent({ graceMs: 0 })
process.once('message', (job: ExportJob) => {
  watchMemory(job.settings.memoryLimitMb)
  writeFile(job).then(
    (rowCount) => reply({ kind: 'done', rowCount }),
    (error: unknown) => {
      const found = error instanceof ProblemError ? error : duckdbProblem(error)
      reply({ kind: 'failed', problem: found.problem })
    },
  )
})
