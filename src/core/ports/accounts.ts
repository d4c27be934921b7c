import type { CatalogState, ConnectionReport, NewSignIn, SignIn } from '../../contract/connection.ts'
import type { ConnectionFindings, ConnectionRow } from './connection-store.ts'

/** Where an account is reached. */
export interface AccountAddress {
  /** As the driver takes it. */
  readonly account: string
  /** `https://…`, an allow-listed host. */
  readonly accessUrl: string
}

/** A sign-in taken apart: what may be shown, and what has to be sealed. */
export interface PreparedSignIn {
  readonly signIn: SignIn
  /** Null where there is nothing secret. */
  readonly secret: string | null
  /** A person has to sign in with their browser first. */
  readonly needsSignIn: boolean
}

/** What signing in to a kind of account takes. Nothing here is stored or remembered. */
export interface Accounts {
  /** Understands an account in any form people paste. Throws `bad_request`. */
  readAddress(pasted: string): AccountAddress
  /** Checks what was entered, down to the key's own numbers. Throws `bad_request`. */
  readSignIn(given: NewSignIn): Promise<PreparedSignIn>
  /** What an administrator has to run once for it; null where there is nothing. */
  setupSql(signIn: SignIn): string | null
  /** The same sign-in without what it was granted for another role. */
  forgetGrant(signIn: SignIn, secret: string | null): Omit<PreparedSignIn, 'signIn'>
  /**
   * Where a person signs in with their browser; `ticket` is secret and has to come back with the answer.
   * Throws `bad_request` for a sign-in without a browser, `warehouse_unreachable`.
   */
  beginSignIn(
    row: ConnectionRow,
    secret: string | null,
    redirectUri: string,
  ): Promise<{ readonly url: string; readonly ticket: string }>
  /**
   * Turns the answer that came back into the secret to seal. `query` is the callback's, with its question mark.
   * Throws `sign_in_needed`, `warehouse_unreachable`.
   */
  finishSignIn(row: ConnectionRow, secret: string | null, ticket: string, query: string): Promise<string>
}

/** Saved connections as they are used: what tries them and reads their catalogs. Throws what `Connections` throws. */
export interface AccountProbe {
  /** Tries everything, step by step; a step that fails is a finding, no error. */
  diagnose(
    row: ConnectionRow,
    signal: AbortSignal,
  ): Promise<{ readonly report: ConnectionReport; readonly findings: ConnectionFindings }>
  /** What is stored of the catalog; nothing is asked of the account. */
  catalogState(row: ConnectionRow): Promise<CatalogState>
  /** Compares the catalog with the account and resolves once that is done. */
  refreshCatalog(row: ConnectionRow, signal: AbortSignal, onProgress?: (fact: string) => void): Promise<CatalogState>
  /** Ends whatever is open of a connection that was changed or removed. */
  drop(id: string): Promise<void>
}
