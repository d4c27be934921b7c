import { zstdCompressSync } from 'node:zlib'
import type { Client } from 'pg'
import { localUserId } from './local-user.ts'
import { readTables } from './stored-tables.ts'

/** Every id of the rows below, so that every foreign key finds its row, also those of tables to come. */
export const rowId = localUserId
const signIn = { method: 'key_pair', user: 'FLOE', publicKey: 'MII', fingerprint: 'SHA256:x' }
const settings = { account: 'acme', accessUrl: 'https://acme.example', role: null, warehouse: null, signIn }
const event = JSON.stringify({
  kind: 'turn.done',
  turnId: rowId,
  seq: 1,
  at: '2026-11-28T10:00:00.000Z',
  text: 'é\u0001\\u0000',
})

/** Where a column takes more than any value of its type. */
const special: Readonly<Record<string, string | null>> = {
  'users.email': 'ann@example.com',
  'users.role': 'admin',
  'users.is_disabled': 'false',
  'instances.heartbeat_at': '2020-01-02T03:04:05.678Z',
  'turns.ordinal': '7',
  'turns.state': 'done',
  'turns.ask': '{}',
  'conversations.archived_at': null,
  'conversations.deleted_at': null,
  'turn_events.event': event,
  'connections.kind': 'snowflake',
  'connections.sign_in': JSON.stringify(signIn),
  'connections.settings': JSON.stringify(settings),
  // What is set aside is not read any more.
  'connections.removed_at': null,
  'access_tokens.scopes': '["ask"]',
  'group_members.source': 'manual',
  'audit_entries.action': 'sign_in',
  'budgets.kind': 'person',
  'budgets.group_id': null,
  'shares.turns': '[]',
  'turn_feedback.verdict': 'up',
  'turn_feedback.reasons': '[]',
  'model_keys.provider': 'google',
  'favorite_folders.moved': null,
  'favorites.tags': '[]',
  'favorites.tables': '[]',
  'favorites.parameters': '[]',
  'favorites.result': null,
  'favorite_events.event': event,
  'catalogs.body': `\\x${zstdCompressSync('{}').toString('hex')}`,
}

const ofType = (type: string): string => {
  if (type === 'uuid') return rowId
  if (type === 'boolean') return 'true'
  if (type === 'bytea') return '\\x00ff'
  if (type.startsWith('json')) return '{"a": 1}'
  if (type === 'date') return '2100-01-02'
  if (type.startsWith('timestamp')) return '2100-01-02T03:04:05.678Z'
  return /int|numeric|double/.test(type) ? '1' : 'text'
}

/** Inserts a row into every table of the store's level. Resolves to their names. */
export async function fillTables(client: Client): Promise<readonly string[]> {
  const tables = await readTables(client)
  for (const { name, columns } of tables) {
    const hasPieces = columns.some((column) => column.name === 'pieces')
    const values = columns.map((column) => {
      if (name === 'turn_events' && column.name === 'event' && hasPieces) return event.slice(0, 10)
      if (name === 'turn_event_pieces' && column.name === 'text') return event.slice(10)
      const given = special[`${name}.${column.name}`]
      return given === undefined ? ofType(column.type) : given
    })
    const list = columns.map(({ quoted }) => quoted).join(', ')
    const shape = columns.map(({ type }, index) => `$${index + 1}::${type}`).join(', ')
    await client.query(
      `insert into public."${name}" (${list}) overriding system value values (${shape}) on conflict do nothing`,
      values,
    )
  }
  return tables.map(({ name }) => name)
}

/** The event of the one turn. */
export const storedEvent = event
export const storedSettings = settings
