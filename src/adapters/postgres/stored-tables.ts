import type { Client } from 'pg'

/** Tables that a backup leaves out, and why. */
export const transientTables: Readonly<Record<string, string>> = {
  instances: 'processes that use the store right now',
  pending_sign_ins: 'sign-ins under way, which last minutes',
  turn_commands: 'commands to processes that run right now',
  sessions: 'people sign in again, so that no session comes back that was ended since',
  oauth_artifacts: 'people connect their apps again, so that no consent comes back that was withdrawn since',
  signing_keys: 'sign what lasts minutes; a server makes new ones',
  catalogs: 'copies of what the accounts themselves hold, which are read again',
}

/** A table as the database itself describes it. */
export interface StoredTable {
  readonly name: string
  readonly columns: readonly StoredColumn[]
  /** The tables that its foreign keys name. */
  readonly refersTo: readonly string[]
}

interface StoredColumn {
  readonly name: string
  readonly quoted: string
  readonly type: string
  /** JSON travels as text, which keeps every character of it. */
  readonly isJson: boolean
  readonly isIdentity: boolean
}

/** Every table of the store, each after those that it refers to. */
export async function readTables(client: Client): Promise<readonly StoredTable[]> {
  const { rows: columns } = await client.query<StoredColumn & { readonly table: string }>(`
    select relname as table, attname as name, quote_ident(attname) as quoted, format_type(atttypid, atttypmod) as type,
      atttypid in ('json'::regtype, 'jsonb'::regtype) as "isJson", attidentity <> '' as "isIdentity"
    from pg_class join pg_attribute on attrelid = pg_class.oid
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and attnum > 0 and not attisdropped and attgenerated = ''
    order by relname, attnum`)
  const { rows: keys } = await client.query<{ readonly table: string; readonly parent: string }>(`
    select child.relname as table, parent.relname as parent from pg_constraint
    join pg_class as child on child.oid = conrelid join pg_class as parent on parent.oid = confrelid
    where contype = 'f' and child.relnamespace = 'public'::regnamespace`)
  const names = [...new Set(columns.map(({ table }) => table))]
  const tables = names.map((name) => ({
    name,
    columns: columns.filter(({ table }) => table === name).map(({ table: _table, ...column }) => column),
    refersTo: [...new Set(keys.filter(({ table }) => table === name).map(({ parent }) => parent))],
  }))
  return orderByKeys(tables)
}

function orderByKeys(tables: readonly StoredTable[]): readonly StoredTable[] {
  const ordered: StoredTable[] = []
  const placed = new Set<string>()
  while (ordered.length < tables.length) {
    const next = tables.find(
      ({ name, refersTo }) => !placed.has(name) && refersTo.every((parent) => placed.has(parent)),
    )
    if (next === undefined) throw new Error('Foreign keys go round in a circle: such rows have no order in a backup.')
    ordered.push(next)
    placed.add(next.name)
  }
  return ordered
}
