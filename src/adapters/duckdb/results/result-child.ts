import { flushCompileCache } from 'node:module'
import { type DuckDBConnection, DuckDBInstance, DuckDBTypeId } from '@duckdb/node-api'
import type { Column } from '../../../contract/result.ts'
import { ProblemError } from '../../../core/problem.ts'
import type { ChildReply, ChildState } from '../../processes/child-link.ts'
import { endWithParent } from '../../processes/end-with-parent.ts'
import { duckdbProblem, isFatal } from '../engine/duckdb-problem.ts'
import type { EngineSettings } from '../engine/engine-settings.ts'
import { instantText } from '../engine/encode-row.ts'
import { typesHolding } from '../engine/types-holding.ts'
import { type Engine, openEngine, withoutSlowOptimizers } from '../engine/open-engine.ts'
import { quoteText } from '../engine/sql-quoting.ts'
import { watchMemory } from '../watch-memory.ts'
import { type ResultAnswer, type ResultRequest, type ToResultChild } from './result-process.ts'
import { columnsAtOnce, selectView } from './result-sql.ts'
import { openViews, type ResultViews } from './result-views.ts'
import { summarize } from './summarize.ts'

const send = (message: ChildState | ChildReply<ResultAnswer>): void => {
  if (process.connected) process.send?.(message)
}

/** A result that this process was told of. */
interface Held {
  readonly settings: EngineSettings
  readonly columns: readonly Column[]
  /** Null while its database is not open. */
  opened: Promise<{ readonly engine: Engine; readonly views: ResultViews }> | null
  /** Requests about it under way. */
  busy: number
}

/** Answers about results. Each has a database of its own, opened locked down when it is first asked about; few are open that nobody asks about. */
function serve({ openAtOnce }: Extract<ToResultChild, { readonly kind: 'open' }>): void {
  /** By folder, in the order of their last use. */
  const results = new Map<string, Held>()

  const open = async ({ settings, columns }: Held) => {
    const engine = await openEngine(settings)
    return { engine, views: await openViews(engine, columns) }
  }
  const viewsOf = async (held: Held): Promise<ResultViews> => {
    held.opened ??= open(held)
    try {
      return (await held.opened).views
    } catch (error) {
      // The next request tries again.
      held.opened = null
      throw error
    }
  }
  const close = (held: Held): void => {
    // What did not open has told who asked.
    held.opened?.then(({ engine }) => engine.close()).catch(() => undefined)
    held.opened = null
  }
  const closeIdle = (): void => {
    const idle = [...results.values()].filter(({ opened, busy }) => opened !== null && busy === 0)
    for (const held of idle.slice(0, Math.max(0, idle.length - openAtOnce))) close(held)
  }
  const answer = async (held: Held, request: ResultRequest): Promise<ResultAnswer> => {
    if (request.kind === 'make') return { kind: 'make', rowCount: await importRows(held, request) }
    const views = await viewsOf(held)
    if (request.kind === 'window') return { kind: 'window', ...(await views.window(request.view, request)) }
    if (request.kind === 'sql') return { kind: 'sql', sql: selectView(views.columns, request) }
    return { kind: 'summary', summary: await summarize(views, request) }
  }
  const answerFor = async (folder: string, request: ResultRequest): Promise<ResultAnswer> => {
    const held = results.get(folder)
    if (held === undefined) throw new Error('This process was not told of the result.')
    results.delete(folder)
    results.set(folder, held)
    held.busy += 1
    try {
      return await answer(held, request)
    } finally {
      held.busy -= 1
      // One that went meanwhile is closed by the last who read it.
      if (held.busy === 0 && results.get(folder) !== held) close(held)
      closeIdle()
    }
  }
  const leave = (folder: string): void => {
    const held = results.get(folder)
    results.delete(folder)
    if (held?.busy === 0) close(held)
  }
  process.on('message', (message: ToResultChild) => {
    if (message.kind === 'cancel') send({ kind: 'stopped', id: message.id })
    if (message.kind === 'place') {
      const { place, settings } = message
      results.set(place.folder, { settings, columns: place.columns, opened: null, busy: 0 })
    }
    if (message.kind === 'leave') leave(message.folder)
    if (!('folder' in message) || message.kind === 'leave') return
    const { id, folder } = message
    answerFor(folder, message).then(
      (done) => send({ kind: 'answer', id, answer: done }),
      (error: unknown) => {
        const found = error instanceof ProblemError ? error : duckdbProblem(error)
        send({ kind: 'problem', id, problem: found.problem, fatal: isFatal(error) })
      },
    )
  })
  send({ kind: 'opened' })
}

type Making = Extract<ResultRequest, { readonly kind: 'make' }>

/** Writes the rows into a new database, in their order and typed. Returns how many there are. */
async function importRows({ settings, columns }: Held, { source }: Making): Promise<number> {
  const { database, writableFolder = '', memoryLimitMb, threads } = settings
  const instance = await DuckDBInstance.create(database.path, {
    memory_limit: `${memoryLimitMb}MiB`,
    threads: String(threads),
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
  })
  const connection = await instance.connect()
  try {
    for (const statement of [
      "SET GLOBAL TimeZone = 'UTC'",
      withoutSlowOptimizers,
      `SET temp_directory = ${quoteText(`${writableFolder}/spilled`)}`,
      `SET allowed_directories = [${quoteText(`${writableFolder}/`)}]`,
      'SET enable_external_access = false',
      'SET lock_configuration = true',
    ])
      await connection.run(statement)
    if (source.kind === 'parquet') await importParquet(connection, columns, source.path)
    else await importLines(connection, columns, source)
    await connection.run('CHECKPOINT')
    const reader = await connection.runAndReadAll('SELECT count(*) FROM result')
    return Number(reader.getRows()[0]?.[0] ?? 0)
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

/** Parquet holds integers of some widths as decimals or text: they become again what they were. */
async function importParquet(connection: DuckDBConnection, columns: readonly Column[], path: string): Promise<void> {
  const file = `read_parquet(${quoteText(path)})`
  const prepared = await connection.prepare(`SELECT * FROM ${file}`)
  const cells = columns.map(({ kind, type }, at) => {
    const { typeId } = prepared.columnType(at)
    if (kind === 'number' && typeId === DuckDBTypeId.VARCHAR) return `c${at}::BIGNUM AS c${at}`
    return typeId === DuckDBTypeId.DECIMAL && type === 'NUMBER(38,0)' ? `c${at}::HUGEINT AS c${at}` : `c${at}`
  })
  const names = columns.map((_, at) => `c${at}`).join(', ')
  await connection.run(`CREATE TABLE result AS SELECT ${cells.join(', ')} FROM ${file} AS q(${names})`)
}

/** Stages the rows as text and gives each column the first type that holds all of its values; the others stay text. */
async function importLines(
  connection: DuckDBConnection,
  columns: readonly Column[],
  { path, longestBytes }: Extract<Making['source'], { readonly kind: 'lines' }>,
): Promise<void> {
  // A buffer has twice this size, for each thread.
  const longest = Math.max(longestBytes + 1_024, 1_048_576)
  const lines = `read_ndjson_objects(${quoteText(path)}, maximum_object_size = ${longest})`
  await connection.run(
    `CREATE TEMP TABLE staged AS SELECT unnest(from_json(json, '[["VARCHAR"]]')) AS row FROM ${lines}`,
  )
  const partCount = Math.ceil(columns.length / columnsAtOnce)
  const create = async (part: number, table: string): Promise<void> => {
    const first = part * columnsAtOnce
    const cells = await typeCells(connection, columns.slice(first, first + columnsAtOnce), first)
    await connection.run(`CREATE ${table} AS SELECT ${cells} FROM staged`)
  }
  if (partCount === 1) return await create(0, 'TABLE result')
  const parts = Array.from({ length: partCount }, (_, part) => `part${part}`)
  for (const [part, name] of parts.entries()) await create(part, `TEMP TABLE ${name}`)
  await connection.run(`CREATE TABLE result AS SELECT * FROM ${parts.join(' POSITIONAL JOIN ')}`)
}

/** What selects columns of the staged rows, the first of which has the position `first` there, with the types that hold them. */
async function typeCells(connection: DuckDBConnection, columns: readonly Column[], first: number): Promise<string> {
  const wanted = columns.flatMap((column, index) =>
    typesHolding(column).map((type) => ({ index, type, text: `row[${first + index + 1}]` })),
  )
  const failing = wanted.map(({ text, type }) => `count(*) FILTER (WHERE NOT (${isHeld(text, type)}))`)
  const counted = await connection.runAndReadAll(`SELECT ${['0', ...failing].join(', ')} FROM staged`)
  const [, ...failures] = counted.getRows()[0] ?? []
  const fitting = wanted.filter((_, at) => Number(failures[at]) === 0)
  const cells = columns.map((_, index) => {
    const type = fitting.find((candidate) => candidate.index === index)?.type
    return `row[${first + index + 1}]${type === undefined ? '' : `::${type}`} AS c${first + index}`
  })
  return cells.join(', ')
}

/** SQL telling whether a type holds what a text says. Of moments it has to print the same text, to the last digit. */
function isHeld(text: string, type: string): string {
  const value = `TRY_CAST(${text} AS ${type})`
  if (type === 'TIMESTAMPTZ') return `${text} IS NULL OR coalesce(${instantText(value)} = ${text}, false)`
  if (/^(?:DATE|TIME)/.test(type)) return `${text} IS NULL OR coalesce(${value}::VARCHAR = ${text}, false)`
  return `${text} IS NULL OR ${value} IS NOT NULL`
}

endWithParent({ graceMs: 0 })
// Nothing does so at the end of a process that is killed.
flushCompileCache()
process.once('message', (message: ToResultChild) => {
  if (message.kind !== 'open') return
  watchMemory(message.memoryLimitMb)
  serve(message)
})
