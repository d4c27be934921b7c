import type { Role } from '../../contract/people.ts'

export interface PersonRow {
  readonly id: string
  /** Null for the one person of a server without sign-in. */
  readonly email: string | null
  readonly name: string
  readonly role: Role
  readonly isDisabled: boolean
  /** Ids of the groups that the person is in. */
  readonly groups: readonly string[]
  /** Whether the person has signed in at least once. */
  readonly hasSignedIn: boolean
  readonly createdAt: string
  readonly lastSeenAt: string | null
}

/** Who an issuer says somebody is. `subject` never changes and is never given to another person; an address may be. */
export interface VerifiedIdentity {
  readonly issuer: string
  readonly subject: string
  /** Verified by the issuer, in lower case. */
  readonly email: string
  readonly name: string
  /** Names of groups that the issuer's claim names; none where no claim is read. */
  readonly groups: readonly string[]
}

/** How somebody whom the store does not know yet becomes a person. */
export interface Admission {
  /** The id of a new person. */
  readonly newId: string
  /** The role of a new person; null where only invited people may come. */
  readonly role: Role | null
  /** Given to the first of all people, who then also owns what was kept before there was sign-in; null where no one gets it by being first. */
  readonly first: { readonly id: string; readonly role: Role } | null
  /** A role that this person has at every sign-in; null leaves the stored one. */
  readonly always: Role | null
}

export type Admitted =
  | {
      readonly outcome: 'admitted'
      readonly person: PersonRow
      /** Names of the groups that this sign-in has put the person into, and taken them out of. */
      readonly joined: readonly string[]
      readonly left: readonly string[]
    }
  /** `not_invited`: unknown, and only invited people may come. `address_taken`: another identity has signed in with this address. */
  | { readonly outcome: 'not_invited' | 'address_taken' | 'disabled' }

/** People, their identities at issuers, and invitations. Throws `store_unavailable`. */
export interface PeopleStore {
  /** Finds or makes the person of an identity. Calls at the same time take turns, so that only one becomes the first. */
  admit(identity: VerifiedIdentity, admission: Admission): Promise<Admitted>
  read(id: string): Promise<PersonRow | null>
  /** Everybody with an address, by name. */
  list(): Promise<readonly PersonRow[]>
  /** Invites an address; null where a person has it already. */
  invite(id: string, email: string, role: Role): Promise<PersonRow | null>
  rename(id: string, name: string): Promise<PersonRow | null>
  /** Changes role and access. `last_admin`: nobody who may manage people would be left, so nothing was changed. */
  change(
    id: string,
    change: { readonly role?: Role; readonly isDisabled?: boolean },
  ): Promise<
    | { readonly outcome: 'changed'; readonly person: PersonRow }
    | { readonly outcome: 'unknown' }
    | { readonly outcome: 'last_admin' }
  >
  /** Removes a person with everything that is theirs; `last_admin` as in `change`. */
  remove(id: string): Promise<'removed' | 'unknown' | 'last_admin'>
}
