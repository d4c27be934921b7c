import type { Invitation, Me, PersonChange, PersonSummary } from '../../contract/people.ts'
import { demandRight, type Caller } from '../caller.ts'
import type { Identity } from '../ports/identity.ts'
import type { ModelKeyStore } from '../ports/model-key-store.ts'
import type { OauthStore } from '../ports/oauth-store.ts'
import type { PeopleStore, PersonRow } from '../ports/people-store.ts'
import { problem } from '../problem.ts'
import type { Audit } from './audit.ts'
import type { Sessions } from './sessions.ts'

/** The people of an organisation, and what each may see of themselves. */
export interface People {
  me(caller: Caller): Promise<Me>
  rename(caller: Caller, name: string): Promise<Me>
  /** Removes the caller with everything that is theirs. Throws `bad_request` unless `confirm` is their address, `forbidden` for the last admin. */
  leave(caller: Caller, confirm: string): Promise<void>
  /** Throws `forbidden` for anybody but admins, like all that follow. */
  list(caller: Caller): Promise<readonly PersonSummary[]>
  invite(caller: Caller, invitation: Invitation): Promise<PersonSummary>
  /** Throws also `not_found`, and `forbidden` where no admin would be left. */
  change(caller: Caller, personId: string, change: PersonChange): Promise<PersonSummary>
  /** Signs a person out of every browser. Throws also `not_found`. */
  endSessions(caller: Caller, personId: string): Promise<void>
  /** The person with this address, in any spelling. Throws also `not_found`. */
  find(caller: Caller, email: string): Promise<PersonSummary>
  /** Removes a person with everything that is theirs. Throws also `not_found`, and `forbidden` for the last admin. */
  remove(caller: Caller, personId: string): Promise<void>
}

interface PeopleNeeds {
  readonly people: PeopleStore
  readonly sessions: Sessions
  readonly grants: Pick<OauthStore, 'endGrantsOf'>
  readonly modelKeys: Pick<ModelKeyStore, 'removeAll'>
  readonly audit: Audit
  readonly identity: Identity
}

export function makePeople({ people, sessions, grants, modelKeys, audit, identity }: PeopleNeeds): People {
  const presentMe = (person: PersonRow | null, { isLocal }: Caller): Me => {
    if (person === null) throw signedOut()
    const { id, name, email, role } = person
    return isLocal ? { id, name: 'You', email: null, role: 'admin', isLocal } : { id, name, email, role, isLocal }
  }
  const removeWhole = async (personId: string): Promise<void> => {
    const outcome = await people.remove(personId)
    if (outcome === 'last_admin') throw lastAdmin()
    if (outcome === 'unknown') throw unknown()
    await sessions.endAllOf(personId)
  }

  return {
    me: async (caller) => presentMe(await people.read(caller.userId), caller),
    rename: async (caller, name) => {
      expectSignedIn(caller)
      demandRight(caller, 'manage_account')
      return presentMe(await people.rename(caller.userId, name), caller)
    },
    leave: async (caller, confirm) => {
      expectSignedIn(caller)
      demandRight(caller, 'manage_account')
      const person = await people.read(caller.userId)
      if (person === null || person.email === null) throw signedOut()
      if (confirm.toLowerCase() !== person.email)
        throw problem('bad_request', 'That is not the address of this account.', `Type ${person.email} to delete it.`)
      await removeWhole(caller.userId)
      await audit.note(caller, 'person.removed', {})
    },
    list: async (caller) => {
      demandRight(caller, 'manage_people')
      return (await people.list()).map(present)
    },
    invite: async (caller, { email, role }) => {
      demandRight(caller, 'manage_people')
      const invited = await people.invite(identity.uuid(), email.toLowerCase(), role)
      if (invited === null)
        throw problem('bad_request', `${email} is among the people already.`, 'Change their role in the list instead.')
      await audit.note(caller, 'person.invited', { person: invited.id, role })
      return present(invited)
    },
    change: async (caller, personId, change) => {
      demandRight(caller, 'manage_people')
      const asked = {
        ...(change.role === undefined ? {} : { role: change.role }),
        ...(change.isDisabled === undefined ? {} : { isDisabled: change.isDisabled }),
      }
      const changed = await people.change(personId, asked)
      switch (changed.outcome) {
        case 'last_admin':
          throw lastAdmin()
        case 'unknown':
          throw unknown()
        case 'changed':
          if (change.isDisabled === true)
            await Promise.all([
              sessions.endAllOf(personId),
              grants.endGrantsOf(personId),
              modelKeys.removeAll(personId),
            ])
          else if (change.role !== undefined) await sessions.renew(personId)
          await audit.note(caller, 'person.changed', { person: personId, ...asked })
          return present(changed.person)
      }
    },
    endSessions: async (caller, personId) => {
      demandRight(caller, 'manage_people')
      if ((await people.read(personId)) === null) throw unknown()
      await sessions.endSessionsOf(personId)
      await audit.note(caller, 'session.ended', { session: 'all', person: personId })
    },
    find: async (caller, email) => {
      demandRight(caller, 'manage_people')
      const found = (await people.list()).find((person) => person.email === email.toLowerCase())
      if (found === undefined)
        throw problem('not_found', `Nobody has the address ${email}.`, 'Look at the list of people.')
      return present(found)
    },
    remove: async (caller, personId) => {
      demandRight(caller, 'manage_people')
      await removeWhole(personId)
      await audit.note(caller, 'person.removed', { person: personId })
    },
  }
}

const signedOut = () => problem('signed_out', 'You are not signed in.', 'Sign in.')

const unknown = () => problem('not_found', 'There is no such person.', 'Read the list again.')
const lastAdmin = () =>
  problem('forbidden', 'Nobody would be left to manage people.', 'Make somebody else an admin first.')

function expectSignedIn({ isLocal }: Caller): void {
  if (isLocal)
    throw problem(
      'forbidden',
      'Without sign-in there is one local person, who has no account.',
      'Set up sign-in first.',
    )
}

const present = ({
  id,
  name,
  email,
  role,
  isDisabled,
  hasSignedIn,
  createdAt,
  lastSeenAt,
}: PersonRow): PersonSummary => ({
  id,
  name,
  email,
  role,
  isDisabled,
  isInvited: !hasSignedIn,
  createdAt,
  lastSeenAt,
})
