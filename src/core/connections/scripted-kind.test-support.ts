import { randomUUID } from 'node:crypto'
import type { CatalogState, ConnectionReport, NewConnection } from '../../contract/connection.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { makeLocalCaller } from '../caller.ts'
import type { CatalogScope } from '../ports/catalog-store.ts'
import type { ConnectionKind, SourceSession } from '../ports/connection-kind.ts'
import type { ConnectionShareStore, SharedConnectionRow } from '../ports/connection-share-store.ts'
import type { ConnectionRow } from '../ports/connection-store.ts'
import { makeMemoryStore } from './memory-store.test-support.ts'
import type { SecretBox } from '../ports/secret-box.ts'
import { makeManualClock } from '../ask/manual-time.test-support.ts'
import { ProblemError, problem } from '../problem.ts'
import { defaultConnectionPolicy } from './connection-policy.ts'
import { makeSavedConnections } from './make-saved-connections.ts'
import { makeConnectionSecrets, makeSecretRotation } from './rotate-secrets.ts'
import { makeSavedSource } from './saved-source.ts'
import type { ConnectionProbe } from './saved-connections.ts'

export const caller = makeLocalCaller('5f0f5e2c-0c5e-4b8e-9d51-3f1f2b7c9a10', 'api')
export const stranger = makeLocalCaller('00000000-0000-4000-8000-00000000000f', 'api')
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

/** Shares that a test sets: `reaching` holds what reaches each person, `noted` what was found out under shares' own roles. */
export function makeScriptedShares() {
  const reaching = new Map<string, readonly SharedConnectionRow[]>()
  const noted: unknown[] = []
  const store: ConnectionShareStore = {
    sharedWith: (userId, id) =>
      Promise.resolve((reaching.get(userId) ?? []).filter(({ row }) => id === null || row.id === id)),
    shareableBy: () => Promise.resolve([]),
    put: () => Promise.resolve(false),
    remove: () => Promise.resolve(false),
    note: (share, findings) => Promise.resolve(void noted.push({ ...share, ...findings })),
  }
  return { store, reaching, noted }
}

/** Seals by writing key and place in front. What another place, or a key that is not in the ring, has sealed does not open. */
export function makeScriptedSecrets(): SecretBox {
  let [newest, oldest] = [1, 1]
  return {
    seal: (secret, { ownerId, rowId }) => Promise.resolve(`key ${newest} of ${ownerId}/${rowId}:${secret}`),
    open: (sealed, { ownerId, rowId }) => {
      const [, key, place] = /^key (\d+) of (.*?):/s.exec(sealed) ?? []
      const isOurs = place === `${ownerId}/${rowId}` && Number(key) >= oldest && Number(key) <= newest
      if (isOurs) return Promise.resolve(sealed.slice(sealed.indexOf(':') + 1))
      return Promise.reject(problem('connection_broken', 'It does not open.', 'Enter it again.'))
    },
    isCurrent: (sealed) => sealed.startsWith(`key ${newest} `),
    renew: () => Promise.resolve(void (newest += 1)),
    keyOf: (sealed) => /^key (\d+) /.exec(sealed)?.[1] ?? null,
    ring: () => ({
      ids: Array.from({ length: newest - oldest + 1 }, (_, index) => String(newest - index)),
      source: 'the test',
      isOwnFile: true,
      isSettled: true,
    }),
    drop: (ids) => Promise.resolve((oldest += ids.length) > 0),
  }
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
    signIns: [{ method: 'snowflake_oauth', refusal: null }],
    preview: () => Promise.resolve({ kind: 'snowflake', account: 'acme', accessUrl: 'https://acme.example' }),
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
    expectRole: () => undefined,
    beginSignIn: () => Promise.resolve({ url: 'https://acme.example/sign-in', ticket: 'ticket' }),
    finishSignIn: () => Promise.resolve('granted'),
    open: () => makeScriptedSession(),
    catalogState: () => Promise.resolve({ state: 'unread', tables: 0, columns: 0, readAt: null }),
    close: () => Promise.resolve(),
    ...own,
  }
}

export const readerScope: CatalogScope = { source: 'ACME', view: 'READER' }
export const report: ConnectionReport = {
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
    state: () => Promise.resolve({ state: 'complete', tables: 0, columns: 0, readAt: null }),
    close: () => Promise.resolve(),
  }),
  warehouse: () => ({
    readCatalog: unused,
    compile: unused,
    run: unused,
    reread: unused,
    save: unused,
    cancelLeftover: unused,
    close: () => Promise.resolve(),
  }),
  diagnose: () => Promise.resolve(report),
  places: () => Promise.resolve({ roles: ['READER'], warehouses: [], databases: [], notices: [] }),
  checkSession: () => Promise.resolve(null),
  close: () => Promise.resolve(),
  ...own,
})

/** What a check may have found out about the scripted connection. */
export const findings = { warning: 'It can write.', scope: readerScope, checkedAt: '2026-11-28T11:00:00.000Z' }

/** Saved connections over the scripted kind, with what reached their ports. */
export function makeSaved(own: Partial<ConnectionKind> = {}, diagnose: ConnectionProbe['diagnose'] = unused) {
  const store = makeMemoryStore()
  const secrets = makeScriptedSecrets()
  const time = makeManualClock()
  const dropped: string[] = []
  const saved = makeSavedConnections({
    store,
    shares: makeScriptedShares().store,
    secrets,
    kinds: [makeScriptedKind(own)],
    probe: {
      diagnose,
      places: unused,
      catalogState: unused,
      refreshCatalog: unused,
      drop: (id) => Promise.resolve(void dropped.push(id)),
      dropShares: () => Promise.resolve(),
    },
    clock: time.clock,
    identity: { uuid: randomUUID, secret: randomUUID, sha256: (text) => text },
    policyOf: () => defaultConnectionPolicy,
    onTested: () => undefined,
    onFault: (error) => {
      throw error
    },
  })
  const rotation = makeSecretRotation({ holders: [makeConnectionSecrets(store)], secrets })
  return { store, saved, rotation, dropped, secrets, ...time }
}

/** The code of the problem that a call ends with; null where it succeeds. */
export const codeOf = (work: Promise<unknown>): Promise<string | null> =>
  work.then(
    () => null,
    (error: unknown) => {
      if (!(error instanceof ProblemError)) throw error
      return error.problem.code
    },
  )

/** A connection without a use for this long is closed. */
export const idleMs = 60_000
const id = '0f9d6a54-2f6b-4a0e-8a44-5f4b8c0d1e2f'
export const complete: CatalogState = { state: 'complete', tables: 3, columns: 9, readAt: null }

/** One saved connection and its source over scripted sessions, with what was opened, closed and asked of them. */
export async function openSaved(own: Partial<SourceSession> = {}, row: Partial<ConnectionRow> = {}) {
  const store = makeMemoryStore()
  const time = makeManualClock()
  const seen = { opened: 0, closed: 0, kindClosed: 0, roles: [] as unknown[], faults: [] as unknown[] }
  const { name: _name, kind: _kind, ...settings } = newConnection('Acme')
  const sealed = { sealedSecret: null, needsSignIn: false }
  await store.insert({ id, ownerId: caller.userId, kind: 'snowflake', name: 'Acme', settings, ...sealed })
  const change = (more: Partial<ConnectionRow>): void => {
    const before = store.rows.get(id)
    if (before !== undefined) store.rows.set(id, { ...before, ...more })
  }
  change({ checkedAt: new Date(time.clock.now()).toISOString(), ...row })
  const kind = makeScriptedKind({
    catalogState: () => Promise.resolve(complete),
    close: () => Promise.resolve(void (seen.kindClosed += 1)),
    open: (_row, role) => {
      seen.opened += 1
      seen.roles.push(role ?? null)
      return makeScriptedSession({ close: () => Promise.resolve(void (seen.closed += 1)), ...own })
    },
  })
  const shares = makeScriptedShares()
  const source = makeSavedSource({
    store,
    shares: shares.store,
    kinds: [kind],
    clock: time.clock,
    idleMs,
    onFault: (error) => void seen.faults.push(error),
  })
  const rowNow = (): ConnectionRow => {
    const found = store.rows.get(id)
    if (found === undefined) throw new Error('The row is gone.')
    return found
  }
  return { id, store, shares, source, seen, change, rowNow, ...time }
}
