import type { ORPCError } from '@orpc/server'

/** What a REST handler knows of its request. */
export interface RequestContext {
  readonly ownerId: string
  /** Turns whatever a handler threw into the answer's error. */
  readonly present: (error: unknown) => ORPCError<string, unknown>
  readonly signIn: {
    /** Where an account's sign-in page sends the person back to. */
    readonly redirectUri: string
    /** Has the browser that made this request keep the ticket until then. */
    readonly keepTicket: (ticket: string) => void
  }
}
