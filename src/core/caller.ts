/** The transport a request came through. `recovery` is Floe itself, cleaning up after a process that died. */
export type Door = 'page' | 'api' | 'mcp' | 'cli' | 'recovery'

/** What a caller may do beyond using what is their own. */
export type Right = 'open_folders'

/**
 * Who asks, through which transport and with which rights. A transport makes it once a request has been identified; every use case takes it
 * as its first parameter. Stores see only `userId`, as the owner that each statement names.
 */
export interface Caller {
  readonly userId: string
  /** Groups the person belongs to, for connections and answers shared with them. */
  readonly groups: readonly string[]
  readonly door: Door
  /** The access token that identified the request; null for a session or a local process. */
  readonly tokenId: string | null
  readonly rights: readonly Right[]
  /** True for the one person of a server without sign-in, and for the command line. */
  readonly isLocal: boolean
}

/** The one person of a machine without sign-in, who may open its folders. */
export function makeLocalCaller(userId: string, door: Door): Caller {
  return { userId, groups: [], door, tokenId: null, rights: ['open_folders'], isLocal: true }
}
