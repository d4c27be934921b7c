import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CatalogStore } from '../../src/core/ports/catalog-store.ts'
import type { ConnectionStore } from '../../src/core/ports/connection-store.ts'

/** Stores under test with two people in them. */
export interface ConnectionStoresUnderTest {
  readonly connections: ConnectionStore
  readonly catalogs: CatalogStore
  readonly ownerId: string
  readonly otherId: string
  readonly close: () => Promise<void>
}

const settings = {
  kind: 'anything',
  settings: { where: 'here', deeply: { held: [1, 'two', null] } },
} as const
const sealed = { sealedSecret: 'v1.k.sealed', needsSignIn: false }
const leaseMs = 30_000

/** What every store of connections and catalogs does. `missing` says what this machine lacks for it. */
export function describeConnectionStores(
  name: string,
  missing: string | null,
  open: () => Promise<ConnectionStoresUnderTest>,
): void {
  const reason = missing === null ? '' : ` (skipped: ${missing})`
  describe.skipIf(missing !== null)(`connection store: ${name}${reason}`, () => {
    let under: ConnectionStoresUnderTest
    beforeAll(async () => {
      under = await open()
    })
    afterAll(() => under.close())

    const saved = async (more: { readonly name?: string; readonly ownerId?: string } = {}) => {
      const row = {
        id: randomUUID(),
        ownerId: under.ownerId,
        name: `c ${randomUUID()}`,
        ...settings,
        ...sealed,
        ...more,
      }
      expect(await under.connections.insert(row)).toBe('created')
      return row
    }

    test('a connection is read back as it was saved', async () => {
      const row = await saved()
      const read = await under.connections.read(under.ownerId, row.id)
      expect(read).toEqual({
        ...row,
        warning: null,
        scope: null,
        checkedAt: null,
        secretSavedAt: expect.any(String) as string,
        lastUsedAt: null,
        revision: 1,
        createdAt: expect.any(String) as string,
        updatedAt: expect.any(String) as string,
      })
      expect(await under.connections.findByName(under.ownerId, row.name.toUpperCase())).toEqual(read)
    })

    test('a name is taken once per owner, whatever its case, and free for others', async () => {
      const { name } = await saved()
      const again = { id: randomUUID(), ownerId: under.ownerId, name: name.toUpperCase(), ...settings, ...sealed }
      expect(await under.connections.insert(again)).toBe('name_taken')
      const other = await saved()
      expect(await under.connections.update({ ...other, revision: 1 }, again, null, true)).toBe('name_taken')
      await saved({ name, ownerId: under.otherId })
    })

    test('[own-rows] someone else’s connection is not there, for nothing', async () => {
      const { connections, ownerId, otherId } = under
      const row = await saved()
      const before = await connections.read(ownerId, row.id)
      const findings = { warning: 'W', scope: null, checkedAt: null }
      expect(await connections.read(otherId, row.id)).toBeNull()
      expect(await connections.findByName(otherId, row.name)).toBeNull()
      expect(await connections.findByName(under.ownerId, `${row.name}\0`)).toBeNull()
      expect((await connections.list(otherId)).map(({ id }) => id)).not.toContain(row.id)
      expect(
        await connections.update({ ...row, ownerId: otherId, revision: 1 }, { ...row, name: 'mine' }, sealed, true),
      ).toBe('changed')
      expect(await connections.note(otherId, row.id, 1, findings)).toBe(false)
      expect(await connections.lease(otherId, row.id, randomUUID(), leaseMs)).toBeNull()
      expect(await connections.replaceSecret(otherId, row.id, row.sealedSecret, sealed)).toBe(false)
      expect(await connections.setAside(otherId, row.id)).toBe(false)
      expect(await connections.restore(otherId, row.id)).toBe('gone')
      await connections.touch(otherId, row.id)
      expect(await connections.remove(otherId, row.id)).toBe(false)
      expect(await connections.read(ownerId, row.id)).toEqual(before)
    })

    test('one that is set aside is not there, leaves its name free, and comes back with its secret unless the name is taken', async () => {
      const { connections, ownerId } = under
      const row = await saved()
      expect(await connections.setAside(ownerId, row.id)).toBe(true)
      expect(await connections.setAside(ownerId, row.id)).toBe(false)
      expect(await connections.read(ownerId, row.id)).toBeNull()
      expect(await connections.findByName(ownerId, row.name)).toBeNull()
      expect((await connections.list(ownerId)).map(({ id }) => id)).not.toContain(row.id)
      expect(await connections.lease(ownerId, row.id, randomUUID(), leaseMs)).toBeNull()
      // Keys that are changed meanwhile seal its secret anew as well.
      expect((await connections.listSealed()).map(({ id }) => id)).toContain(row.id)
      const other = await saved({ name: row.name })
      expect(await connections.restore(ownerId, row.id)).toBe('name_taken')
      expect(await connections.remove(ownerId, other.id)).toBe(true)
      expect(await connections.restore(ownerId, row.id)).toBe('restored')
      expect(await connections.read(ownerId, row.id)).toMatchObject({ name: row.name, sealedSecret: row.sealedSecret })
    })

    test('what was set aside before a moment is removed for good, and nothing else', async () => {
      const { connections, ownerId } = under
      const [gone, stays] = [await saved(), await saved()]
      await connections.setAside(ownerId, gone.id)
      await connections.purge(Date.now() - 3_600_000)
      expect(await connections.restore(ownerId, gone.id)).toBe('restored')
      await connections.setAside(ownerId, gone.id)
      await connections.purge(Date.now() + 3_600_000)
      expect(await connections.restore(ownerId, gone.id)).toBe('gone')
      expect(await connections.read(ownerId, stays.id)).not.toBeNull()
    })

    test('a use is noted, and a new secret tells since when it is there', async () => {
      const { connections, ownerId } = under
      const row = await saved()
      await connections.touch(ownerId, row.id)
      const used = await connections.read(ownerId, row.id)
      expect(used?.lastUsedAt).not.toBeNull()
      await connections.touch(ownerId, row.id)
      expect(await connections.read(ownerId, row.id)).toEqual(used)
      await connections.update({ ...row, revision: 1 }, row, null, true)
      expect((await connections.read(ownerId, row.id))?.secretSavedAt).toBe(used?.secretSavedAt)
      await connections.update({ ...row, revision: 2 }, row, { sealedSecret: null, needsSignIn: true }, true)
      expect((await connections.read(ownerId, row.id))?.secretSavedAt).toBeNull()
    })

    test('a change counts the revision up, and forgets what was found out unless that still holds', async () => {
      const { connections, ownerId } = under
      const row = await saved()
      const scope = { source: 'MYORG-MYACCOUNT', view: 'READER' }
      const findings = { warning: 'It can write.', scope, checkedAt: '2026-11-22T10:00:00.000Z' }
      expect(await connections.note(ownerId, row.id, 1, findings)).toBe(true)
      expect(await connections.read(ownerId, row.id)).toMatchObject({ ...findings, revision: 1 })
      expect(await connections.update({ ...row, revision: 1 }, { ...row, settings: { at: 'WH' } }, null, true)).toBe(
        'updated',
      )
      expect(await connections.read(ownerId, row.id)).toMatchObject({
        ...findings,
        settings: { at: 'WH' },
        revision: 2,
      })
      expect(await connections.update({ ...row, revision: 1 }, row, null, true)).toBe('changed')
      expect(
        await connections.update({ ...row, revision: 2 }, { ...row, settings: { as: 'OTHER' } }, null, false),
      ).toBe('updated')
      expect(await connections.read(ownerId, row.id)).toMatchObject({
        settings: { as: 'OTHER' },
        sealedSecret: row.sealedSecret,
        warning: null,
        scope: null,
        checkedAt: null,
        revision: 3,
      })
      expect(await connections.note(ownerId, row.id, 1, findings)).toBe(false)
    })

    test('a lease has one holder, and can be given back or run out', async () => {
      const { connections, ownerId } = under
      const row = await saved()
      const [first, second] = [randomUUID(), randomUUID()]
      const taken = await Promise.all(
        [first, second].map((holder) => connections.lease(ownerId, row.id, holder, leaseMs)),
      )
      const holder = taken[0] === null ? second : first
      expect(taken.filter((one) => one !== null)).toHaveLength(1)
      const next = holder === first ? second : first
      await connections.release(ownerId, row.id, next)
      expect(await connections.lease(ownerId, row.id, next, leaseMs)).toBeNull()
      await connections.release(ownerId, row.id, holder)
      expect(await connections.lease(ownerId, row.id, next, -1)).toMatchObject({ id: row.id })
      expect(await connections.lease(ownerId, row.id, holder, leaseMs)).toMatchObject({ id: row.id })
    })

    test('a secret is replaced once; a late writer changes nothing', async () => {
      const { connections, ownerId } = under
      const row = await saved()
      const after = { sealedSecret: 'v1.k.second', needsSignIn: false }
      expect(await connections.replaceSecret(ownerId, row.id, row.sealedSecret, after)).toBe(true)
      expect(await connections.replaceSecret(ownerId, row.id, row.sealedSecret, after)).toBe(true)
      const late = { sealedSecret: 'v1.k.late', needsSignIn: false }
      expect(await connections.replaceSecret(ownerId, row.id, row.sealedSecret, late)).toBe(false)
      expect(await connections.read(ownerId, row.id)).toMatchObject({ ...after, revision: 1 })
      expect(await connections.listSealed()).toContainEqual({ ownerId, id: row.id, sealedSecret: 'v1.k.second' })
    })

    test('a removed connection is gone, and its catalog with the last one that showed it', async () => {
      const { connections, catalogs, ownerId, otherId } = under
      const scope = { source: `A-${randomUUID()}`, view: 'R' }
      const rows = [await saved(), await saved({ ownerId: otherId })] as const
      for (const row of rows) await connections.note(row.ownerId, row.id, 1, { warning: null, scope, checkedAt: null })
      await catalogs.write(scope, { json: '{}', isComplete: true, readAt: '2026-11-22T10:00:00.000Z' }, null)
      expect(await connections.remove(ownerId, rows[0].id)).toBe(true)
      expect(await connections.remove(ownerId, rows[0].id)).toBe(false)
      expect(await catalogs.read(scope)).not.toBeNull()
      expect(await connections.remove(otherId, rows[1].id)).toBe(true)
      expect(await catalogs.read(scope)).toBeNull()
    })

    test('a catalog is kept per source and view, and counts its versions', async () => {
      const { catalogs } = under
      const scope = { source: `A-${randomUUID()}`, view: 'READER' }
      const json = JSON.stringify({ tables: Array.from({ length: 5_000 }, (_, n) => `T\u0000${n} 表\ud800`) })
      const catalog = { json, isComplete: false, readAt: '2026-11-22T10:00:00.000Z' }
      expect(await catalogs.read(scope)).toBeNull()
      expect(await catalogs.write(scope, catalog, null)).toBe(1)
      expect(await catalogs.read(scope)).toEqual({ version: 1, ...catalog })
      expect(await catalogs.read({ ...scope, view: 'OTHER' })).toBeNull()
      expect(await catalogs.write(scope, { ...catalog, isComplete: true }, 1)).toBe(2)
      expect(await catalogs.write(scope, { ...catalog, json: 'late' }, 1)).toBe(2)
      expect(await catalogs.write(scope, { ...catalog, json: 'later' }, null)).toBe(2)
      expect(await catalogs.read(scope)).toEqual({ version: 2, ...catalog, isComplete: true })
    })
  })
}
