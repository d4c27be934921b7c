import type { ConnectionChange, NewConnection, SavedConnection } from '../../contract/connection.ts'
import type { AccountProbe, Accounts } from '../ports/accounts.ts'
import type { Clock } from '../ports/clock.ts'
import type { ConnectionRow, ConnectionSettings, ConnectionStore, SealedSecret } from '../ports/connection-store.ts'
import type { Identity } from '../ports/identity.ts'
import type { SecretBox } from '../ports/secret-box.ts'
import type { Caller } from '../caller.ts'
import { problem } from '../problem.ts'
import { makeBrowserSignIns } from './browser-sign-ins.ts'
import { presentConnection } from './present-connection.ts'
import { rotateSecrets } from './rotate-secrets.ts'
import type { SavedConnections } from './saved-connections.ts'

export interface SavedConnectionsNeeds {
  readonly store: ConnectionStore
  readonly secrets: SecretBox
  readonly accounts: Accounts
  readonly probe: AccountProbe
  readonly clock: Clock
  readonly identity: Identity
}

/** Makes the saved connections: what is entered is checked, secrets are sealed, and nothing is answered but to its owner. */
export function makeSavedConnections(needs: SavedConnectionsNeeds): SavedConnections {
  const { store, accounts, probe, identity } = needs
  const present = (row: ConnectionRow): SavedConnection => presentConnection(row, accounts.setupSql(row.signIn))

  const readRow = async (ownerId: string, id: string): Promise<ConnectionRow> => {
    const row = await store.read(ownerId, id)
    if (row !== null) return row
    throw problem('not_found', 'There is no such connection.', 'Look at the list of your connections.')
  }
  const add = async ({ userId: ownerId }: Caller, given: NewConnection): Promise<SavedConnection> => {
    const id = identity.uuid()
    const address = accounts.readAddress(given.account)
    const { signIn, secret, needsSignIn } = await accounts.readSignIn(given.signIn)
    const sealedSecret = await seal(needs, ownerId, id, secret)
    const { name, role, warehouse, database, schema } = given
    const settings = { name, ...address, role, warehouse, database, schema, signIn }
    const outcome = await store.insert({ id, ownerId, ...settings, sealedSecret, needsSignIn })
    if (outcome === 'name_taken') throw nameTaken(given.name)
    return present(await readRow(ownerId, id))
  }
  const update = async (
    { userId: ownerId }: Caller,
    id: string,
    change: ConnectionChange,
  ): Promise<SavedConnection> => {
    const before = await readRow(ownerId, id)
    const settings = changeSettings(accounts, before, change)
    const { signIn, secret } = await changeSecret(needs, before, settings, change)
    const outcome = await store.update(
      ownerId,
      id,
      { ...settings, signIn },
      secret,
      isSameSession(before, settings, change),
    )
    if (outcome === 'name_taken') throw nameTaken(settings.name)
    await probe.drop(id)
    return present(await readRow(ownerId, id))
  }

  return {
    list: async (caller) => (await store.list(caller.userId)).map(present),
    read: async ({ userId: ownerId }, id) => present(await readRow(ownerId, id)),
    find: async ({ userId: ownerId }, name) => {
      const row = await store.findByName(ownerId, name)
      if (row !== null) return present(row)
      throw problem('connection_unknown', `There is no connection "${name}".`, 'See `floe connection list`.')
    },
    add,
    update,
    remove: async ({ userId: ownerId }, id) => {
      if (!(await store.remove(ownerId, id))) await readRow(ownerId, id)
      await probe.drop(id)
    },
    test: async ({ userId: ownerId }, id, signal) => {
      const row = await readRow(ownerId, id)
      const { report, findings } = await probe.diagnose(row, signal)
      await store.note(ownerId, id, row.revision, findings)
      return report
    },
    catalog: async ({ userId: ownerId }, id) => await probe.catalogState(await readRow(ownerId, id)),
    refreshCatalog: async ({ userId: ownerId }, id, signal, onProgress) =>
      await probe.refreshCatalog(await readRow(ownerId, id), signal, onProgress),
    ...makeBrowserSignIns({ ...needs, readRow, present }),
    rotateSecrets: () => rotateSecrets(needs),
  }
}

/** A new name, or another place to stand on, leaves true what is known of the role. */
const isSameSession = (
  before: ConnectionRow,
  { accessUrl, role }: ConnectionSettings,
  change: ConnectionChange,
): boolean => accessUrl === before.accessUrl && role === before.role && change.signIn === undefined

const nameTaken = (name: string) =>
  problem('bad_request', `There is a connection "${name}" already.`, 'Choose another name, or change that one.')

async function seal({ secrets }: SavedConnectionsNeeds, ownerId: string, rowId: string, secret: string | null) {
  return secret === null ? null : await secrets.seal(secret, { ownerId, rowId })
}

function changeSettings(accounts: Accounts, before: ConnectionRow, change: ConnectionChange): ConnectionSettings {
  const address =
    change.account === undefined
      ? { account: before.account, accessUrl: before.accessUrl }
      : accounts.readAddress(change.account)
  // A secret given for one account is not carried to another.
  if (address.accessUrl !== before.accessUrl && change.signIn === undefined)
    throw problem(
      'bad_request',
      'Another account needs its own sign-in.',
      'Give the sign-in together with the account.',
    )
  const { name = before.name, role = before.role, warehouse = before.warehouse } = change
  const { database = before.database, schema = before.schema } = change
  return { name, ...address, role, warehouse, database, schema, signIn: before.signIn }
}

/** The sign-in after a change, with the secret to store; null leaves the stored one. */
async function changeSecret(
  needs: SavedConnectionsNeeds,
  before: ConnectionRow,
  settings: ConnectionSettings,
  change: ConnectionChange,
): Promise<Pick<ConnectionSettings, 'signIn'> & { readonly secret: SealedSecret | null }> {
  const { accounts, secrets } = needs
  const { id, ownerId, signIn, sealedSecret } = before
  const stored = async (secret: string | null, needsSignIn: boolean): Promise<SealedSecret> => ({
    sealedSecret: await seal(needs, ownerId, id, secret),
    needsSignIn,
  })
  if (change.signIn !== undefined) {
    const prepared = await accounts.readSignIn(change.signIn)
    return { signIn: prepared.signIn, secret: await stored(prepared.secret, prepared.needsSignIn) }
  }
  if (settings.role === before.role) return { signIn, secret: null }
  const open = sealedSecret === null ? null : await secrets.open(sealedSecret, { ownerId, rowId: id })
  const { secret, needsSignIn } = accounts.forgetGrant(signIn, open)
  return { signIn, secret: await stored(secret, needsSignIn) }
}
