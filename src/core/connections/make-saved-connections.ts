import { type ConnectionChange, type NewConnection, SavedConnection } from '../../contract/connection.ts'
import { demandRight, type Caller } from '../caller.ts'
import type { ConnectionPolicyView } from '../../contract/connection-setup.ts'
import type { Clock } from '../ports/clock.ts'
import type { ConnectionKind, PreparedSecret } from '../ports/connection-kind.ts'
import type { ConnectionRow, ConnectionStore, SealedSecret } from '../ports/connection-store.ts'
import type { ConnectionShareStore } from '../ports/connection-share-store.ts'
import type { Identity } from '../ports/identity.ts'
import type { SecretBox } from '../ports/secret-box.ts'
import { limits } from '../limits.ts'
import { problem } from '../problem.ts'
import { makeBrowserSignIns } from './browser-sign-ins.ts'
import { defaultConnectionPolicy, type ConnectionPolicy } from './connection-policy.ts'
import type { ConnectionStates } from './connection-states.ts'
import { onlyOwners } from './connection-shares.ts'
import { kindOf } from './kind-of.ts'
import type { ConnectionProbe, SavedConnections } from './saved-connections.ts'

export interface SavedConnectionsNeeds {
  readonly store: ConnectionStore
  readonly shares: Pick<ConnectionShareStore, 'sharedWith'>
  readonly secrets: SecretBox
  readonly kinds: readonly ConnectionKind[]
  readonly probe: ConnectionProbe
  readonly clock: Clock
  readonly identity: Identity
  /** What the operator allows for a connection of this name. */
  readonly policyOf: (name: string) => ConnectionPolicy
  /** Told what a test of a person's connection of this name has shown. */
  readonly onTested: ConnectionStates['noteTest']
  /** Told of faults that no caller is waiting for. */
  readonly onFault: (error: unknown) => void
}

/** Tests that one person may run at once. */
const mostTests = 3
const testTimeoutMs = 120_000

/** Changes by others that one change may meet before it gives up. */
const mostRetries = 5

/** Makes the saved connections: entered values are checked by their kind, secrets are sealed, and only the owner gets an answer. */
export function makeSavedConnections(needs: SavedConnectionsNeeds): SavedConnections {
  const { store, shares, secrets, kinds, probe, clock, identity } = needs

  const present = (row: ConnectionRow): SavedConnection => {
    const kind = kindOf(kinds, row.kind)
    const { id, name, needsSignIn, warning, checkedAt, secretSavedAt, lastUsedAt, createdAt, updatedAt } = row
    const own = { id, name, needsSignIn, warning, checkedAt, secretSavedAt, lastUsedAt, createdAt, updatedAt }
    // The contract drops every field it does not name, whatever a kind or a row may hold besides.
    return SavedConnection.parse({ ...kind.present(row.settings), ...own, setupSql: kind.setupSql(row.settings) })
  }
  const readRow = async ({ userId }: Caller, id: string): Promise<ConnectionRow> => {
    const row = await store.read(userId, id)
    if (row !== null) return row
    const [shared] = await shares.sharedWith(userId, id)
    if (shared !== undefined) throw onlyOwners(shared.row.name)
    throw problem('not_found', 'There is no such connection.', 'Look at the list of your connections.')
  }
  const seal = async (
    ownerId: string,
    rowId: string,
    { secret, needsSignIn }: PreparedSecret,
  ): Promise<SealedSecret> => ({
    sealedSecret: secret === null ? null : await secrets.seal(secret, { ownerId, rowId }),
    needsSignIn,
  })
  const openSecret = async ({ ownerId, id, sealedSecret }: ConnectionRow): Promise<string | null> =>
    sealedSecret === null ? null : await secrets.open(sealedSecret, { ownerId, rowId: id })

  const add = async (caller: Caller, given: NewConnection): Promise<SavedConnection> => {
    const [id, ownerId] = [identity.uuid(), caller.userId]
    const { kind: kindName, name } = given
    const kind = kindOf(kinds, kindName)
    if (kind.right !== undefined) demandRight(caller, kind.right)
    const prepared = await kind.readNew(given)
    const sealed = await seal(ownerId, id, prepared)
    const outcome = await store.insert({
      id,
      ownerId,
      name,
      kind: kindName,
      settings: prepared.settings,
      ...sealed,
    })
    if (outcome === 'name_taken') throw nameTaken(name)
    return present(await readRow(caller, id))
  }
  const update = async (caller: Caller, id: string, change: ConnectionChange): Promise<SavedConnection> => {
    for (let count = 0; count < mostRetries; count += 1) {
      const before = await readRow(caller, id)
      const kind = kindOf(kinds, before.kind)
      if (kind.right !== undefined) demandRight(caller, kind.right)
      const { settings, secret } = await kind.readChange(before.settings, change, () => openSecret(before))
      // A new name, or another default schema, leaves true what is known of the role.
      const stillHolds = secret === null && kind.signInKey(settings) === kind.signInKey(before.settings)
      const sealed = secret === null ? null : await seal(before.ownerId, id, secret)
      const name = change.name ?? before.name
      const outcome = await store.update(before, { name, settings }, sealed, stillHolds)
      if (outcome === 'name_taken') throw nameTaken(name)
      if (outcome === 'updated') {
        await probe.drop(id)
        return present(await readRow(caller, id))
      }
    }
    throw problem('too_busy', 'The connection is being changed elsewhere.', 'Try again in a moment.')
  }

  const bounded = makeTestBounds(clock)

  return {
    list: async ({ userId }) => (await store.list(userId)).map(present),
    read: async (caller, id) => present(await readRow(caller, id)),
    find: async ({ userId }, name) => {
      const row = await store.findByName(userId, name)
      if (row !== null) return present(row)
      throw problem('connection_unknown', `There is no connection "${name}".`, 'See `floe connection list`.')
    },
    add,
    update,
    remove: async (caller, id) => {
      if (!(await store.remove(caller.userId, id))) await readRow(caller, id)
      await probe.drop(id)
    },
    setAside: async (caller, id) => {
      if (!(await store.setAside(caller.userId, id))) await readRow(caller, id)
      await probe.drop(id)
      clock.after(limits.connectionUndoMs + 1_000, () => {
        store.purge(clock.now() - limits.connectionUndoMs).catch(needs.onFault)
      })
    },
    restore: async (caller, id) => {
      const outcome = await store.restore(caller.userId, id)
      if (outcome === 'name_taken')
        throw problem(
          'bad_request',
          'Another connection has its name by now.',
          'Rename or remove that one, then bring this one back.',
        )
      return present(await readRow(caller, id))
    },
    test: async (caller, id, signal, onStep) => {
      const row = await readRow(caller, id)
      return await bounded(caller, signal, async (within) => {
        const { report, findings } = await probe.diagnose(row, within, onStep)
        await store.note(caller.userId, id, row.revision, findings)
        needs.onTested(caller, row.name, report)
        return report
      })
    },
    places: async (caller, id, signal) => {
      const row = await readRow(caller, id)
      return await bounded(caller, signal, (within) => probe.places(row, within))
    },
    policy: async (caller, id) => presentPolicy(needs.policyOf((await readRow(caller, id)).name)),
    catalog: async (caller, id) => await probe.catalogState(await readRow(caller, id)),
    refreshCatalog: async (caller, id, signal, onProgress) =>
      await probe.refreshCatalog(await readRow(caller, id), signal, onProgress),
    ...makeBrowserSignIns({ ...needs, readRow, present, openSecret }),
  }
}

/** Bounds what people try of their connections: few at once for each person, and each for a limited time. */
function makeTestBounds(clock: Clock) {
  const running = new Map<string, number>()
  return async <T>({ userId }: Caller, signal: AbortSignal, work: (within: AbortSignal) => Promise<T>): Promise<T> => {
    const count = running.get(userId) ?? 0
    if (count >= mostTests)
      throw problem(
        'too_busy',
        `You are testing ${mostTests} connections already.`,
        'Wait for one of them, or stop it.',
      )
    running.set(userId, count + 1)
    const late = new AbortController()
    const cancel = clock.after(testTimeoutMs, () =>
      late.abort(
        problem('query_timeout', 'The test took longer than two minutes and was stopped.', 'Try again in a moment.'),
      ),
    )
    try {
      return await work(AbortSignal.any([signal, late.signal]))
    } finally {
      cancel()
      const left = (running.get(userId) ?? 1) - 1
      if (left === 0) running.delete(userId)
      else running.set(userId, left)
    }
  }
}

function presentPolicy({ guard, limits: set, samplesToModel }: ConnectionPolicy): ConnectionPolicyView {
  const { maxRows, queryTimeoutMs, askAboveBytes, refuseAboveBytes } = set
  const named = [...guard.allowFunctions, ...guard.allowTableFunctions].map((parts) => parts.join('.'))
  const functions = [...guard.allowFunctionGroups, ...named]
  const usual = defaultConnectionPolicy
  return {
    maxRows,
    queryTimeoutSeconds: queryTimeoutMs / 1_000,
    askAboveBytes,
    refuseAboveBytes,
    samplesToModel,
    functions,
    isChanged:
      functions.length > 0 ||
      (['maxRows', 'queryTimeoutMs', 'askAboveBytes', 'refuseAboveBytes'] as const).some(
        (name) => set[name] !== usual.limits[name],
      ),
  }
}

const nameTaken = (name: string) =>
  problem('bad_request', `There is a connection "${name}" already.`, 'Choose another name, or change that one.')
