import type {
  ConnectionOptions,
  ConnectionPreview,
  PreviewRequest,
  SetupRequest,
  SetupScript,
} from '../../contract/connection-setup.ts'
import { demandRight, type Caller } from '../caller.ts'
import type { ConnectionKind } from '../ports/connection-kind.ts'
import { problem, ProblemError } from '../problem.ts'
import { kindOf } from './kind-of.ts'

/** What a person needs before a connection is saved. Nothing is stored and no account is asked. */
export interface ConnectionSetup {
  /** `redirectUri` is where this server's browser sign-ins come back to. */
  options(caller: Caller, redirectUri: string): ConnectionOptions
  /** What a place is understood as. Throws `forbidden` where the caller may not save such a connection, `bad_request`. */
  preview(caller: Caller, given: PreviewRequest): Promise<ConnectionPreview>
  /** The script for an administrator of an account. Throws `forbidden`, `bad_request`. */
  setupScript(caller: Caller, given: SetupRequest): SetupScript
}

interface ConnectionSetupNeeds {
  readonly kinds: readonly ConnectionKind[]
  /** Addresses that Floe connects from, as far as the operator has named them. */
  readonly egress: readonly string[]
}

export function makeConnectionSetup({ kinds, egress }: ConnectionSetupNeeds): ConnectionSetup {
  const demandKind = (caller: Caller, kind: ConnectionKind): void => {
    demandRight(caller, 'manage_connections')
    if (kind.right !== undefined) demandRight(caller, kind.right)
    if (kind.refusal !== undefined) throw problem('forbidden', kind.refusal, 'Ask whoever runs this server.')
  }
  const refusalOf = (caller: Caller, kind: ConnectionKind): string | null => {
    try {
      demandKind(caller, kind)
      return null
    } catch (error) {
      if (error instanceof ProblemError) return error.problem.message
      throw error
    }
  }
  return {
    options: (caller, redirectUri) => ({
      kinds: kinds.map((kind) => ({ kind: kind.kind, refusal: refusalOf(caller, kind) })),
      signIns: kinds.flatMap(({ signIns }) => [...signIns]),
      redirectUri,
      egress: [...egress],
    }),
    preview: async (caller, given) => {
      const kind = kindOf(kinds, given.kind)
      demandKind(caller, kind)
      return await kind.preview(given)
    },
    setupScript: (caller, given) => {
      demandRight(caller, 'manage_connections')
      const { databases, shares, people, ...rest } = given
      const texts = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined))
      const sql = kindOf(kinds, 'snowflake').setupScript({
        egress,
        ...texts,
        database: databases,
        share: shares,
        person: people,
      })
      return { sql }
    },
  }
}
