import { createHash, randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { sql } from '../../src/adapters/postgres/drizzle.ts'
import {
  applyMigrations,
  beginAlone,
  dropSchema,
  readApplied,
  readMigrations,
} from '../../src/adapters/postgres/migrate-store.ts'
import { fillTables, rowId } from '../../src/adapters/postgres/store-rows.test-support.ts'
import { openStore } from '../../src/adapters/postgres/store.test-support.ts'
import { readTables, transientTables } from '../../src/adapters/postgres/stored-tables.ts'
import { compose } from '../../src/compose.ts'
import { readConfig } from '../../src/config.ts'
import { run, type RunOptions } from '../support/cli-run.ts'
import { runFloe } from '../support/floe-process.ts'
import { storePlaces, type StorePlace } from '../support/store-places.ts'
import { eventsUpTo, newTurn } from '../support/turn-store-suite.ts'

const known = readMigrations()
const newest = known.at(-1)
const [embedded, server] = storePlaces
const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean()
})
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'floe-backup-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A place whose store is migrated and has no rows but the person without sign-in. */
async function openPlace(kind: (typeof storePlaces)[number] | undefined): Promise<StorePlace> {
  if (kind === undefined) throw new Error('There is no such engine.')
  const place = await kind.open()
  cleanups.push(place.remove)
  await tend(place, () => Promise.resolve())
  return place
}

/** Work on a store that is closed after it. */
async function tend<T>(place: StorePlace, work: (store: ReturnType<typeof openStore>) => Promise<T>): Promise<T> {
  const store = openStore(place.where)
  try {
    await store.database.ready()
    return await work(store)
  } finally {
    await store.close()
  }
}

/** Runs `floe admin` on a place. */
const admin = (place: StorePlace, argv: readonly string[], options: RunOptions = {}) =>
  run(['admin', ...argv], {
    services: compose(readConfig({ ...place.env, LOG_LEVEL: 'silent' })).services,
    ...options,
  })

/** Every kept row as text, by table; a table with `0 rows` is empty. */
const dump = (place: StorePlace) =>
  tend(place, ({ database }) =>
    database.tend(async ({ client }) => {
      await client.query("set timezone = 'UTC'")
      const found: Record<string, readonly string[]> = {}
      for (const { name } of await readTables(client))
        found[name] = (
          await client.query<{ row: string }>(
            `select row_to_json(one)::text as row from public."${name}" as one order by 1`,
          )
        ).rows.map(({ row }) => row)
      return found
    }, 'once'),
  )
const kept = (tables: Readonly<Record<string, readonly string[]>>) =>
  Object.fromEntries(Object.entries(tables).filter(([name]) => transientTables[name] === undefined))

const odd = `"quotes" \\ 'apostrophe' \u2028 \u0001 \u{1F600} \\u0000\nline`

/** A row in every table, a running turn with an event of two million bytes, and text that is easily broken. */
const fill = (place: StorePlace) =>
  tend(place, async ({ database, store }) => {
    await database.tend(async ({ client }) => {
      await fillTables(client)
      await client.query('update users set name = $1', [odd])
      await client.query(`update connections set settings = '{"escaped": "\\u0000",\n  "spread": 1.50}'`)
    }, 'once')
    const turn = { ...newTurn(rowId), question: odd }
    await store.createTurn(turn)
    await store.append(rowId, turn.id, eventsUpTo(1, 1, odd.repeat(60_000)), 'running')
    return turn.id
  })

const missing = server?.missing ?? null

describe.skipIf(missing !== null)(`backup and restore${missing === null ? '' : `: ${missing}`}`, () => {
  test('from the embedded store to PostgreSQL and back every row is the same', async () => {
    const [first, second, third] = [await openPlace(embedded), await openPlace(server), await openPlace(embedded)]
    const turnId = await fill(first)
    const before = await dump(first)
    const tables = Object.keys(before)
    // Every table is kept or named with a reason, and every reason names a table.
    expect(Object.keys(transientTables).filter((name) => !tables.includes(name))).toEqual([])
    expect(Object.entries(before).filter(([, rows]) => rows.length === 0)).toEqual([])
    const file = join(folder, 'round-trip')
    // A backup is taken beside a process that uses the store.
    const made = await tend(first, () => admin(first, ['backup', file, '--json']))
    expect(made).toMatchObject({ code: 0, err: '' })
    const { rows, level } = JSON.parse(made.out) as { rows: Record<string, number>; level: string }
    expect(level).toBe(newest?.tag)
    expect(rows).toEqual(Object.fromEntries(Object.entries(kept(before)).map(([name, { length }]) => [name, length])))

    const restored = await admin(second, ['restore', file])
    expect(restored).toMatchObject({ code: 0, err: '' })
    const onServer = await dump(second)
    expect(kept(onServer)).toEqual(kept(before))
    expect(Object.keys(transientTables).filter((name) => onServer[name]?.length !== 0)).toEqual([])

    const chunks: Buffer[] = []
    const stdout = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        chunks.push(chunk)
        done()
      },
    })
    expect(await admin(second, ['backup', '-'], { stdout })).toMatchObject({ code: 0 })
    const again = join(folder, 'again')
    writeFileSync(again, Buffer.concat(chunks))
    expect(await admin(third, ['restore', again, '--json'])).toMatchObject({ code: 0, err: '' })
    expect(kept(await dump(third))).toEqual(kept(before))

    await refusesAuditChanges(second)
    await refusesAuditChanges(third)
    for (const place of [second, third]) expect(await stateAfterStart(place, turnId)).toBe('interrupted')
    // A new row gets a number that no restored one has.
    const ordinals = await tend(second, async ({ database, store }) => {
      await store.createTurn(newTurn(rowId))
      return await database.tend(
        async ({ client }) =>
          (await client.query<{ ordinal: string }>('select ordinal from turns')).rows.map(({ ordinal }) => ordinal),
        'once',
      )
    })
    expect(ordinals.toSorted()).toEqual(['1', '7', '8'])
  }, 240_000)

  const refusesAuditChanges = (place: StorePlace) =>
    tend(place, ({ database }) =>
      database.tend(async ({ client }) => {
        for (const statement of [
          'delete from audit_entries',
          "update audit_entries set action = 'sign_out'",
          'truncate audit_entries',
        ])
          await expect(client.query(statement)).rejects.toThrow(/only ever added/)
      }, 'once'),
    )

  const stateAfterStart = async (place: StorePlace, turnId: string): Promise<string> => {
    const floe = compose(readConfig({ ...place.env, LOG_LEVEL: 'silent' }))
    try {
      return (await floe.services.history.readTurn(floe.callerAt('cli'), turnId, 0)).turn.state
    } finally {
      await floe.services.close()
    }
  }

  test.each([
    ['the embedded store', embedded],
    ['a PostgreSQL server', server],
  ])(
    'one of an earlier level is migrated on in %s',
    async (_, kind) => {
      const [old, target] = [await openPlace(embedded), await openPlace(kind)]
      await tend(old, ({ database }) =>
        database.tend(async ({ client }) => {
          await beginAlone(client)
          await dropSchema(client, known)
          await applyMigrations(client, known.slice(0, 2))
          await fillTables(client)
          await client.query('commit')
        }, 'once'),
      )
      const file = join(folder, 'earlier')
      // What reads the store here must not migrate it.
      expect(await admin(old, ['backup', file, '--json'])).toMatchObject({
        code: 0,
        out: expect.stringContaining('"level":"0001_connections"') as unknown,
      })
      const restored = await admin(target, ['restore', file, '--json'])
      expect(restored).toMatchObject({ code: 0, err: '' })
      expect(JSON.parse(restored.out)).toMatchObject({ level: '0001_connections', migratedTo: newest?.tag })
      const { users, connections, turns } = await dump(target)
      expect([users?.length, turns?.length]).toEqual([2, 1])
      expect(connections?.[0]).toContain('"kind":"snowflake"')
      expect((await admin(target, ['migrate', '--check'])).code).toBe(0)
    },
    120_000,
  )

  test('a store that is not empty, or in use, is left as it is', async () => {
    const [first, inUse, served] = [await openPlace(embedded), await openPlace(embedded), await openPlace(server)]
    await fill(first)
    const file = join(folder, 'whole')
    await admin(first, ['backup', file])
    const before = await dump(first)
    const again = await admin(first, ['restore', file])
    expect(again).toMatchObject({ code: 2, err: expect.stringMatching(/not empty: it has rows in .*turns/) as unknown })
    expect(await dump(first)).toEqual(before)
    for (const place of [inUse, served])
      await tend(place, async ({ database }) => {
        await database.run((statements) => statements.execute(sql`select 1`))
        const refused = await admin(place, ['restore', file])
        expect(refused).toMatchObject({ code: 2, err: expect.stringContaining('is used by another Floe') as unknown })
      })
    await admin(served, ['users', 'invite', 'bob@example.com', '--role', 'member'])
    expect((await admin(served, ['restore', file])).err).toContain('it has rows in audit_entries, users')
  }, 120_000)
})

describe('a file that is no whole backup', () => {
  let target: StorePlace
  let lines: readonly string[]
  let good: Buffer
  beforeAll(async () => {
    const source = await openPlace(embedded)
    await fill(source)
    const file = join(folder, 'good')
    await admin(source, ['backup', file])
    good = readFileSync(file)
    lines = gunzipSync(good).toString('utf8').split('\n').slice(0, -1)
    const kind = embedded
    if (kind === undefined) throw new Error('There is no embedded store.')
    target = await kind.open()
    await tend(target, () => Promise.resolve())
  }, 120_000)
  afterAll(async () => {
    await target.remove()
  })

  /** A backup of these lines with an end that fits them. */
  const sealed = (body: readonly string[]): Buffer => {
    const text = body.map((line) => `${line}\n`).join('')
    const rows: Record<string, number> = {}
    let table = ''
    for (const line of body.slice(1))
      if (line.startsWith('{"table"')) rows[(table = (JSON.parse(line) as { table: string }).table)] = 0
      else rows[table] = (rows[table] ?? 0) + 1
    const sha256 = createHash('sha256').update(text).digest('hex')
    return gzipSync(`${text}${JSON.stringify({ end: { rows, sha256 } })}\n`)
  }
  const body = () => lines.slice(0, -1)
  const withHeader = (change: object) => {
    const header = JSON.parse(lines[0] ?? '') as object
    return sealed([JSON.stringify({ ...header, ...change }), ...body().slice(1)])
  }
  const section = (table: string): readonly string[] => {
    const from = lines.findIndex((line) => line.startsWith(`{"table":"${table}"`))
    const length = lines.slice(from + 1).findIndex((line) => !line.startsWith('{"row":'))
    return lines.slice(from, from + 1 + length)
  }
  const flipped = (bytes: Buffer, at: number): Buffer => {
    const bent = Buffer.from(bytes)
    bent.writeUInt8(bent.readUInt8(at) ^ 1, at)
    return bent
  }

  test.each<readonly [string, () => Buffer | string, RegExp]>([
    ['cut in the middle', () => good.subarray(0, good.length / 2), /damaged/],
    ['cut before its last byte', () => good.subarray(0, -1), /damaged/],
    ['cut at a line', () => gzipSync(lines.slice(0, 5).join('\n') + '\n'), /damaged: its end is missing/],
    ['a flipped bit', () => flipped(good, Math.floor(good.length / 2)), /damaged/],
    [
      'a changed value',
      () => gzipSync(`${lines.join('\n').replace('"title":"text"', '"title":"evil"')}\n`),
      /not what was written/,
    ],
    [
      'a wrong order',
      () => sealed([...body().filter((line) => !section('users').includes(line)), ...section('users')]),
      /damaged: .* comes before users/,
    ],
    ['a table twice', () => sealed([...body(), ...section('users')]), /the table users comes twice/],
    [
      'a row that names nobody',
      () => sealed(body().map((line) => line.replaceAll(`"owner_id":"${rowId}"`, `"owner_id":"${randomUUID()}"`))),
      /a row does not fit into/,
    ],
    ['a table that nobody knows', () => sealed([...body(), '{"table":"x","columns":["y"]}']), /no table x/],
    [
      'other columns',
      () => sealed(body().map((line) => line.replace('"columns":["id","created_at"', '"columns":["id"'))),
      /the columns of users are others/,
    ],
    ['more after its end', () => gzipSync(`${lines.join('\n')}\n${lines[1]}\n`), /something follows/],
    [
      'a line of something else',
      () => sealed([...body().slice(0, 3), '{"drop":"users"}', ...body().slice(3)]),
      /a line is none/,
    ],
    ['a newer format', () => withHeader({ format: 2 }), /newer Floe/],
    ['a newer level', () => withHeader({ level: { tag: '9999_later', when: 9_999_999_999_999 } }), /newer Floe/],
    ['an unknown level', () => withHeader({ level: { tag: '0000_other', when: 1 } }), /its level is unknown/],
    ['nothing', () => '', /damaged|no backup/],
    ['text', () => 'hello', /no backup of Floe/],
    ['other JSON', () => gzipSync('{"hello":1}\n'), /no backup of Floe/],
    ['a bomb', () => gzipSync(Buffer.alloc(150_000_000)), /no backup of Floe/],
    [
      'a bomb behind a header',
      () => gzipSync(Buffer.concat([Buffer.from(`${lines[0]}\n`), Buffer.alloc(150_000_000)])),
      /a line does not end/,
    ],
  ])(
    '%s is refused',
    async (_, make, words) => {
      const file = join(folder, 'bad')
      writeFileSync(file, make())
      const refused = await admin(target, ['restore', file])
      expect(refused).toMatchObject({ code: 2, out: '', err: expect.stringMatching(words) as unknown, defects: [] })
    },
    60_000,
  )

  test('one that is not there is named, and one on stdin is read', async () => {
    expect(await admin(target, ['restore', join(folder, 'none')])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/none cannot be read \(ENOENT\)/) as unknown,
    })
    expect(await admin(target, ['restore', '-'], { stdin: 'hello' })).toMatchObject({
      code: 2,
      err: expect.stringContaining('no backup of Floe') as unknown,
    })
  })

  test('none of them has left a row, so that a whole one still fits', async () => {
    const { users, turns } = await dump(target)
    expect([users?.length, turns?.length]).toEqual([2, 0])
    expect(await admin(target, ['restore', join(folder, 'good')])).toMatchObject({ code: 0, err: '' })
  }, 60_000)
})

for (const { name, missing: reason, open } of storePlaces)
  test.skipIf(reason !== null)(
    `two processes that migrate ${name} at once take turns${reason === null ? '' : `: ${reason}`}`,
    async () => {
      const place = await openPlace({ name, missing: reason, open })
      await tend(place, ({ database }) =>
        database.tend(async ({ client }) => {
          await beginAlone(client)
          await dropSchema(client, known)
          await applyMigrations(client, known.slice(0, 3))
          await fillTables(client)
          await client.query('commit')
        }, 'once'),
      )
      expect(await admin(place, ['migrate', '--check'])).toMatchObject({
        code: 6,
        out: expect.stringMatching(/^The store is at 0002_connection_kinds; to apply: 0003_event_pieces, /) as unknown,
      })
      const both = await Promise.all([1, 2].map(() => runFloe(['admin', 'migrate', '--json'], place.env)))
      expect(both.map(({ code, err }) => [code, err])).toEqual([
        [0, ''],
        [0, ''],
      ])
      const applied = both.map(({ out }) => (JSON.parse(out) as { applied: readonly string[] }).applied.length)
      expect(applied.toSorted((a, b) => a - b)).toEqual([0, known.length - 3])
      expect(await admin(place, ['migrate', '--check'])).toMatchObject({
        code: 0,
        out: `The store is at ${newest?.tag}; nothing is to be applied.\n`,
      })
      expect(await admin(place, ['migrate'])).toMatchObject({
        code: 0,
        out: `The store is at ${newest?.tag} already.\n`,
      })
      await tend(place, ({ database }) =>
        database.tend(async ({ client }) => {
          expect((await readApplied(client, known)).count).toBe(known.length)
          await client.query(
            "insert into drizzle.__drizzle_migrations (hash, created_at) values ('later', 9999999999999)",
          )
        }, 'once'),
      )
      for (const argv of [['migrate'], ['migrate', '--check'], ['users', 'list'], ['backup', join(folder, 'never')]])
        expect(await admin(place, argv)).toMatchObject({
          code: 1,
          err: expect.stringMatching(/was migrated by a newer Floe than this one\.\n {2}Start that version/) as unknown,
        })
    },
    120_000,
  )
