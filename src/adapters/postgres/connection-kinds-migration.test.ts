import { readFileSync } from 'node:fs'
import { PGlite } from '@electric-sql/pglite'
import { expect, test } from 'vitest'

const migration = (name: string): string =>
  readFileSync(new URL(`./migrations/${name}.sql`, import.meta.url), 'utf8').replaceAll('--> statement-breakpoint', '')

test('connections and catalogs of before there were kinds are moved as they are', async () => {
  const database = await PGlite.create()
  for (const name of ['0000_first', '0001_connections']) await database.exec(migration(name))
  const [owner, id] = ['5f0f5e2c-0c5e-4b8e-9d51-3f1f2b7c9a10', '0f9d6a54-2f6b-4a0e-8a44-5f4b8c0d1e2f']
  const signIn = { method: 'key_pair', user: 'FLOE', publicKey: 'MII', fingerprint: 'SHA256:x' }
  await database.query('insert into users (id) values ($1)', [owner])
  await database.query(
    `insert into connections (id, owner_id, name, account, access_url, role, database_name, sign_in, sealed_secret, warning, scope_account,
      scope_role, revision) values ($1, $2, 'Sales', 'myorg-acme', 'https://myorg-acme.snowflakecomputing.com', null, 'SALES', $3, 'v1.k.s',
      'It can write.', 'MYORG-ACME', 'READER', 7)`,
    [id, owner, JSON.stringify(signIn)],
  )
  await database.query(
    `insert into catalogs (account, role, version, body, is_complete, read_at) values ('MYORG-ACME', 'READER', 3, '\\x00', true, now())`,
  )
  await database.exec(migration('0002_connection_kinds'))
  const { rows } = await database.query(
    'select kind, settings, sealed_secret as "sealedSecret", warning, scope_source as "source", scope_view as "view", revision, name from connections',
  )
  expect(rows).toEqual([
    {
      kind: 'snowflake',
      settings: {
        account: 'myorg-acme',
        accessUrl: 'https://myorg-acme.snowflakecomputing.com',
        role: null,
        warehouse: null,
        database: 'SALES',
        schema: null,
        signIn,
      },
      sealedSecret: 'v1.k.s',
      warning: 'It can write.',
      source: 'MYORG-ACME',
      view: 'READER',
      revision: 7,
      name: 'Sales',
    },
  ])
  const catalogs = await database.query('select source, view, version from catalogs')
  expect(catalogs.rows).toEqual([{ source: 'MYORG-ACME', view: 'READER', version: 3 }])
  await database.close()
}, 60_000)
