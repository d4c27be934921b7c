import type { DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api'
import { LRUCache } from 'lru-cache'
import type { Column } from '../../../contract/result.ts'
import type { RowsView } from '../../../contract/result-view.ts'
import type { WindowRange } from '../../../core/ports/result-files.ts'
import type { Engine } from '../engine/open-engine.ts'
import { readRows } from '../engine/run-query.ts'
import {
  columnAt,
  columnsAtOnce,
  conditionOf,
  encodeKept,
  isPlain,
  keptColumns,
  type KeptColumn,
  orderOf,
  resultTable,
} from './result-sql.ts'

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

const keptViews = 8
const keptBlockBytes = 32 * 1024 ** 2
const mostBlockBytes = keptBlockBytes / 4
/** Choices of columns of which it is remembered how many rows are too many bytes for a block. */
const keptSizes = 200

/** Rows are read from the file in blocks, so that paging through a view reads the file rarely: of many columns fewer rows. A power of two. */
const blockRows = (columns: number): number => 2 ** Math.max(0, Math.min(11, Math.floor(Math.log2(2 ** 19 / columns))))

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
  const sizes = new LRUCache<string, number>({ max: keptSizes })

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
  /** The rows of the block that holds a position, with the position of its first one. */
  const blockAt = async (
    at: number,
    {
      key,
      ordered,
      chosen,
    }: { readonly key: string; readonly ordered: OrderedView; readonly chosen: readonly KeptColumn[] },
  ): Promise<{ readonly first: number; readonly rows: readonly Uint8Array[] }> => {
    const size = sizes.get(key) ?? blockRows(chosen.length)
    const first = at - (at % size)
    const name = `${first}+${size}:${key}`
    const known = blocks.get(name)
    if (known !== undefined) return { first, rows: known }
    const count = Math.min(size, ordered.rowCount - first)
    const rows = await connected((connection) =>
      readRange(connection, chosen, ordered, { from: first, count, maxBytes: mostBlockBytes }),
    )
    if (rows.length < count && size > 1) {
      sizes.set(key, 2 ** Math.floor(Math.log2(Math.max(1, rows.length))))
      return await blockAt(at, { key, ordered, chosen })
    }
    blocks.set(name, rows, { size: rows.reduce((bytes, row) => bytes + row.length, 1) })
    return { first, rows }
  }
  return {
    columns,
    connected,
    window: async (view, { columns: positions, from: wantedFrom, count, maxBytes }) => {
      const chosen = positions?.map((at) => columnAt(columns, at)) ?? columns
      const viewKey = JSON.stringify(view)
      const ordered = await orderOnce(viewKey, view)
      const viewRows = ordered.rowCount
      const from = Math.min(wantedFrom, viewRows)
      const to = Math.min(from + count, viewRows)
      const key = JSON.stringify([positions, viewKey])
      const found: Uint8Array[] = []
      let bytes = 0
      while (from + found.length < to && bytes <= maxBytes) {
        const at = from + found.length
        const { first, rows } = await blockAt(at, { key, ordered, chosen })
        const part = rows.slice(at - first, to - first)
        if (part.length === 0) break
        found.push(...part)
        bytes += part.reduce((sum, row) => sum + row.length, 0)
      }
      return { json: joined(found, maxBytes), viewRows }
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

interface RowRange {
  readonly from: number
  readonly count: number
  readonly maxBytes: number
}

/** Reads rows of a view, each encoded with a comma behind it, until there are too many bytes; one row where there is any. */
async function readRange(
  connection: DuckDBConnection,
  columns: readonly KeptColumn[],
  ordered: OrderedView,
  range: RowRange,
): Promise<readonly Uint8Array[]> {
  const parts: (readonly Uint8Array[])[] = []
  let { count, maxBytes } = range
  for (let first = 0; first === 0 || first < columns.length; first += columnsAtOnce) {
    const chosen = columns.slice(first, first + columnsAtOnce)
    const part = await readPart(connection, chosen, ordered, { from: range.from, count, maxBytes })
    parts.push(part)
    count = part.length
    maxBytes -= part.reduce((bytes, row) => bytes + row.length, 0)
  }
  return parts.length === 1 ? (parts[0] ?? []) : Array.from({ length: count }, (_, row) => joinedRow(parts, row))
}

const comma = Buffer.from(',')

/** One array of the cells that are in several, the brackets between them left out. */
const joinedRow = (parts: readonly (readonly Uint8Array[])[], row: number): Uint8Array =>
  Buffer.concat(
    parts.flatMap((rows, at) => {
      const text = rows[row] ?? new Uint8Array(0)
      const [isFirst, isLast] = [at === 0, at === parts.length - 1]
      const cells = text.subarray(isFirst ? 0 : 1, isLast ? text.length : -2)
      return isLast ? [cells] : [cells, comma]
    }),
  )

/** Reads rows with few columns. */
async function readPart(
  connection: DuckDBConnection,
  columns: readonly KeptColumn[],
  { table }: OrderedView,
  { from, count, maxBytes }: RowRange,
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
