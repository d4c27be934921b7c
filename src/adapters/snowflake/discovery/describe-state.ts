import type { CatalogState } from '../../../contract/connection.ts'
import type { KnownAccount } from './account-state.ts'
import { describeProgress } from './discovery-progress.ts'

/** How far an account is known, for the settings page and the command line. */
export function describeState({ schemas, comparedAt }: KnownAccount, isComplete: boolean): CatalogState {
  const tables = schemas.flatMap((schema) => schema.tables)
  return {
    state: isComplete ? 'complete' : tables.length > 0 ? 'partial' : 'unread',
    tables: tables.length,
    columns: tables.reduce((sum, { table }) => sum + table.columns.length, 0),
    readAt: comparedAt === null ? null : new Date(comparedAt).toISOString(),
  }
}

/** What a catalog made of it now would lack, a phrase; null where nothing. */
export function describeUnread({ schemas, comparedAt }: KnownAccount): string | null {
  const known = schemas.flatMap((schema) => schema.tables)
  const tablesRead = known.filter((one) => one.hasColumns).length
  if (comparedAt !== null && tablesRead === known.length) return null
  const listed = { schemas: schemas.length, schemasListed: schemas.length }
  return `${describeProgress({ ...listed, tables: known.length, tablesRead })} so far`
}
