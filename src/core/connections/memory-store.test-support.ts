import type { ConnectionRow, ConnectionStore } from '../ports/connection-store.ts'

/** A store in memory; it keeps what the port promises about owners, names and revisions. */
export function makeMemoryStore(): ConnectionStore & { readonly rows: Map<string, ConnectionRow> } {
  const rows = new Map<string, ConnectionRow>()
  const aside = new Map<string, ConnectionRow>()
  const at = '2026-11-28T10:00:00.000Z'
  const own = (ownerId: string, id: string): ConnectionRow | null => {
    const row = rows.get(id)
    return row?.ownerId === ownerId ? row : null
  }
  const change = (row: ConnectionRow | null, more: Partial<ConnectionRow>): boolean => {
    if (row !== null) rows.set(row.id, { ...row, ...more })
    return row !== null
  }
  const isTaken = (ownerId: string, name: string, id: string): boolean =>
    [...rows.values()].some((row) => row.ownerId === ownerId && row.name === name && row.id !== id)
  return {
    rows,
    list: (ownerId) => Promise.resolve([...rows.values()].filter((row) => row.ownerId === ownerId)),
    read: (ownerId, id) => Promise.resolve(own(ownerId, id)),
    findByName: (ownerId, name) =>
      Promise.resolve([...rows.values()].find((row) => row.ownerId === ownerId && row.name === name) ?? null),
    insert: (row) => {
      if (isTaken(row.ownerId, row.name, row.id)) return Promise.resolve('name_taken')
      const found = { warning: null, scope: null, checkedAt: null, lastUsedAt: null, revision: 1 }
      const secretSavedAt = row.sealedSecret === null ? null : at
      rows.set(row.id, { ...row, ...found, secretSavedAt, createdAt: at, updatedAt: at })
      return Promise.resolve('created')
    },
    update: ({ ownerId, id, revision }, { name, settings }, secret, stillHolds) => {
      const row = own(ownerId, id)
      if (row === null || row.revision !== revision) return Promise.resolve('changed')
      if (isTaken(ownerId, name, id)) return Promise.resolve('name_taken')
      const forgotten = stillHolds ? {} : { warning: null, scope: null, checkedAt: null }
      change(row, { name, settings, ...secret, ...forgotten, revision: revision + 1 })
      return Promise.resolve('updated')
    },
    remove: (ownerId, id) => Promise.resolve(own(ownerId, id) !== null && rows.delete(id)),
    setAside: (ownerId, id) => {
      const row = own(ownerId, id)
      if (row !== null) aside.set(id, row)
      return Promise.resolve(row !== null && rows.delete(id))
    },
    restore: (ownerId, id) => {
      const row = aside.get(id)
      if (row === undefined || row.ownerId !== ownerId) return Promise.resolve('gone')
      if (isTaken(ownerId, row.name, id)) return Promise.resolve('name_taken')
      aside.delete(id)
      rows.set(id, { ...row, revision: row.revision + 1 })
      return Promise.resolve('restored')
    },
    purge: () => Promise.resolve(aside.clear()),
    touch: (ownerId, id) => Promise.resolve(void change(own(ownerId, id), { lastUsedAt: at })),
    note: (ownerId, id, revision, findings) => {
      const row = own(ownerId, id)
      return Promise.resolve(row?.revision === revision && change(row, findings))
    },
    lease: () => Promise.resolve(null),
    release: () => Promise.resolve(),
    replaceSecret: (ownerId, id, before, after) => {
      const row = own(ownerId, id)
      return Promise.resolve(row?.sealedSecret === before && change(row, after))
    },
    listSealed: () =>
      Promise.resolve(
        [...rows.values()].flatMap(({ ownerId, id, sealedSecret }) =>
          sealedSecret === null ? [] : [{ ownerId, id, sealedSecret }],
        ),
      ),
  }
}
