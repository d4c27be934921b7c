import type { Client } from 'pg'
import type { RestoreReport, StoreUpkeep } from '../../core/ports/store-upkeep.ts'
import { problem } from '../../core/problem.ts'
import { damaged, newerBackup, readBackup, writeBackup, type BackupHeader, type BackupPart } from './backup-file.ts'
import type { Database, TendedStore } from './database.ts'
import {
  applyMigrations,
  beginAlone,
  dropSchema,
  readApplied,
  readMigrations,
  refuseNewer,
  type Migration,
} from './migrate-store.ts'
import { readTables, transientTables, type StoredTable } from './stored-tables.ts'

interface UpkeepNeeds {
  readonly database: Database
  /** The version of Floe, for the header of a backup. */
  readonly version: string
}

/** Makes the upkeep of a store in PostgreSQL, on a server or embedded. */
export function makeStoreUpkeep({ database, version }: UpkeepNeeds): StoreUpkeep {
  return {
    level: () =>
      database.tend(async ({ client, place }) => {
        const known = readMigrations()
        const applied = await readApplied(client, known)
        refuseNewer(applied, place)
        const tags = known.map(({ tag }) => tag)
        return { level: tags[applied.count - 1] ?? null, missing: tags.slice(applied.count) }
      }, 'repeatable'),
    migrate: () =>
      database.tend(async ({ client, place }) => {
        const known = readMigrations()
        await beginAlone(client)
        const before = await readApplied(client, known)
        refuseNewer(before, place)
        await applyMigrations(client, known.slice(before.count))
        await client.query('commit')
        const tags = known.map(({ tag }) => tag)
        return {
          from: tags[before.count - 1] ?? null,
          to: tags.at(-1) ?? null,
          applied: tags.slice(before.count),
        }
      }, 'repeatable'),
    backup: (write, signal) =>
      database.tend(async (store) => {
        const known = readMigrations()
        await beginAlone(store.client, '_shared')
        const applied = await readApplied(store.client, known)
        refuseNewer(applied, store.place)
        const newest = known[applied.count - 1]
        if (newest === undefined)
          throw problem('bad_request', `${store.place} is empty.`, 'There is nothing to back up.')
        const created = new Date().toISOString()
        const level = { tag: newest.tag, when: newest.when }
        const header: BackupHeader = { floe: 'backup', format: 1, level, created, version }
        const rows = await writeBackup(readStore(store.client, header), write, signal)
        await store.client.query('commit')
        return { level: newest.tag, created, rows }
      }, 'once'),
    restore: async (source, signal) => {
      const header = await checkWhole(source.open())
      signal.throwIfAborted()
      return await database.tend((store) => restoreInto(store, header, source.open(), signal), 'once')
    },
  }
}

/** Rows fetched at once: even of the longest they take no more than tens of megabytes. */
const fetchRows = 100

/** Everything that a store holds, a few rows at a time. */
async function* readStore(client: Client, header: BackupHeader): AsyncGenerator<BackupPart> {
  yield { kind: 'header', header }
  for (const { name, columns } of await readTables(client)) {
    if (transientTables[name] !== undefined) continue
    yield { kind: 'table', table: name, columns: columns.map((column) => column.name) }
    const list = columns.map(({ quoted, isJson }) => (isJson ? `${quoted}::text as ${quoted}` : quoted)).join(', ')
    await client.query(
      `declare stored cursor for select row_to_json(one)::text as row from (select ${list} from public."${name}") as one`,
    )
    for (;;) {
      const { rows } = await client.query<{ row: string }>(`fetch ${fetchRows} from stored`)
      for (const { row } of rows) yield { kind: 'row', row }
      if (rows.length < fetchRows) break
    }
    await client.query('close stored')
  }
}

/** Reads a backup to its end before anything is written. */
async function checkWhole(content: AsyncIterable<Uint8Array>): Promise<BackupHeader> {
  let header: BackupHeader | null = null
  for await (const part of readBackup(content)) if (part.kind === 'header') header = part.header
  if (header === null) throw damaged('its header is missing')
  return header
}

async function restoreInto(
  { client, place, isShared }: TendedStore,
  header: BackupHeader,
  content: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<RestoreReport> {
  const known = readMigrations()
  const count = known.findIndex(({ tag, when }) => tag === header.level.tag && when === header.level.when) + 1
  if (count === 0) throw header.level.when > (known.at(-1)?.when ?? 0) ? newerBackup() : damaged('its level is unknown')
  await beginAlone(client)
  refuseNewer(await readApplied(client, known), place)
  await expectUnused(client, place, isShared)
  await expectEmpty(client, place)
  const rows = await load(client, known, count, content, signal)
  await applyMigrations(client, known.slice(count))
  signal.throwIfAborted()
  await client.query('commit')
  const { level, created, version } = header
  return { level: level.tag, created, version, rows, migratedTo: known.at(-1)?.tag ?? level.tag }
}

/** Another process would go on with what it knows of the store of before. */
async function expectUnused(client: Client, place: string, isShared: boolean): Promise<void> {
  const { rows: sessions } = await client.query(
    `select from pg_stat_activity where datname = current_database() and application_name like 'floe%' and pid <> pg_backend_pid()`,
  )
  const { rows: tables } = await client.query<{ found: boolean }>(
    "select to_regclass('public.instances') is not null as found",
  )
  const beats =
    tables[0]?.found === true
      ? (await client.query("select from instances where heartbeat_at > now() - interval '30 seconds'")).rows
      : []
  if (!isShared && sessions.length === 0 && beats.length === 0) return
  throw problem('bad_request', `${place} is used by another Floe.`, 'Stop it, then restore again; nothing was changed.')
}

/** Rows that a store has before anybody has used it. */
const firstRows: Readonly<Record<string, string>> = { users: 'where email is not null' }

async function expectEmpty(client: Client, place: string): Promise<void> {
  const filled: string[] = []
  for (const { name } of await readTables(client)) {
    if (transientTables[name] !== undefined) continue
    const { rows } = await client.query<{ any: boolean }>(
      `select exists (select from public."${name}" ${firstRows[name] ?? ''}) as any`,
    )
    if (rows[0]?.any === true) filled.push(name)
  }
  if (filled.length === 0) return
  throw problem(
    'bad_request',
    `${place} is not empty: it has rows in ${filled.join(', ')}.`,
    'Restore into a new database or another DATA_DIR; nothing was changed.',
  )
}

/** Text of the rows that one statement inserts. */
const batchLength = 1_000_000
const batchRows = 500

/** Makes the schema of the backup's level anew and fills it. Resolves to the rows by table. */
async function load(
  client: Client,
  known: readonly Migration[],
  count: number,
  content: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<Readonly<Record<string, number>>> {
  await dropSchema(client, known)
  await applyMigrations(client, known.slice(0, count))
  const tables = new Map((await readTables(client)).map((table) => [table.name, table]))
  const loaded = new Set<string>()
  let current: StoredTable | null = null
  let batch: string[] = []
  let length = 0
  const insertBatch = async (): Promise<void> => {
    if (current !== null && batch.length > 0) await insertRows(client, current, batch)
    batch = []
    length = 0
  }
  let rows: Readonly<Record<string, number>> = {}
  for await (const part of readBackup(content)) {
    signal.throwIfAborted()
    if (part.kind === 'row') {
      batch.push(part.row)
      length += part.row.length
      if (length > batchLength || batch.length >= batchRows) await insertBatch()
    } else {
      await insertBatch()
      if (part.kind === 'end') rows = part.rows
      if (part.kind === 'table') {
        current = expectTable(tables, loaded, part)
        loaded.add(part.table)
      }
    }
  }
  for (const table of tables.values()) await setIdentities(client, table)
  return rows
}

function expectTable(
  tables: ReadonlyMap<string, StoredTable>,
  loaded: ReadonlySet<string>,
  { table, columns }: Extract<BackupPart, { readonly kind: 'table' }>,
): StoredTable {
  const found = tables.get(table)
  if (found === undefined) throw damaged(`its level has no table ${table}`)
  const expected = found.columns.map(({ name }) => name)
  if (expected.join() !== columns.join()) throw damaged(`the columns of ${table} are others at its level`)
  const early = found.refersTo.filter((parent) => !loaded.has(parent) && transientTables[parent] === undefined)
  if (early.length > 0) throw damaged(`${table} comes before ${early.join(', ')}`)
  return found
}

async function insertRows(client: Client, { name, columns }: StoredTable, rows: readonly string[]): Promise<void> {
  const names = columns.map(({ quoted }) => quoted).join(', ')
  const values = columns.map(({ quoted, type, isJson }) => (isJson ? `${quoted}::${type}` : quoted)).join(', ')
  const shape = columns.map(({ quoted, type, isJson }) => `${quoted} ${isJson ? 'text' : type}`).join(', ')
  try {
    await client.query(
      `insert into public."${name}" (${names}) overriding system value
        select ${values} from json_to_recordset($1::json) as given(${shape})`,
      [`[${rows.join(',')}]`],
    )
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    throw unfitting.test(code) ? damaged(`a row does not fit into ${name}`) : error
  }
}

/** SQLSTATE of values that are none of their column, and of rows that break a rule of their table. */
const unfitting = /^2[23]/

/** The next row gets a number that no restored one has. */
async function setIdentities(client: Client, { name, columns }: StoredTable): Promise<void> {
  for (const { quoted, name: column } of columns.filter(({ isIdentity }) => isIdentity))
    await client.query(
      `select setval(pg_get_serial_sequence($1, $2), coalesce(max(${quoted}), 1), max(${quoted}) is not null) from public."${name}"`,
      [`public."${name}"`, column],
    )
}
