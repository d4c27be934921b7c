import type { ConnectionSummary } from '../../contract/api.ts'
import type { CatalogState } from '../../contract/connection.ts'
import type { TableName } from '../../contract/turn-event.ts'
import type { Caller } from '../caller.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { Grant } from '../connections/choose-grant.ts'
import type { ConnectionPolicy, Probing } from '../connections/connection-policy.ts'
import type { Exporter } from './exporter.ts'
import type { Warehouse } from './warehouse.ts'

/** A warehouse ready to be asked, with its catalog. */
export interface OpenWarehouse {
  readonly ref: string
  readonly label: string
  readonly warehouse: Warehouse
  /** What Floe may ask of the data beside a turn's own query. */
  readonly probing: Probing
  /** The name that the operator's policies know it by; left out where that is the reference it was opened by. */
  readonly policyName?: string
  /** What the person may do with it where it is somebody else's; left out for one's own. */
  readonly grant?: Grant
  /** What the person should know when they ask, phrases; left out for nothing. */
  readonly notices?: readonly string[]
  /** Writes whole results as files; left out where the warehouse cannot. */
  readonly exporter?: Exporter
  /**
   * Read once and kept; refreshed by the adapter when the source has changed. While it is being read for the first time, `onProgress` hears
   * a phrase about how far that is, and what comes may be a part, which says so in `unread`.
   */
  catalog(signal: AbortSignal, onProgress?: (fact: string) => void): Promise<Catalog>
  /** How old and how complete the list of tables is; left out where it always is as the source is. */
  catalogState?(signal: AbortSignal): Promise<CatalogStanding>
  /**
   * Compares the list of tables with the source and resolves once that is done; `onProgress` hears how far it is. Left out where the list
   * always is as the source is.
   */
  refreshCatalog?(signal: AbortSignal, onProgress?: (fact: string) => void): Promise<CatalogState>
  /** Looks at the schemas of these tables in the source, where the catalog may be older than the tables; left out where it never is. */
  lookAgain?(tables: readonly TableName[], signal: AbortSignal): Promise<CatalogLook>
}

/** How far the tables of a connection are known, and why the source could not be asked the last time; null where it could. */
export interface CatalogStanding extends CatalogState {
  readonly fault: string | null
}

/** What a look at single schemas has brought. */
export interface CatalogLook {
  /** The same object as before where nothing new was seen. */
  readonly catalog: Catalog
  /** ISO 8601: when the whole list was last compared with the source; null before the first time. */
  readonly readAt: string | null
  /** False where the source could not be asked. */
  readonly isFresh: boolean
}

/** The same under the policy that holds for it. */
export interface OpenConnection extends Omit<OpenWarehouse, 'probing' | 'policyName' | 'grant'> {
  readonly policy: ConnectionPolicy
}

/** The warehouses behind some references. Opens once, shares afterwards. */
export interface WarehouseSource {
  /** Whether a reference is one of this source's, there or not. */
  owns(ref: string): boolean
  list(caller: Caller): Promise<readonly ConnectionSummary[]>
  /** `onProgress` hears how far an opening that takes long is. Throws problems `connection_unknown` and `connection_broken`. */
  open(caller: Caller, ref: string, signal: AbortSignal, onProgress?: (fact: string) => void): Promise<OpenWarehouse>
  close(): Promise<void>
}

/** Finds the connection behind a reference (`sample`, `folder:PATH`, a saved name), with the operator's policy for it. */
export interface Connections extends Omit<WarehouseSource, 'open'> {
  open(caller: Caller, ref: string, signal: AbortSignal, onProgress?: (fact: string) => void): Promise<OpenConnection>
}
