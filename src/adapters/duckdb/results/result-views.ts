import type { DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api'
import { LRUCache } from 'lru-cache'
import type { Column } from '../../../contract/result.ts'
import type { RowsView } from '../../../contract/result-view.ts'
import type { Engine } from '../engine/open-engine.ts'
import { readRows } from '../engine/run-query.ts'
import { conditionOf, encodeKept, isPlain, keptColumns, type KeptColumn, orderOf, resultTable } from './result-sql.ts'

/** A view whose order is known: the rows of the result at its positions. */
interface OrderedView {
  /** A table of the row numbers in order; null for the result as it is. */
  readonly table: string | null
  readonly rowCount: number
}

/** The rows of a kept result in the orders that are asked for. An order is computed once and kept while it is among the latest. */
export interface ResultViews {
  readonly columns: readonly KeptColumn[]
  /** Rows from a position of a view on, as JSON; at most `maxBytes` of them, but one where there is any. */
  window(view: RowsView, range: WindowRange): Promise<{ readonly json: Uint8Array; readonly viewRows: number }>
  /** Does work on a connection of its own. */
  connected<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T>
}

export interface WindowRange {
  readonly from: number
  readonly count: number
  readonly maxBytes: number
}

const keptViews = 8
/** Rows are read from the file in blocks of so many positions, so that paging through a view reads the file rarely. */
const blockRows = 2_048
const keptBlockBytes = 32 * 1024 ** 2

export async function openViews(engine: Engine, declared: readonly Column[]): Promise<ResultViews> {
  const connected: ResultViews['connected'] = async (work) => {
    const connection = await engine.connect()
    try {
      return await work(connection)
    } finally {
      connection.closeSync()
    }
  }
  const { columns, allRows } = await connected(async (connection) => {
    const prepared = await connection.prepare(`SELECT * FROM ${resultTable}`)
    const types = declared.map((_, at) => prepared.columnType(at))
    return { columns: keptColumns(declared, types), allRows: await countRows(connection, resultTable) }
  })
  let made = 0
  const views = new LRUCache<string, Promise<OrderedView>>({
    max: keptViews,
    dispose: (gone) => void gone.then(({ table }) => dropTable(connected, table)).catch(() => undefined),
  })
  const blocks = new LRUCache<string, readonly Uint8Array[]>({ maxSize: keptBlockBytes })

  const order = async (view: RowsView): Promise<OrderedView> => {
    if (isPlain(view)) return { table: null, rowCount: allRows }
    const table = `memory.main.view${++made}`
    const rows = `SELECT rowid::BIGINT AS row_at FROM ${resultTable} WHERE ${conditionOf(columns, view)}`
    return await connected(async (connection) => {
      await connection.run(`CREATE TABLE ${table} AS ${rows} ORDER BY ${orderOf(columns, view)}`)
      return { table, rowCount: await countRows(connection, table) }
    })
  }
  const orderOnce = (key: string, view: RowsView): Promise<OrderedView> => {
    const known = views.get(key)
    if (known !== undefined) return known
    const ordering = order(view)
    views.set(key, ordering)
    ordering.catch(() => views.delete(key))
    return ordering
  }
  const block = async (key: string, ordered: OrderedView, index: number): Promise<readonly Uint8Array[] | null> => {
    const name = `${index}:${key}`
    const known = blocks.get(name)
    if (known !== undefined) return known
    const range = { from: index * blockRows, count: blockRows, maxBytes: keptBlockBytes / 4 }
    const rows = await connected((connection) => readRange(connection, columns, ordered, range))
    if (rows.length < Math.min(blockRows, ordered.rowCount - range.from)) return null
    blocks.set(name, rows, { size: rows.reduce((bytes, row) => bytes + row.length, 1) })
    return rows
  }
  return {
    columns,
    connected,
    window: async (view, range) => {
      const key = JSON.stringify(view)
      const ordered = await orderOnce(key, view)
      const viewRows = ordered.rowCount
      const from = Math.min(range.from, viewRows)
      const to = Math.min(from + range.count, viewRows)
      const rows: Uint8Array[] = []
      for (let at = from; at < to;) {
        const index = Math.floor(at / blockRows)
        const found = await block(key, ordered, index)
        const wanted = { from: at, count: Math.min(to, (index + 1) * blockRows) - at, maxBytes: range.maxBytes }
        const part =
          found?.slice(at - index * blockRows, at - index * blockRows + wanted.count) ??
          (await connected((connection) => readRange(connection, columns, ordered, wanted)))
        rows.push(...part)
        at += part.length
        if (part.length < wanted.count || rows.length > range.count) break
      }
      return { json: joined(rows, range.maxBytes), viewRows }
    },
  }
}

async function countRows(connection: DuckDBConnection, table: string): Promise<number> {
  const reader = await connection.runAndReadAll(`SELECT count(*) FROM ${table}`)
  return Number(reader.getRows()[0]?.[0] ?? 0)
}

async function dropTable(connected: ResultViews['connected'], table: string | null): Promise<void> {
  if (table !== null) await connected((connection) => connection.run(`DROP TABLE IF EXISTS ${table}`))
}

/** Reads rows of a view, each encoded with a comma behind it, until there are too many bytes; one row where there is any. */
async function readRange(
  connection: DuckDBConnection,
  columns: readonly KeptColumn[],
  { table }: OrderedView,
  { from, count, maxBytes }: WindowRange,
): Promise<readonly Uint8Array[]> {
  const at = table === null ? 'result.rowid' : 'ordered.rowid'
  const source =
    table === null
      ? `${resultTable} AS result`
      : `${table} AS ordered JOIN ${resultTable} AS result ON result.rowid = ordered.row_at`
  const where = `${at} >= ${from} AND ${at} < ${from + count}`
  const result = await connection.stream(`SELECT ${encodeKept(columns)} FROM ${source} WHERE ${where} ORDER BY ${at}`)
  const rows: Uint8Array[] = []
  let bytes = 0
  for (;;) {
    const chunk: DuckDBDataChunk | null = await result.fetchChunk()
    if (chunk === null || chunk.rowCount === 0) return rows
    const texts = readRows(chunk)
    for (let row = 0; row < texts.count; row += 1) {
      bytes += texts.lengthOf(row)
      if (bytes > maxBytes && rows.length > 0) return rows
      rows.push(texts.copy(row, row + 1))
    }
  }
}

/** The JSON array of encoded rows, as far as they fit; one row always does. */
function joined(rows: readonly Uint8Array[], maxBytes: number): Uint8Array {
  const kept: Uint8Array[] = []
  let bytes = 0
  for (const row of rows) {
    bytes += row.length
    if (bytes > maxBytes && kept.length > 0) break
    kept.push(row)
  }
  const json = Buffer.concat([Buffer.from('['), ...kept, Buffer.from(kept.length === 0 ? ']' : '')])
  // The comma behind the last row.
  json[json.length - 1] = ']'.charCodeAt(0)
  return json
}
