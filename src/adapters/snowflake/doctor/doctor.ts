import type { ConnectionReport, DoctorStep } from '../../../contract/connection.ts'
import type { SignIn } from '../../../contract/snowflake/sign-in.ts'
import type { Clock } from '../../../core/ports/clock.ts'
import type { SignInMethods } from '../credentials/sign-in-methods.ts'
import type { SmallResult, SnowflakeLink, SnowflakeTarget } from '../snowflake-link.ts'

export interface DoctorNeeds {
  readonly link: SnowflakeLink
  readonly target: SnowflakeTarget
  readonly signIn: SignIn
  readonly methods: SignInMethods
  /** For whom statements are tagged. */
  readonly userId: string
  /** Addresses that Floe connects from, as far as whoever runs it has told; for the SQL about networks. */
  readonly egress: readonly string[]
  readonly clock: Clock
  /** How the account's host is reached; Node's `fetch` unless given. */
  readonly fetch?: typeof globalThis.fetch
}

/** Looks at one connection from end to end. */
export interface Doctor {
  /**
   * Yields every step of the contract once, in order; a step that fails is a finding, no error. Returns the report, whose warning the
   * connection carries from then on. Rejects with the signal's reason alone, or with a defect.
   */
  examine(signal: AbortSignal): AsyncGenerator<DoctorStep, ConnectionReport>
}

/** What a step has found, without its name. */
export type Finding = Omit<DoctorStep, 'name'>

/** A step's finding with the phrase that stays with the connection; null where nothing lasting is wrong. */
export interface LastingFinding {
  readonly finding: Finding
  readonly warning: string | null
}

/** Who is signed in and where the session stands. */
export interface SessionFacts {
  readonly user: string
  readonly role: string | null
  /** Further roles that are active beside it. */
  readonly secondaryRoles: readonly string[]
  readonly warehouse: string | null
}

/** Runs one of the doctor's statements. */
export type AskDoctor = (statement: string) => Promise<SmallResult>

/** What the steps after the sign-in look at. */
export interface Examined {
  readonly ask: AskDoctor
  readonly needs: DoctorNeeds
  readonly session: SessionFacts
}

export const ok = (detail: string): Finding => ({ state: 'ok', detail, action: null, sql: null })

export const found = (
  state: 'warning' | 'failed',
  detail: string,
  action: string,
  sql: string | null = null,
): Finding => ({ state, detail, action, sql })
