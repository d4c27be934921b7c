import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Client } from 'pg'
import { problem } from '../../core/problem.ts'

/** A step of the schema. Once released it never changes. */
export interface Migration {
  readonly tag: string
  /** Milliseconds since 1970; orders migrations, and names them in the store. */
  readonly when: number
  readonly hash: string
  readonly statements: readonly string[]
}

/** How many of the program's migrations a store has, and whether a newer program has been there. */
export interface AppliedMigrations {
  readonly count: number
  readonly isNewer: boolean
}

const folder = new URL('./migrations/', import.meta.url)
/** The key of the advisory lock: any fixed number, the same in every process. */
const migrationLock = 7_031_402_211

/** The migrations of this program, oldest first. */
export function readMigrations(): readonly Migration[] {
  const { entries } = JSON.parse(readFileSync(new URL('meta/_journal.json', folder), 'utf8')) as {
    readonly entries: readonly { readonly when: number; readonly tag: string }[]
  }
  return entries.map(({ when, tag }) => {
    const text = readFileSync(new URL(`${tag}.sql`, folder), 'utf8')
    const hash = createHash('sha256').update(text).digest('hex')
    return { tag, when, hash, statements: text.split('--> statement-breakpoint') }
  })
}

/**
 * Begins a transaction that ends before another process begins to migrate, back up or restore this store; with `shared` only migrations and
 * restores wait.
 */
export async function beginAlone(client: Client, mode: '' | '_shared' = ''): Promise<void> {
  await client.query(mode === '' ? 'begin' : 'begin transaction isolation level repeatable read read only')
  await client.query("set local lock_timeout = '60s'")
  await client.query(`select pg_advisory_xact_lock${mode}($1)`, [migrationLock])
}

/** Reads which migrations a store has; the table is the one of drizzle's own migrator. */
export async function readApplied(client: Client, known: readonly Migration[]): Promise<AppliedMigrations> {
  const { rows: tables } = await client.query<{ found: boolean }>(
    "select to_regclass('drizzle.__drizzle_migrations') is not null as found",
  )
  if (tables[0]?.found !== true) return { count: 0, isNewer: false }
  const { rows } = await client.query<{ last: string | null }>(
    'select max(created_at)::text as last from drizzle.__drizzle_migrations',
  )
  const last = Number(rows[0]?.last ?? 0)
  return { count: known.filter(({ when }) => when <= last).length, isNewer: last > (known.at(-1)?.when ?? 0) }
}

/** Throws `store_unavailable` where a newer Floe has migrated the store: this one would misread it. */
export function refuseNewer({ isNewer }: AppliedMigrations, place: string): void {
  if (!isNewer) return
  throw problem(
    'store_unavailable',
    `${place} was migrated by a newer Floe than this one.`,
    'Start that version or a newer one, or restore a backup of before into an empty store.',
  )
}

/** Applies migrations inside the transaction of the caller. */
export async function applyMigrations(client: Client, migrations: readonly Migration[]): Promise<void> {
  if (migrations.length === 0) return
  // The form of drizzle's migrator, so that stores of earlier versions go on.
  await client.query('create schema if not exists drizzle')
  await client.query(
    'create table if not exists drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint)',
  )
  for (const { statements, hash, when } of migrations) {
    for (const statement of statements) await client.query(statement)
    await client.query('insert into drizzle.__drizzle_migrations (hash, created_at) values ($1, $2)', [hash, when])
  }
}

/** Removes what the migrations have made, inside the transaction of the caller. The store has to be empty. */
export async function dropSchema(client: Client, migrations: readonly Migration[]): Promise<void> {
  const text = migrations.flatMap(({ statements }) => statements).join('\n')
  for (const [, table] of text.matchAll(/^CREATE TABLE (?:IF NOT EXISTS )?"(\w+)"/gim))
    await client.query(`drop table if exists public."${table}" cascade`)
  for (const [, name] of text.matchAll(/^CREATE (?:OR REPLACE )?FUNCTION "?(\w+)"?\(/gim))
    await client.query(`drop function if exists public."${name}" cascade`)
  const { count } = await readApplied(client, migrations)
  if (count > 0) await client.query('delete from drizzle.__drizzle_migrations')
}
