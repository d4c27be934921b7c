/** Whose view of which source a catalog is, in words of the kind: everyone who signs in with the same view sees the same. */
export interface CatalogScope {
  /** For Snowflake the account. */
  readonly source: string
  /** For Snowflake the role. */
  readonly view: string
}

/** A catalog as stored: `json` is the adapter's own form, with what it needs to read only changes next time. */
export interface StoredCatalog {
  /** Counts up with every change. */
  readonly version: number
  readonly json: string
  /** False while reading was cut short or still goes on. */
  readonly isComplete: boolean
  /** ISO 8601: when it was last compared with the account. */
  readonly readAt: string
}

/** Catalogs that were read from accounts, compressed and versioned. Throws problem `store_unavailable`. */
export interface CatalogStore {
  read(scope: CatalogScope): Promise<StoredCatalog | null>
  /** Stores unless a newer version is there; resolves to the version that is there now. */
  write(scope: CatalogScope, catalog: Omit<StoredCatalog, 'version'>, basedOn: number | null): Promise<number>
}
