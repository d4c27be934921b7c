/** A complete credential. It is kept in memory only: never stored, logged or sent anywhere but to the driver's process. */
export type SnowflakeCredential =
  /** `privateKeyPem` is PKCS#8 and not encrypted. */
  | { readonly method: 'key_pair'; readonly user: string; readonly privateKeyPem: string }
  | { readonly method: 'access_token'; readonly user: string | null; readonly token: string }
  /** An access token of Snowflake's own OAuth or of an outside issuer. */
  | { readonly method: 'oauth'; readonly token: string }
  /** The identity of the machine Floe runs on; `token` is for OIDC alone. */
  | {
      readonly method: 'workload_identity'
      readonly provider: 'AWS' | 'AZURE' | 'GCP' | 'OIDC'
      readonly token: string | null
    }

export type AskCredential = (signal: AbortSignal, isRefused: boolean) => Promise<SnowflakeCredential>

/** The account, role, warehouse, database and schema of a session. */
export interface SnowflakeTarget {
  /** As the driver wants it, for example `myorg-myaccount`. */
  readonly account: string
  /** `https://…`, an allow-listed host. */
  readonly accessUrl: string
  readonly role: string | null
  readonly warehouse: string | null
  readonly database: string | null
  readonly schema: string | null
}

export interface SnowflakeLinkSettings {
  readonly target: SnowflakeTarget
  /**
   * Asked at every sign-in, so that a short-lived token is fresh; `isRefused` when Snowflake has just refused the one given last.
   * Throws problems `connection_broken`, `sign_in_needed`, `warehouse_unreachable`.
   */
  readonly credential: AskCredential
}

/** The user and purpose of a statement, sent as QUERY_TAG in JSON. */
export interface StatementTag {
  /** What Floe does: `question`, `discovery`, `doctor`. */
  readonly purpose: string
  readonly userId: string
  readonly turnId: string | null
}

export interface OwnStatementOptions {
  readonly tag: StatementTag
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/** A whole result in memory; cells are Snowflake's own texts. */
export interface SmallResult {
  readonly queryId: string
  /** Names as Snowflake gives them: SHOW's are lower case. */
  readonly columns: readonly string[]
  readonly rows: readonly (readonly (string | null)[])[]
}

/**
 * One credential's sessions in one account, kept in a process of their own. Signs in with the first call; sessions are pooled, idle ones closed,
 * dead ones replaced; no statement runs twice.
 * Throws problems `connection_broken`, `warehouse_unreachable`, `warehouse_failed`, `sql_invalid`, `query_timeout`, `too_busy`; Snowflake's code
 * and raw words stand in the problem's details. Rejects with the signal's reason once aborted, after Snowflake has confirmed the cancel or was asked for long enough.
 */
export interface SnowflakeLink {
  /** Runs one of Floe's own statements, made of fixed text and quoted names: SHOW, INFORMATION_SCHEMA, EXPLAIN, USE. Never a person's text. */
  query(statement: string, options: OwnStatementOptions): Promise<SmallResult>
  close(): Promise<void>
}
