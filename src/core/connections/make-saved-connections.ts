import { type ConnectionChange, type NewConnection, SavedConnection } from '../../contract/connection.ts'
import type { Caller } from '../caller.ts'
import type { Clock } from '../ports/clock.ts'
import type { ConnectionKind, PreparedSecret } from '../ports/connection-kind.ts'
import type { ConnectionRow, ConnectionStore, SealedSecret } from '../ports/connection-store.ts'
import type { ConnectionShareStore } from '../ports/connection-share-store.ts'
import type { Identity } from '../ports/identity.ts'
import type { SecretBox } from '../ports/secret-box.ts'
import { problem } from '../problem.ts'
import { makeBrowserSignIns } from './browser-sign-ins.ts'
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
}

/** Changes by others that one change may meet before it gives up. */
const mostRetries = 5

/** Makes the saved connections: entered values are checked by their kind, secrets are sealed, and only the owner gets an answer. */
export function makeSavedConnections(needs: SavedConnectionsNeeds): SavedConnections {
  const { store, shares, secrets, kinds, probe, identity } = needs

  const present = (row: ConnectionRow): SavedConnection => {
    const kind = kindOf(kinds, row.kind)
    const { id, name, needsSignIn, warning, checkedAt, createdAt, updatedAt } = row
    const own = { id, name, needsSignIn, warning, checkedAt, createdAt, updatedAt }
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
    const { kind, name } = given
    const prepared = await kindOf(kinds, kind).readNew(given)
    const sealed = await seal(ownerId, id, prepared)
    const outcome = await store.insert({ id, ownerId, name, kind, settings: prepared.settings, ...sealed })
    if (outcome === 'name_taken') throw nameTaken(name)
    return present(await readRow(caller, id))
  }
  const update = async (caller: Caller, id: string, change: ConnectionChange): Promise<SavedConnection> => {
    for (let count = 0; count < mostRetries; count += 1) {
      const before = await readRow(caller, id)
      const kind = kindOf(kinds, before.kind)
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
    test: async (caller, id, signal) => {
      const row = await readRow(caller, id)
      const { report, findings } = await probe.diagnose(row, signal)
      await store.note(caller.userId, id, row.revision, findings)
      return report
    },
    catalog: async (caller, id) => await probe.catalogState(await readRow(caller, id)),
    refreshCatalog: async (caller, id, signal, onProgress) =>
      await probe.refreshCatalog(await readRow(caller, id), signal, onProgress),
    ...makeBrowserSignIns({ ...needs, readRow, present, openSecret }),
  }
}

const nameTaken = (name: string) =>
  problem('bad_request', `There is a connection "${name}" already.`, 'Choose another name, or change that one.')
