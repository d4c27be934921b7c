import type { SavedConnection } from '../../contract/connection.ts'
import type { ConnectionRow } from '../ports/connection-store.ts'

/** What leaves the house of a stored connection: a list of fields, so that a new one cannot leak. */
export const presentConnection = (row: ConnectionRow, setupSql: string | null): SavedConnection => ({
  id: row.id,
  name: row.name,
  account: row.account,
  accessUrl: row.accessUrl,
  role: row.role,
  warehouse: row.warehouse,
  database: row.database,
  schema: row.schema,
  signIn: row.signIn,
  needsSignIn: row.needsSignIn,
  warning: row.warning,
  setupSql,
  checkedAt: row.checkedAt,
  createdAt: row.createdAt,
  updatedAt: row.updatedAt,
})
