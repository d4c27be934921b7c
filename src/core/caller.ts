import type { Role, TokenScope } from '../contract/people.ts'
import { problem } from './problem.ts'

/** The transport a request came through. `recovery` is Floe itself, cleaning up after a process that died. */
export type Door = 'page' | 'api' | 'mcp' | 'cli' | 'recovery'

/** What a caller may do beyond reading what is their own. `manage_account`: rename, end sessions, tokens and apps, and leave; programs never may. */
export type Right = 'open_folders' | 'manage_account' | 'ask' | 'manage_connections' | 'manage_people'

/**
 * Who asks, through which transport and with which rights. A transport makes it once a request has been identified; every use case takes it
 * as its first parameter. Stores see only `userId`, as the owner that each statement names.
 */
export interface Caller {
  readonly userId: string
  /** Groups the person belongs to, for connections and answers shared with them. */
  readonly groups: readonly string[]
  readonly door: Door
  /** The browser session that identified the request; null for a token or a local process. */
  readonly sessionId: string | null
  /** The access token or the app's grant that identified the request; null for a session or a local process. */
  readonly tokenId: string | null
  readonly rights: readonly Right[]
  /** True for the one person of a server without sign-in, and for the command line. */
  readonly isLocal: boolean
}

/** The one person of a machine without sign-in, who may open its folders. Other people need sign-in. */
export function makeLocalCaller(userId: string, door: Door): Caller {
  const rights: readonly Right[] = ['open_folders', 'manage_account', 'ask', 'manage_connections']
  return { userId, groups: [], door, sessionId: null, tokenId: null, rights, isLocal: true }
}

/** Stands for the operator in the audit: no person has this id. */
export const operatorId = '0d9a4c1e-5b7f-4e62-8c3a-6f1b2e7d9a05'

/**
 * The operator: whoever may run commands on the machine of the server, who could read and write its store as well. They prepare and manage
 * people and ask nothing. Only the command line makes this caller.
 */
export function makeOperatorCaller(): Caller {
  const rights: readonly Right[] = ['manage_people']
  return { userId: operatorId, groups: [], door: 'cli', sessionId: null, tokenId: null, rights, isLocal: true }
}

const rightsOfRole: Readonly<Record<Role, readonly Right[]>> = {
  viewer: [],
  member: ['ask', 'manage_connections'],
  admin: ['ask', 'manage_connections', 'manage_people'],
}

/** The right that each scope of a token or an app names. */
export const rightOfScope: Readonly<Record<TokenScope, Right>> = {
  ask: 'ask',
  connections: 'manage_connections',
  people: 'manage_people',
}

/** The rights of a role; through a token only those that its scopes name. */
export function rightsOf(role: Role, scopes: readonly TokenScope[] | null): readonly Right[] {
  const named = scopes?.map((scope) => rightOfScope[scope])
  return rightsOfRole[role].filter((right) => named === undefined || named.includes(right))
}

const refusalOf: Readonly<Record<Right, string>> = {
  open_folders: 'Folders are opened only by the person of this machine.',
  manage_account: 'A program does not change the account of its person.',
  ask: 'Your role does not allow asking questions.',
  manage_connections: 'Your role does not allow changing connections.',
  manage_people: 'Only admins see and change people.',
}

/** Throws `forbidden` where the caller does not have the right. */
export function demandRight({ rights, tokenId }: Caller, right: Right): void {
  if (rights.includes(right)) return
  throw problem(
    'forbidden',
    refusalOf[right],
    right === 'manage_account' ? 'Do it on the page "Account".' : remedyOf(tokenId),
  )
}

/** Throws `forbidden` for a program whose token or agreement names nothing but reading. */
export function demandMoreThanReading({ rights, tokenId }: Caller): void {
  if (tokenId === null || rights.length > 0) return
  throw problem('forbidden', 'This token only reads.', remedyOf(tokenId))
}

const remedyOf = (tokenId: string | null): string =>
  tokenId === null ? 'Ask an admin of your organisation.' : 'Use a token with that scope, or ask an admin.'
