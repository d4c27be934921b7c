import type {
  CatalogState,
  ConnectionChange,
  ConnectionReport,
  NewConnection,
  SavedConnection,
} from '../../contract/connection.ts'
import type { ConnectionPlaces, ConnectionPolicyView } from '../../contract/connection-setup.ts'
import type { Caller } from '../caller.ts'
import type { OnProgress, OnStep } from '../ports/connection-kind.ts'
import type { ConnectionFindings, ConnectionRow } from '../ports/connection-store.ts'

/** A person on their way to the account's own sign-in page. */
export interface BrowserSignIn {
  readonly url: string
  /** Sealed; the browser keeps it and shows it again at the callback. */
  readonly ticket: string
}

/**
 * The connections a person has saved. Another owner's id is `not_found`, like one that never was.
 * All throw `store_unavailable`; what opens a connection also throws what `Connections` throws.
 */
export interface SavedConnections {
  list(caller: Caller): Promise<readonly SavedConnection[]>
  read(caller: Caller, id: string): Promise<SavedConnection>
  /** Throws `connection_unknown`. */
  find(caller: Caller, name: string): Promise<SavedConnection>
  /** Throws `bad_request`. */
  add(caller: Caller, given: NewConnection): Promise<SavedConnection>
  /** Throws `bad_request`. */
  update(caller: Caller, id: string, change: ConnectionChange): Promise<SavedConnection>
  remove(caller: Caller, id: string): Promise<void>
  /** Takes it away so that `restore` can bring it back within ten minutes. */
  setAside(caller: Caller, id: string): Promise<void>
  /** Throws `bad_request` where its name is another connection's by now. */
  restore(caller: Caller, id: string): Promise<SavedConnection>
  /** `onStep` hears each step once it is over. Throws `too_busy` for a fourth test of the same person, `query_timeout` after two minutes. */
  test(caller: Caller, id: string, signal: AbortSignal, onStep?: OnStep): Promise<ConnectionReport>
  /** What its sign-in may choose from. Throws like `test`. */
  places(caller: Caller, id: string, signal: AbortSignal): Promise<ConnectionPlaces>
  /** What the operator allows on it. */
  policy(caller: Caller, id: string): Promise<ConnectionPolicyView>
  catalog(caller: Caller, id: string): Promise<CatalogState>
  /** `onProgress` hears a phrase about how far it is. */
  refreshCatalog(caller: Caller, id: string, signal: AbortSignal, onProgress?: OnProgress): Promise<CatalogState>
  /** `redirectUri` is where the account's sign-in page sends the person back to. */
  startSignIn(caller: Caller, id: string, redirectUri: string): Promise<BrowserSignIn>
  /** `query` is the callback's, with its question mark. Throws `sign_in_needed` when the answer does not belong to the ticket. */
  finishSignIn(caller: Caller, ticket: string, query: string): Promise<SavedConnection>
}

/** Saved connections as they are tried and kept up to date. Throws what `Connections` throws. */
export interface ConnectionProbe {
  /** Tries everything step by step; a step that fails is a finding, no error. */
  diagnose(
    row: ConnectionRow,
    signal: AbortSignal,
    onStep?: OnStep,
  ): Promise<{ readonly report: ConnectionReport; readonly findings: ConnectionFindings }>
  places(row: ConnectionRow, signal: AbortSignal): Promise<ConnectionPlaces>
  /** What is stored of the catalog; the source is not asked. */
  catalogState(row: ConnectionRow): Promise<CatalogState>
  /** Compares the catalog with the source and resolves once that is done. */
  refreshCatalog(row: ConnectionRow, signal: AbortSignal, onProgress?: OnProgress): Promise<CatalogState>
  /** Closes all sessions of a connection that was changed or removed. */
  drop(id: string): Promise<void>
  /** Closes the sessions that a group has through shares of a connection; of any connection where that is null. */
  dropShares(groupId: string, connectionId: string | null): Promise<void>
}
