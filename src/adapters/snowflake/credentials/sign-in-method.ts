import type { NewSignIn, SignIn, SignInMethod } from '../../../contract/snowflake/sign-in.ts'
import type { Problem } from '../../../contract/problem.ts'
import type { CommandLineField, PreparedSecret } from '../../../core/ports/connection-kind.ts'
import type { Statements } from '../setup/setup-statements.ts'
import type { SnowflakeCredential } from '../snowflake-link.ts'
import type { OauthOrder } from './oauth-client.ts'

/** What a person enters for a method, secrets included. */
export type Entered<Method extends SignInMethod> = Extract<NewSignIn, { readonly method: Method }>
/** What is stored and shown of it. */
export type Stored<Method extends SignInMethod> = Extract<SignIn, { readonly method: Method }>

/** What was entered, taken apart: what may be shown, and what has to be sealed. */
export interface PreparedSignIn<Method extends SignInMethod> extends PreparedSecret {
  readonly signIn: Stored<Method>
}

/** A sign-in at the moment it is needed. */
export interface CredentialRequest {
  readonly ownerId: string
  readonly connectionId: string
  /** Of the connection as its sessions were opened. */
  readonly revision: number
  readonly accessUrl: string
  readonly role: string | null
  /** Snowflake has just refused the credential that was given last. */
  readonly isRefused: boolean
  /** Opens the stored secret. Throws `connection_broken` where the connection was changed since it was opened. */
  readonly openSecret: () => Promise<string | null>
}

/** A key's signature is valid for a minute or so; with a clock further off, Snowflake takes it for stale or from the future. */
export const mostSkewSeconds = 30

/** What a refused sign-in looks like to the method that made it. */
export interface RefusedSignIn<Method extends SignInMethod> {
  readonly signIn: Stored<Method>
  readonly problem: Problem
  /** The user as SQL names it; null where only the token knows. */
  readonly user: string | null
  readonly role: string | null
  /** How far this machine's clock is ahead; null where that is unknown. */
  readonly clockAheadSeconds: number | null
}

/** What to do about a refused sign-in. */
export interface Remedy {
  readonly detail?: string
  readonly action: string
  readonly sql: string | null
}

/**
 * One way to sign in to Snowflake, whole: what is entered and stored, how a credential comes of it, what an administrator runs, what the
 * doctor says, and what the command line takes. Methods throw `bad_request` for what was entered, else what signing in throws.
 */
export interface SignInImplementation<Method extends SignInMethod> {
  readonly method: Method
  /** As `--method` takes it. */
  readonly optionName: string
  readonly fields: readonly CommandLineField[]
  /** Why this installation does not offer it; left out where it does. */
  readonly refusal?: string
  /** Checks what was entered. */
  prepare(given: Entered<Method>): Promise<PreparedSignIn<Method>>
  /** The credential, made anew for every sign-in. */
  credential(signIn: Stored<Method>, request: CredentialRequest): Promise<SnowflakeCredential>
  /** What an administrator runs once for this sign-in; null where there is nothing. */
  setupSql(signIn: Stored<Method>): string | null
  /** How the person's browser gets a grant; null for methods without a browser. */
  readonly browser: BrowserGrant<Method> | null
  /** Whether people sign in with their own user, whose other sessions Floe's setup must leave alone. */
  readonly isForPeople: boolean
  /** How Snowflake is told that an agent acts in these sessions. */
  markAsAgent(user: string): { readonly action: string; readonly statements: Statements }
  /** Codes of refusals that this method explains itself. */
  readonly explainedCodes: readonly string[]
  /** What such a refusal means; null leaves it to the general explanations. */
  explain(code: string, refused: RefusedSignIn<Method>): Remedy | null
}

/** What a method with a browser tells the OAuth client. */
export interface BrowserGrant<Method extends SignInMethod> {
  /** The request to the sign-in server. */
  order(signIn: Stored<Method>, place: Pick<CredentialRequest, 'accessUrl' | 'role'>, secret: string | null): OauthOrder
  /** The same secret without what was granted for another role. */
  withoutGrant(secret: string | null): string
}

/** The statement that makes a user an agent's. Floe's own user is made so by the setup script. */
export const makeUserAgent = (quotedUser: string): Statements => [`ALTER USER ${quotedUser} SET TYPE = SERVICE_AGENT`]
