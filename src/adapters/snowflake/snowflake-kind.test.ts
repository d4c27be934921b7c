import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ReadOnlySql } from '../../core/guard/read-only-sql.ts'
import { presentProblem } from '../../core/problem.ts'
import type { DoubleAccount } from '../../../test/support/snowflake/double-account.ts'
import { snowflakeDoubleMissing } from '../../../test/support/snowflake/installed-double.ts'
import { prepareAccount, token } from '../../../test/support/snowflake/open-account.ts'
import { type SnowflakeDouble, startSnowflakeDouble } from '../../../test/support/snowflake/start-snowflake-double.ts'
import { makeSystemClock } from '../node/node-system.ts'
import { localUserId } from '../postgres/local-user.ts'
import { makePostgresCatalogStore } from '../postgres/postgres-catalog-store.ts'
import { makePostgresConnectionShareStore, makePostgresConnectionStore } from '../postgres/postgres-connection-store.ts'
import { openStore, otherUserId, temporaryFolder, testTemplate } from '../postgres/store.test-support.ts'
import { makeAesSecretBox } from '../secrets/aes-secret-box.ts'
import { makeGivenRing } from '../secrets/key-ring.ts'
import { makeSavedSource } from '../../core/connections/saved-source.ts'
import { makeSnowflakeKind } from './snowflake-kind.ts'
import { makeLocalCaller } from '../../core/caller.ts'

const missing = snowflakeDoubleMissing()
const secrets = makeAesSecretBox(makeGivenRing([{ id: '1', key: randomBytes(32) }]))
const localCaller = makeLocalCaller(localUserId, 'cli')
const never = new AbortController().signal
const idleMs = 1_800_000

describe.skipIf(missing !== null)(
  `fakesnow: saved connections${missing === null ? '' : ` (skipped: ${missing})`}`,
  () => {
    const folder = temporaryFolder()
    let opened: ReturnType<typeof openStore>
    let double: SnowflakeDouble
    let account: DoubleAccount
    let connections: ReturnType<typeof makeSavedSource>
    let faults: unknown[]
    /** What would be called once nobody has used a connection for long enough. */
    let idle: Set<() => void>

    beforeAll(async () => {
      opened = openStore({ dataDir: folder.path, templatePath: await testTemplate() })
      double = await startSnowflakeDouble()
    })
    afterAll(async () => {
      await double.close()
      await opened.close()
      folder.remove()
    })
    beforeEach(async () => {
      account = await double.newAccount()
      await prepareAccount(account, ['CREATE TABLE T (N INT)', 'INSERT INTO T VALUES (1), (2)'])
      faults = []
      idle = new Set()
      connections = open()
      return () => connections.close()
    })

    const system = makeSystemClock()
    const clock = {
      now: () => system.now(),
      monotonicMs: () => system.monotonicMs(),
      after: (ms: number, callback: () => void) => {
        if (ms !== idleMs) return system.after(ms, callback)
        idle.add(callback)
        return () => void idle.delete(callback)
      },
    }
    const open = (allowLoopback = true) => {
      const store = makePostgresConnectionStore(opened)
      const onFault = (error: unknown) => void faults.push(error)
      const kind = makeSnowflakeKind({
        store,
        catalogs: makePostgresCatalogStore(opened),
        secrets,
        clock,
        workload: null,
        allowLoopback,
        egress: [],
        environment: {},
        onFault,
      })
      return makeSavedSource({
        store,
        shares: makePostgresConnectionShareStore(opened),
        kinds: [kind],
        clock,
        idleMs,
        onFault,
      })
    }
    const save = async (more: { readonly needsSignIn?: boolean; readonly role?: string } = {}): Promise<string> => {
      const name = `c ${randomUUID()}`
      const id = randomUUID()
      await makePostgresConnectionStore(opened).insert({
        id,
        ownerId: localUserId,
        name,
        kind: 'snowflake',
        settings: {
          account: account.account,
          accessUrl: account.accessUrl,
          warehouse: 'WH',
          database: 'SALES',
          role: more.role ?? 'ANALYST',
          schema: 'PUBLIC',
          signIn: { method: 'access_token', user: 'READER' },
        },
        sealedSecret: await secrets.seal(JSON.stringify({ token }), { ownerId: localUserId, rowId: id }),
        needsSignIn: more.needsSignIn ?? false,
      })
      return name
    }
    const rowOf = async (name: string) => {
      const row = await makePostgresConnectionStore(opened).findByName(localUserId, name)
      if (row === null) throw new Error(`nobody saved ${name}`)
      return row
    }
    const refusal = async (name: string, ownerId: string, of = connections) =>
      presentProblem(
        await of.open(makeLocalCaller(ownerId, 'cli'), name, never).then(
          () => null,
          (error: unknown) => error,
        ),
      )
    const countRows = async (name: string): Promise<number> => {
      const { warehouse } = await connections.open(localCaller, name, never)
      const limits = { maxRows: 10, maxBytes: 1_000_000, timeoutMs: 30_000, signal: never }
      let rows = 0
      // The guard's work is not what is looked at here.
      const sql = 'SELECT N FROM T' as ReadOnlySql
      for await (const batch of (await warehouse.run(sql, limits)).batches) rows += batch.rowCount
      return rows
    }
    const loginsOf = async (): Promise<number> => (await account.log()).filter(({ kind }) => kind === 'login').length

    test('one is opened once and shared', async () => {
      const name = await save()
      const [first, second] = await Promise.all([
        connections.open(localCaller, name, never),
        connections.open(localCaller, name.toUpperCase(), never),
      ])
      expect(first).toBe(second)
      expect(await loginsOf()).toBe(0)
      expect(await countRows(name)).toBe(2)
      expect(faults).toEqual([])
    })

    test('the first sign-in proves whose view it is, and looks whether it is safe', async () => {
      const name = await save()
      const catalog = await (await connections.open(localCaller, name, never)).catalog(never)
      expect(catalog.tables.map((table) => table.name).toSorted()).toEqual(['FLOOD', 'T'])
      await account.until('statement', { match: 'SYS_CONTEXT' })
      await expect.poll(async () => (await rowOf(name)).checkedAt, { timeout: 30_000 }).not.toBeNull()
      expect(await rowOf(name)).toMatchObject({
        scope: { source: `DOUBLES-${account.account}`, view: 'ANALYST' },
        warning: expect.stringContaining('ceiling') as string,
      })
      expect((await connections.list(localCaller)).find(({ ref }) => ref === name)?.warning).toContain('ceiling')
    })

    test('without a use for long enough it is closed, and opens again', async () => {
      const name = await save()
      const before = await connections.open(localCaller, name, never)
      expect(await countRows(name)).toBe(2)
      expect(idle.size).toBe(1)
      for (const callback of idle) callback()
      await account.until('logout')
      expect(await connections.open(localCaller, name, never)).not.toBe(before)
      expect(await countRows(name)).toBe(2)
      expect(faults).toEqual([])
    })

    test('while a result is read it is in use', async () => {
      const name = await save()
      const { warehouse } = await connections.open(localCaller, name, never)
      const limits = { maxRows: 100_000, maxBytes: 100_000_000, timeoutMs: 30_000, signal: never }
      const stream = await warehouse.run('SELECT * FROM FLOOD' as ReadOnlySql, limits)
      const batches = stream.batches[Symbol.asyncIterator]()
      await batches.next()
      for (const callback of idle) callback()
      expect((await batches.next()).done).toBe(false)
      await batches.return?.(undefined)
      expect(faults).toEqual([])
    })

    test('what was changed elsewhere counts from the next question on', async () => {
      const name = await save()
      const before = await connections.open(localCaller, name, never)
      const row = await rowOf(name)
      const settings = { name, settings: { ...row.settings, role: 'NOBODY' } }
      await makePostgresConnectionStore(opened).update(row, settings, null, false)
      const after = await connections.open(localCaller, name, never)
      expect(after).not.toBe(before)
      await expect(after.catalog(never)).rejects.toMatchObject({ problem: { code: 'connection_broken' } })
      await makePostgresConnectionStore(opened).remove(localUserId, row.id)
      expect(await refusal(name, localUserId)).toMatchObject({ code: 'connection_unknown' })
    })

    test('no credential is handed out once the connection was changed', async () => {
      const name = await save()
      const { warehouse } = await connections.open(localCaller, name, never)
      const row = await rowOf(name)
      await makePostgresConnectionStore(opened).update(row, { name, settings: row.settings }, null, true)
      const limits = { maxRows: 10, maxBytes: 1_000_000, timeoutMs: 30_000, signal: never }
      await expect(warehouse.run('SELECT N FROM T' as ReadOnlySql, limits)).rejects.toMatchObject({
        problem: { code: 'connection_broken', message: 'The connection was changed meanwhile.' },
      })
      expect(await loginsOf()).toBe(0)
      expect(await countRows(name)).toBe(2)
    })

    test('someone else’s, one that wants a person, and one beside Snowflake are not opened', async () => {
      const [name, waiting] = [await save(), await save({ needsSignIn: true })]
      expect(await refusal(name, otherUserId)).toMatchObject({ code: 'connection_unknown' })
      expect(await refusal(waiting, localUserId)).toMatchObject({ code: 'sign_in_needed', whoseTurn: 'person' })
      expect(await refusal(name, localUserId, open(false))).toMatchObject({ code: 'connection_broken' })
      expect(await loginsOf()).toBe(0)
    })

    test('once closed, nothing is opened any more', async () => {
      const name = await save()
      await connections.open(localCaller, name, never)
      await connections.close()
      expect(await refusal(name, localUserId)).toMatchObject({ code: 'interrupted' })
      expect(idle.size).toBe(0)
    })
  },
  120_000,
)
