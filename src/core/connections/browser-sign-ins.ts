import type { SavedConnection } from '../../contract/connection.ts'
import type { Caller } from '../caller.ts'
import type { Clock } from '../ports/clock.ts'
import type { ConnectionKind } from '../ports/connection-kind.ts'
import type { ConnectionRow, ConnectionStore } from '../ports/connection-store.ts'
import type { SecretBox, SecretPlace } from '../ports/secret-box.ts'
import { problem, ProblemError } from '../problem.ts'
import type { ConnectionProbe } from './saved-connections.ts'
import { kindOf } from './kind-of.ts'
import type { SavedConnections } from './saved-connections.ts'

interface BrowserSignInNeeds {
  readonly store: ConnectionStore
  readonly secrets: SecretBox
  readonly kinds: readonly ConnectionKind[]
  readonly probe: ConnectionProbe
  readonly clock: Clock
  readonly readRow: (caller: Caller, id: string) => Promise<ConnectionRow>
  readonly present: (row: ConnectionRow) => SavedConnection
  readonly openSecret: (row: ConnectionRow) => Promise<string | null>
}

/** How long a person may take on the source's own sign-in page. */
const ticketLivesMs = 15 * 60_000
const uuidLength = 36

/**
 * Sign-ins by browser. The browser that starts one keeps what the callback needs, sealed for owner and connection: nobody can finish another
 * person's sign-in, and any copy of the server can finish this one.
 */
export function makeBrowserSignIns(needs: BrowserSignInNeeds): Pick<SavedConnections, 'startSignIn' | 'finishSignIn'> {
  const { store, secrets, kinds, probe, clock, readRow, present, openSecret } = needs

  /** Stores the granted secret beside the settings as they are now, unless the sign-in itself was changed meanwhile. */
  const keep = async (caller: Caller, signedIn: ConnectionRow, sealedSecret: string): Promise<void> => {
    const kind = kindOf(kinds, signedIn.kind)
    for (let row = signedIn; row.sealedSecret !== sealedSecret; row = await readRow(caller, signedIn.id)) {
      if (
        kind.signInKey(row.settings) !== kind.signInKey(signedIn.settings) ||
        row.sealedSecret !== signedIn.sealedSecret
      )
        throw startAgain('The sign-in of this connection was changed meanwhile.')
      // Another person of the account may have signed in this time, so nothing known of the last one holds.
      if ((await store.update(row, row, { sealedSecret, needsSignIn: false }, false)) === 'updated') return
    }
  }

  return {
    startSignIn: async (caller, id, redirectUri) => {
      const row = await readRow(caller, id)
      const kind = kindOf(kinds, row.kind)
      const { url, ticket } = await kind.beginSignIn(row.settings, await openSecret(row), redirectUri)
      const expiresAt = clock.now() + ticketLivesMs
      return { url, ticket: `${id}.${await secrets.seal(`${expiresAt} ${ticket}`, ticketPlace(caller, id))}` }
    },
    finishSignIn: async (caller, given, query) => {
      const id = given.slice(0, uuidLength)
      const opened = await openTicket(secrets, given.slice(uuidLength + 1), ticketPlace(caller, id))
      const ticket = unlessExpired(opened, clock.now())
      const row = await readRow(caller, id)
      const kind = kindOf(kinds, row.kind)
      const secret = await kind.finishSignIn(row.settings, await openSecret(row), ticket, query)
      await keep(caller, row, await secrets.seal(secret, { ownerId: caller.userId, rowId: id }))
      await probe.drop(id)
      return present(await readRow(caller, id))
    },
  }
}

const ticketPlace = ({ userId }: Caller, id: string): SecretPlace => ({ ownerId: userId, rowId: `${id} sign-in` })

const startAgain = (what: string) => problem('sign_in_needed', what, 'Start the sign-in again from your connection.')

async function openTicket(secrets: SecretBox, sealed: string, place: SecretPlace): Promise<string> {
  try {
    return await secrets.open(sealed, place)
  } catch (error) {
    if (error instanceof ProblemError) throw startAgain('This sign-in was not started in this browser.')
    throw error
  }
}

function unlessExpired(opened: string, nowMs: number): string {
  const blank = opened.indexOf(' ')
  if (nowMs <= Number(opened.slice(0, blank))) return opened.slice(blank + 1)
  throw startAgain('The sign-in took longer than a quarter of an hour.')
}
