import { describe, expect, test } from 'vitest'
import { makeLocalCaller } from '../caller.ts'
import type { ConnectionShareRow } from '../ports/connection-share-store.ts'
import type { ReadOnlySql } from '../guard/read-only-sql.ts'
import { rowStream, batchOf } from '../ask/scripted-ports.test-support.ts'
import { chooseGrant } from './choose-grant.ts'
import { defaultConnectionPolicy, restrictPolicy } from './connection-policy.ts'
import {
  caller,
  codeOf,
  makeScriptedSession,
  never,
  openSaved,
  readerScope,
  stranger,
} from './scripted-kind.test-support.ts'

const share = (groupName: string, more: Partial<ConnectionShareRow> = {}): ConnectionShareRow => ({
  groupId: `id of ${groupName}`,
  groupName,
  role: null,
  maxRows: null,
  askAboveBytes: null,
  refuseAboveBytes: null,
  mayExport: true,
  mayAutoRun: true,
  writers: null,
  samplesToModel: true,
  warning: null,
  scope: null,
  checkedAt: null,
  ...more,
})

describe('the grant of several shares', () => {
  test('is none without any', () => {
    expect(chooseGrant([])).toBeNull()
  })

  test('has the role of the first group, and of each limit the loosest among the shares with that role', () => {
    const limits = { maxRows: 10, askAboveBytes: 5, refuseAboveBytes: 9, mayExport: false, samplesToModel: false }
    const grant = chooseGrant([
      share('Analysts', { ...limits, role: 'ANALYST', writers: ['offline'], mayAutoRun: false }),
      share('Board', { role: 'ACCOUNTADMIN' }),
      share('Sales', { ...limits, role: 'ANALYST', maxRows: 20, askAboveBytes: null, writers: ['sql', 'offline'] }),
      share('Whole house', { role: null }),
    ])
    expect(grant).toEqual({
      role: 'ANALYST',
      groupId: 'id of Analysts',
      groups: ['Analysts', 'Sales'],
      otherRoles: ['ACCOUNTADMIN', "the connection's own role"],
      maxRows: 20,
      askAboveBytes: null,
      refuseAboveBytes: 9,
      mayExport: false,
      mayAutoRun: true,
      writers: ['offline', 'sql'],
      samplesToModel: false,
    })
  })

  test('never loosens the policy of the connection', () => {
    const policy = {
      ...defaultConnectionPolicy,
      limits: { ...defaultConnectionPolicy.limits, maxRows: 100, askAboveBytes: 50, refuseAboveBytes: 70 },
      samplesToModel: false,
      writers: ['offline', 'sql'],
    }
    const open = chooseGrant([share('Any')])
    const strict = chooseGrant([
      share('Any', {
        maxRows: 10,
        askAboveBytes: 500,
        refuseAboveBytes: 60,
        mayExport: false,
        mayAutoRun: false,
        writers: ['sql', 'x'],
      }),
    ])
    if (open === null || strict === null) throw new Error('no grant')
    expect(restrictPolicy(policy, open)).toEqual(policy)
    expect(restrictPolicy(policy, strict)).toEqual({
      ...policy,
      limits: { ...policy.limits, maxRows: 10, askAboveBytes: 50, refuseAboveBytes: 60 },
      mayExport: false,
      autoRunAllowed: false,
      writers: ['sql'],
    })
  })
})

const text = 'SELECT 1' as ReadOnlySql
const options = { maxRows: 10, maxBytes: 1_000, timeoutMs: 1_000, signal: never }
const ref = (id: string): string => `shared:${id}`

/** A saved connection that is shared with the stranger through these groups. */
async function openShared(shares: readonly ConnectionShareRow[]) {
  let batches = 1
  const ran: string[] = []
  const warehouse = {
    ...makeScriptedSession().warehouse(() => Promise.reject(new Error('not read'))),
    run: (sql: string) => {
      ran.push(sql)
      return Promise.resolve(rowStream(Array.from({ length: batches }, () => batchOf([[1]]))))
    },
    compile: () => Promise.resolve({ columns: [], estimate: { rows: 1, bytes: 1 } }),
  }
  const scopes: unknown[] = []
  const opened = await openSaved({
    warehouse: () => warehouse,
    proveScope: () => {
      scopes.push(readerScope)
      return Promise.resolve(readerScope)
    },
  })
  const reach = (now: readonly ConnectionShareRow[], who = stranger.userId): void => {
    opened.shares.reaching.set(
      who,
      now.length === 0 ? [] : [{ row: opened.rowNow(), ownerName: 'Ada Example', shares: now }],
    )
  }
  reach(shares)
  return { ...opened, reach, ran, scopes, severalBatches: () => void (batches = 3) }
}

describe('using a connection that somebody shares', () => {
  test('it is listed with its owner and its role, and opens by reference or by a name that is unique', async () => {
    const { source, id } = await openShared([share('Analysts', { role: 'ANALYST' }), share('Board')])
    expect(await source.list(stranger)).toMatchObject([
      { ref: ref(id), label: 'Acme', saved: null, shared: { by: 'Ada Example', role: 'ANALYST' } },
    ])
    for (const name of [ref(id), 'acme']) {
      const opened = await source.open(stranger, name, never)
      expect(opened).toMatchObject({ ref: ref(id), label: 'Acme', policyName: 'Acme', grant: { role: 'ANALYST' } })
      expect(opened.notices).toEqual([
        "Shared by Ada Example, used as role ANALYST through Analysts; not as the connection's own role, which others of your groups have",
      ])
    }
    const nobody = makeLocalCaller('00000000-0000-4000-8000-000000000001', 'api')
    for (const name of [ref(id), 'acme', 'shared:not-an-id'])
      expect(await codeOf(source.open(nobody, name, never))).toBe('connection_unknown')
    expect(await source.list(nobody)).toEqual([])
  })

  test('sessions of the owner, of each group and of each role are different ones', async () => {
    const { source, id, reach, seen } = await openShared([share('Analysts', { role: 'ANALYST' })])
    await source.open(caller, 'Acme', never)
    await source.open(stranger, ref(id), never)
    reach([share('Analysts', { role: 'OTHER' })])
    await source.open(stranger, ref(id), never)
    reach([share('Board', { role: 'OTHER' })])
    await source.open(stranger, ref(id), never)
    await source.open(stranger, ref(id), never)
    expect(seen.roles).toEqual([null, 'ANALYST', 'OTHER', 'OTHER'])
  })

  test('under a role of its own nothing runs before that role is proved, and what is found says nothing of the owner’s', async () => {
    const { source, id, rowNow, shares, scopes, ran } = await openShared([share('Analysts', { role: 'ANALYST' })])
    const { warehouse } = await source.open(stranger, ref(id), never)
    expect(scopes).toEqual([])
    await warehouse.run(text, options)
    expect([ran, scopes]).toEqual([[text], [readerScope]])
    expect(shares.noted).toContainEqual(
      expect.objectContaining({ connectionId: id, groupId: 'id of Analysts', role: 'ANALYST', scope: readerScope }),
    )
    expect(rowNow().scope).toBeNull()
  })

  test('a share that ended stops its statements and closes its sessions, and only those', async () => {
    const { source, id, reach, seen, ran } = await openShared([share('Analysts')])
    await source.open(caller, 'Acme', never)
    const { warehouse } = await source.open(stranger, ref(id), never)
    reach([])
    for (const work of [warehouse.run(text, options), warehouse.compile(text, options)])
      expect(await codeOf(work)).toBe('connection_unknown')
    expect([ran, await codeOf(source.open(stranger, ref(id), never))]).toEqual([[], 'connection_unknown'])
    await source.dropShares('id of Analysts', id)
    expect([seen.opened, seen.closed]).toEqual([2, 1])
  })

  test.each<readonly [string, readonly ConnectionShareRow[]]>([
    ['another role', [share('Analysts', { role: 'OTHER' })]],
    ['fewer rows', [share('Analysts', { maxRows: 5 })]],
    ['no exports', [share('Analysts', { mayExport: false })]],
  ])('what was opened under other terms is not run: %s', async (_what, now) => {
    const { source, id, reach, ran } = await openShared([share('Analysts')])
    const { warehouse } = await source.open(stranger, ref(id), never)
    reach(now)
    expect([await codeOf(warehouse.run(text, options)), ran]).toEqual(['connection_broken', []])
  })

  test('a share that ends while rows are read ends the reading', async () => {
    const { source, id, reach, severalBatches, pass } = await openShared([share('Analysts')])
    severalBatches()
    const { warehouse } = await source.open(stranger, ref(id), never)
    const { batches } = await warehouse.run(text, options)
    const reading = batches[Symbol.asyncIterator]()
    await reading.next()
    reach([])
    await pass(6_000)
    expect(await codeOf(reading.next())).toBe('connection_unknown')
  })

  test('nobody but the owner is asked to sign in', async () => {
    const { source, id, change, reach } = await openShared([])
    change({ needsSignIn: true })
    reach([share('Analysts')])
    await expect(source.open(stranger, ref(id), never)).rejects.toMatchObject({
      problem: { code: 'sign_in_needed', action: 'Ask Ada Example to sign in again.' },
    })
  })
})
