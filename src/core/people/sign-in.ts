import type { Clock } from '../ports/clock.ts'
import type { IdentityProvider } from '../ports/identity-provider.ts'
import type { Identity } from '../ports/identity.ts'
import type { Admission, PeopleStore, VerifiedIdentity } from '../ports/people-store.ts'
import type { SessionStore } from '../ports/session-store.ts'
import { problem } from '../problem.ts'
import type { Audit } from './audit.ts'
import type { Sessions } from './sessions.ts'

/** Who may sign in, and as what. Addresses and domains are in lower case. */
export interface SignInPolicy {
  /** Everybody with an address in one of these domains may come. */
  readonly domains: readonly string[]
  readonly emails: readonly string[]
  /** These people may come and are admins at every sign-in. Where it is empty, the first person to sign in becomes an admin. */
  readonly admins: readonly string[]
  /** The person who owned everything while there was no sign-in; the first admin goes on as that person. */
  readonly localUserId: string
}

export interface SignInStart {
  /** The provider's page. */
  readonly url: string
  /** Kept by the browser that began, which alone can finish, for `patienceMs`. */
  readonly ticket: string
  readonly patienceMs: number
}

export interface SignedIn {
  readonly token: string
  /** Milliseconds since 1970. */
  readonly endsAt: number
  readonly returnTo: string
}

/** A sign-in that did not end well, with where the person wanted to go. `cause` is what was thrown. */
export class SignInFailure extends Error {
  readonly returnTo: string
  constructor(cause: unknown, returnTo: string) {
    super('a sign-in failed', { cause })
    this.name = 'SignInFailure'
    this.returnTo = returnTo
  }
}

/** Signing in at an OpenID Connect provider. */
export interface SignIn {
  readonly providers: readonly { readonly id: string; readonly label: string }[]
  /** Throws `not_found` for an unknown provider, `issuer_unavailable`. */
  begin(providerId: string, redirectUri: string, returnTo: string | undefined): Promise<SignInStart>
  /**
   * Throws `sign_in_failed` (used, too late, another browser), and once it is known which sign-in is meant, a SignInFailure around
   * `sign_in_failed`, `sign_in_refused` and `issuer_unavailable`.
   */
  finish(answer: {
    readonly ticket: string
    readonly redirectUri: string
    readonly query: string
    readonly device: string
  }): Promise<SignedIn>
}

interface SignInNeeds {
  readonly providers: readonly IdentityProvider[]
  readonly people: PeopleStore
  readonly store: SessionStore
  readonly sessions: Sessions
  readonly audit: Audit
  readonly clock: Clock
  readonly identity: Identity
  readonly policy: SignInPolicy
  /** How long a person may take at the provider, in milliseconds. */
  readonly patienceMs: number
}

export function makeSignIn(needs: SignInNeeds): SignIn {
  const { providers, people, store, sessions, audit, clock, identity, policy, patienceMs } = needs
  const providerWith = (id: string): IdentityProvider => {
    const provider = providers.find((each) => each.id === id)
    if (provider !== undefined) return provider
    throw problem('not_found', 'There is no such way to sign in.', 'Go back to Floe and sign in again.')
  }

  return {
    providers: providers.map(({ id, label }) => ({ id, label })),
    begin: async (providerId, redirectUri, returnTo) => {
      const { url, secrets } = await providerWith(providerId).begin(redirectUri)
      // Whoever begins clears away what is over: sign-ins that were given up, ended sessions and tokens.
      await store.sweep(clock.now())
      const ticket = identity.secret()
      const pending = { issuerId: providerId, ...secrets, returnTo: chooseReturnPath(returnTo) }
      await store.begin(identity.sha256(ticket), pending, clock.now() + patienceMs)
      return { url, ticket, patienceMs }
    },
    finish: async ({ ticket, redirectUri, query, device }) => {
      const pending = ticket === '' ? null : await store.take(identity.sha256(ticket), clock.now())
      if (pending === null) throw unknownSignIn()
      try {
        const verified = await providerWith(pending.issuerId).finish(pending, redirectUri, query)
        const admitted = await people.admit(verified, admissionOf(verified, policy, identity.uuid()))
        if (admitted.outcome !== 'admitted') {
          await audit.note(null, 'sign_in.refused', { email: verified.email, reason: admitted.outcome })
          throw refusals[admitted.outcome](verified.email)
        }
        const { person, joined, left } = admitted
        const opened = await sessions.open(person, device)
        const actor = { userId: person.id, door: 'page' } as const
        await audit.note(actor, 'sign_in', { with: pending.issuerId })
        for (const name of joined) await audit.note(actor, 'group.joined', { name, person: person.id, by: 'sign-in' })
        for (const name of left) await audit.note(actor, 'group.left', { name, person: person.id, by: 'sign-in' })
        return { ...opened, returnTo: pending.returnTo }
      } catch (error) {
        throw new SignInFailure(error, pending.returnTo)
      }
    },
  }
}

function admissionOf({ email }: VerifiedIdentity, policy: SignInPolicy, newId: string): Admission {
  const { domains, emails, admins, localUserId } = policy
  const isAdmin = admins.includes(email)
  const isNamed = emails.includes(email) || domains.includes(email.slice(email.lastIndexOf('@') + 1))
  // Without any rule, whoever the provider knows may come.
  const mayCome = isAdmin || isNamed || (domains.length === 0 && emails.length === 0 && admins.length === 0)
  return {
    newId,
    role: isAdmin ? 'admin' : mayCome ? 'member' : null,
    first: (isAdmin || admins.length === 0) && mayCome ? { id: localUserId, role: 'admin' } : null,
    always: isAdmin ? 'admin' : null,
  }
}

const unknownSignIn = () =>
  problem(
    'sign_in_failed',
    'This sign-in is not known in this browser: it was used already, took too long, or the browser does not keep cookies of this address.',
    'Sign in again; if it happens again, allow cookies for this address.',
  )

const refusals = {
  not_invited: (email: string) =>
    problem(
      'sign_in_refused',
      `${email} may not use this Floe.`,
      'Sign in with another account, or ask an admin to invite you.',
    ),
  address_taken: (email: string) =>
    problem(
      'sign_in_refused',
      `${email} has signed in here with another account before.`,
      'Sign in the way you did before, or ask an admin to remove the old account.',
    ),
  disabled: (email: string) =>
    problem('sign_in_refused', `The account of ${email} is disabled.`, 'Ask an admin of your organisation.'),
}

const longestPath = 2_000

/**
 * The path to return to after signing in: a path of this page, or `/` for anything that a browser could take for another site, or that
 * leads away from the page. What an app asks for is answered on a page, too.
 */
function chooseReturnPath(asked: string | null | undefined): string {
  if (asked === null || asked === undefined || asked.length > longestPath) return '/'
  // Browsers read a backslash as a slash and skip control characters.
  if (!/^\/[^\\\p{Cc}\p{Zs}]*$/u.test(asked)) return '/'
  const [path = ''] = asked.split(/[?#]/)
  if (path.includes('//') || /^\/(?:auth|oauth(?!\/interaction\/)|api|mcp)(?:\/|$)/i.test(path)) return '/'
  // A header holds nothing but ASCII.
  return asked.toWellFormed().replaceAll(/[^!-~]+/g, encodeURIComponent)
}
