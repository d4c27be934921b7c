import type { MadeToken, NewToken, TokenSummary } from '../../contract/people.ts'
import { demandRight, rightsOf, type Caller } from '../caller.ts'
import type { Clock } from '../ports/clock.ts'
import type { Identity } from '../ports/identity.ts'
import type { PeopleStore } from '../ports/people-store.ts'
import type { AccessTokenRow, SessionStore } from '../ports/session-store.ts'
import { problem } from '../problem.ts'
import type { Audit } from './audit.ts'
import { tokenPrefix, type Sessions } from './sessions.ts'

/** Tokens with which a person's programs act for them. */
export interface AccessTokens {
  list(caller: Caller): Promise<readonly TokenSummary[]>
  /** The answer alone holds the token. Throws `forbidden` for a scope beyond the person's role, or where a token asks for a token. */
  make(caller: Caller, token: NewToken): Promise<MadeToken>
  /** Throws `not_found`. */
  end(caller: Caller, tokenId: string): Promise<void>
}

interface AccessTokenNeeds {
  readonly store: SessionStore
  readonly sessions: Sessions
  readonly people: PeopleStore
  readonly audit: Audit
  readonly clock: Clock
  readonly identity: Identity
}

const dayMs = 86_400_000
/** More than anybody has programs. */
const maxTokens = 50

export function makeAccessTokens({ store, sessions, people, audit, clock, identity }: AccessTokenNeeds): AccessTokens {
  return {
    list: async ({ userId }) => (await store.listTokens(userId, clock.now())).map(present),
    make: async (caller, { name, scopes, days }) => {
      await expectAllowed(caller, scopes, people)
      const now = clock.now()
      if ((await store.listTokens(caller.userId, now)).length >= maxTokens)
        throw problem('bad_request', `You have ${maxTokens} tokens already.`, 'Remove one that is not used any more.')
      const token = tokenPrefix + identity.secret()
      const row: AccessTokenRow = {
        id: identity.uuid(),
        userId: caller.userId,
        name,
        scopes,
        createdAt: now,
        expiresAt: now + days * dayMs,
        lastUsedAt: null,
      }
      await store.insertToken(identity.sha256(token), row)
      await audit.note(caller, 'token.made', { name, scopes: scopes.join(' '), days })
      return { ...present(row), token }
    },
    end: async (caller, tokenId) => {
      demandRight(caller, 'manage_account')
      if (!(await sessions.endToken(caller.userId, tokenId)))
        throw problem('not_found', 'There is no such token.', 'Read the list again: it may have ended.')
      await audit.note(caller, 'token.ended', { token: tokenId })
    },
  }
}

/** A token cannot make tokens: what was stolen once would last for ever. */
async function expectAllowed(caller: Caller, scopes: NewToken['scopes'], people: PeopleStore): Promise<void> {
  const person = caller.sessionId === null ? null : await people.read(caller.userId)
  if (person === null)
    throw problem(
      'forbidden',
      'Tokens are made in the page, by a person who has signed in.',
      'Sign in and open your account.',
    )
  const allowed = rightsOf(person.role, null)
  const beyond = scopes.filter((scope) => rightsOf('admin', [scope]).some((right) => !allowed.includes(right)))
  if (beyond.length > 0)
    throw problem('forbidden', `Your role does not allow the scope ${beyond.join(', ')}.`, 'Leave it out.')
}

const iso = (at: number): string => new Date(at).toISOString()

const present = ({ id, name, scopes, createdAt, expiresAt, lastUsedAt }: AccessTokenRow): TokenSummary => ({
  id,
  name,
  scopes: [...scopes],
  createdAt: iso(createdAt),
  expiresAt: iso(expiresAt),
  lastUsedAt: lastUsedAt === null ? null : iso(lastUsedAt),
})
