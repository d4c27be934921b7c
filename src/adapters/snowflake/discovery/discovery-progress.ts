import type { CatalogState } from '../../../contract/connection.ts'
import type { KnownAccount } from './account-state.ts'

/** How far reading an account has come. */
export interface DiscoveryProgress {
  readonly schemas: number
  readonly schemasListed: number
  readonly tables: number
  /** Tables whose columns are known. */
  readonly tablesRead: number
}

// Intl.NumberFormat takes longer to construct than a schema takes to read.
const grouped = (n: number): string => String(n).replaceAll(/\B(?=(?:\d{3})+$)/g, ',')
const counted = (n: number, one: string, many: string): string => `${grouped(n)} ${n === 1 ? one : many}`

/** A progress phrase for the waiting person, for example `1,200 of 10,000 tables read`. */
export function describeProgress({ schemas, schemasListed, tables, tablesRead }: DiscoveryProgress): string {
  if (schemasListed < schemas)
    return `${grouped(schemasListed)} of ${counted(schemas, 'schema', 'schemas')} listed, ${counted(tables, 'table', 'tables')} so far`
  return `${grouped(tablesRead)} of ${counted(tables, 'table', 'tables')} read`
}

/** How much of an account has been read, for the settings page and the command line. */
export function describeState({ schemas, comparedAt }: KnownAccount, isComplete: boolean): CatalogState {
  const tables = schemas.flatMap((schema) => schema.tables)
  return {
    state: isComplete ? 'complete' : tables.length > 0 ? 'partial' : 'unread',
    tables: tables.length,
    columns: tables.reduce((sum, { table }) => sum + table.columns.length, 0),
    readAt: comparedAt === null ? null : new Date(comparedAt).toISOString(),
  }
}

/** A phrase that says what a catalog made now would lack; null when it would be complete. */
export function describeUnread({ schemas, comparedAt }: KnownAccount): string | null {
  const known = schemas.flatMap((schema) => schema.tables)
  const tablesRead = known.filter((one) => one.hasColumns).length
  if (comparedAt !== null && tablesRead === known.length) return null
  const listed = { schemas: schemas.length, schemasListed: schemas.length }
  return `${describeProgress({ ...listed, tables: known.length, tablesRead })} so far`
}
