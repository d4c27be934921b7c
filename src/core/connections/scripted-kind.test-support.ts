import type { ConnectionReport, NewConnection } from '../../contract/connection.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { makeLocalCaller } from '../caller.ts'
import type { CatalogScope } from '../ports/catalog-store.ts'
import type { ConnectionKind, SourceSession } from '../ports/connection-kind.ts'
import type { ConnectionRow, ConnectionStore } from '../ports/connection-store.ts'
import type { SecretBox } from '../ports/secret-box.ts'

export const caller = makeLocalCaller('5f0f5e2c-0c5e-4b8e-9d51-3f1f2b7c9a10', 'api')
export const never = new AbortController().signal

/** What a person enters for the scripted kind, which has the wire shape of Snowflake's. */
export const newConnection = (name: string): NewConnection => ({
  kind: 'snowflake',
  name,
  account: 'acme',
  role: 'READER',
  warehouse: null,
  database: null,
  schema: null,
  probing: 'off',
  signIn: { method: 'snowflake_oauth', clientId: 'client' },
})

/** A store in memory; it keeps what the port promises about owners, names and revisions. */
export function makeMemoryStore(): ConnectionStore & { readonly rows: Map<string, ConnectionRow> } {
  const rows = new Map<string, ConnectionRow>()
  const at = '2026-11-28T10:00:00.000Z'
  const own = (ownerId: string, id: string): ConnectionRow | null => {
    const row = rows.get(id)
    return row?.ownerId === ownerId ? row : null
  }
  const change = (row: ConnectionRow | null, more: Partial<ConnectionRow>): boolean => {
    if (row !== null) rows.set(row.id, { ...row, ...more })
    return row !== null
  }
  return {
    rows,
    list: (ownerId) => Promise.resolve([...rows.values()].filter((row) => row.ownerId === ownerId)),
    read: (ownerId, id) => Promise.resolve(own(ownerId, id)),
    findByName: (ownerId, name) =>
      Promise.resolve([...rows.values()].find((row) => row.ownerId === ownerId && row.name === name) ?? null),
    insert: (row) => {
      const found = { warning: null, scope: null, checkedAt: null, revision: 1, createdAt: at, updatedAt: at }
      rows.set(row.id, { ...row, ...found })
      return Promise.resolve('created')
    },
    update: ({ ownerId, id, revision }, { name, settings }, secret, stillHolds) => {
      const row = own(ownerId, id)
      if (row === null || row.revision !== revision) return Promise.resolve('changed')
      const forgotten = stillHolds ? {} : { warning: null, scope: null, checkedAt: null }
      change(row, { name, settings, ...secret, ...forgotten, revision: revision + 1 })
      return Promise.resolve('updated')
    },
    remove: (ownerId, id) => Promise.resolve(own(ownerId, id) !== null && rows.delete(id)),
    note: (ownerId, id, revision, findings) => {
      const row = own(ownerId, id)
      return Promise.resolve(row?.revision === revision && change(row, findings))
    },
    lease: () => Promise.resolve(null),
    release: () => Promise.resolve(),
    replaceSecret: (ownerId, id, _before, after) => Promise.resolve(change(own(ownerId, id), after)),
    listSealed: () => Promise.resolve([]),
  }
}

/** Seals by writing the place in front, so that a secret in another place does not open. */
export const secrets: SecretBox = {
  seal: (secret, { ownerId, rowId }) => Promise.resolve(`${ownerId}/${rowId}:${secret}`),
  open: (sealed, { ownerId, rowId }) => Promise.resolve(sealed.slice(`${ownerId}/${rowId}:`.length)),
  isCurrent: () => true,
  renew: () => Promise.resolve(),
}

/** A kind whose settings are taken as they are entered. What a test is about, it overrides. */
export function makeScriptedKind(own: Partial<ConnectionKind> = {}): ConnectionKind {
  const present: ConnectionKind['present'] = ({ account, role, warehouse, database, schema, signIn }) =>
    ({
      kind: 'snowflake',
      account,
      accessUrl: 'https://acme.example',
      role,
      warehouse,
      database,
      schema,
      signIn,
    }) as ReturnType<ConnectionKind['present']>
  return {
    kind: 'snowflake',
    commandLine: { settings: [], methods: {}, setup: [] },
    setupScript: () => '',
    readNew: ({ name: _name, kind: _kind, ...settings }) =>
      Promise.resolve({ settings, secret: 'entered', needsSignIn: false }),
    readChange: (before, { name: _name, ...change }) =>
      Promise.resolve({ settings: { ...before, ...change }, secret: null }),
    present,
    summarize: ({ kind }) => [kind],
    describe: ({ account }) => `Scripted ${String(account)}`,
    signInKey: ({ account, role }) => JSON.stringify([account, role]),
    setupSql: () => null,
    beginSignIn: () => Promise.resolve({ url: 'https://acme.example/sign-in', ticket: 'ticket' }),
    finishSignIn: () => Promise.resolve('granted'),
    open: () => makeScriptedSession(),
    catalogState: () => Promise.resolve({ state: 'unread', tables: 0, columns: 0, readAt: null }),
    close: () => Promise.resolve(),
    ...own,
  }
}

export const readerScope: CatalogScope = { source: 'ACME', view: 'READER' }
const report: ConnectionReport = {
  steps: [{ name: 'sign-in', state: 'ok', detail: 'Signed in.', action: null, sql: null }],
  warning: null,
}
export const emptyCatalog: Catalog = { tables: [], joins: [], defaultDatabase: null, defaultSchema: null } as never

const unused = () => Promise.reject(new Error('no query runs here'))

/** Sessions of the scripted kind. What a test is about, it overrides. */
export const makeScriptedSession = (own: Partial<SourceSession> = {}): SourceSession => ({
  probing: 'off',
  proveScope: () => Promise.resolve(readerScope),
  openCatalog: () => ({
    catalog: () => Promise.resolve(emptyCatalog),
    lookAgain: () => Promise.resolve({ catalog: emptyCatalog, readAt: null, isFresh: true }),
    refresh: () => Promise.resolve({ state: 'complete', tables: 0, columns: 0, readAt: null }),
    close: () => Promise.resolve(),
  }),
  warehouse: () => ({
    readCatalog: unused,
    compile: unused,
    run: unused,
    reread: unused,
    cancelLeftover: unused,
    close: () => Promise.resolve(),
  }),
  diagnose: () => Promise.resolve(report),
  checkSession: () => Promise.resolve(null),
  close: () => Promise.resolve(),
  ...own,
})
