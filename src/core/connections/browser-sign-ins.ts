import type { SavedConnection } from '../../contract/connection.ts'
import type { Accounts } from '../ports/accounts.ts'
import type { Clock } from '../ports/clock.ts'
import type { ConnectionRow, ConnectionStore } from '../ports/connection-store.ts'
import type { SecretBox, SecretPlace } from '../ports/secret-box.ts'
import type { AccountProbe } from '../ports/accounts.ts'
import { problem, ProblemError } from '../problem.ts'
import type { SavedConnections } from './saved-connections.ts'

interface BrowserSignInNeeds {
  readonly store: ConnectionStore
  readonly secrets: SecretBox
  readonly accounts: Accounts
  readonly probe: AccountProbe
  readonly clock: Clock
  readonly readRow: (ownerId: string, id: string) => Promise<ConnectionRow>
  readonly present: (row: ConnectionRow) => SavedConnection
}

/** How long a person may take on the account's own page. */
const ticketLivesMs = 15 * 60_000
const uuidLength = 36

/**
 * Sign-ins by browser. What has to be remembered between start and callback is sealed for owner and connection and kept by the browser
 * that started it, so that nobody can finish another's and any copy of the server can.
 */
export function makeBrowserSignIns(needs: BrowserSignInNeeds): Pick<SavedConnections, 'startSignIn' | 'finishSignIn'> {
  const { store, secrets, accounts, probe, clock, readRow, present } = needs
  const openSecret = async ({ ownerId, id, sealedSecret }: ConnectionRow): Promise<string | null> =>
    sealedSecret === null ? null : await secrets.open(sealedSecret, { ownerId, rowId: id })

  return {
    startSignIn: async ({ userId: ownerId }, id, redirectUri) => {
      const row = await readRow(ownerId, id)
      const { url, ticket } = await accounts.beginSignIn(row, await openSecret(row), redirectUri)
      const expiresAt = clock.now() + ticketLivesMs
      return { url, ticket: `${id}.${await secrets.seal(`${expiresAt} ${ticket}`, placeOf(ownerId, id))}` }
    },
    finishSignIn: async ({ userId: ownerId }, given, query) => {
      const id = given.slice(0, uuidLength)
      const opened = await openTicket(secrets, given.slice(uuidLength + 1), placeOf(ownerId, id))
      const ticket = stillValid(opened, clock.now())
      const row = await readRow(ownerId, id)
      const secret = await accounts.finishSignIn(row, await openSecret(row), ticket, query)
      const sealedSecret = await secrets.seal(secret, { ownerId, rowId: id })
      // Perhaps another person of the account signed in this time, so whatever was known of the last one goes.
      await store.update(ownerId, id, row, { sealedSecret, needsSignIn: false }, false)
      await probe.drop(id)
      return present(await readRow(ownerId, id))
    },
  }
}

const placeOf = (ownerId: string, id: string): SecretPlace => ({ ownerId, rowId: `${id} sign-in` })

const startAgain = (what: string) => problem('sign_in_needed', what, 'Start the sign-in again from your connection.')

async function openTicket(secrets: SecretBox, sealed: string, place: SecretPlace): Promise<string> {
  try {
    return await secrets.open(sealed, place)
  } catch (error) {
    if (error instanceof ProblemError) throw startAgain('This sign-in was not started in this browser.')
    throw error
  }
}

function stillValid(opened: string, nowMs: number): string {
  const blank = opened.indexOf(' ')
  if (nowMs <= Number(opened.slice(0, blank))) return opened.slice(blank + 1)
  throw startAgain('The sign-in took longer than a quarter of an hour.')
}
