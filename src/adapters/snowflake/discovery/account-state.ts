import type { CatalogTable, SemanticView } from '../../../core/catalog/catalog.ts'
import type { SchemaPlace } from './account-statements.ts'

/** A table or view as the account last told of it. */
export interface KnownTable {
  /** Columns and keys are empty while they were not read. */
  readonly table: CatalogTable
  readonly hasColumns: boolean
  /** As `SHOW` writes it: another time means another object under the old name. */
  readonly createdOn: string | null
  /** When its shape last changed, in Snowflake's own text; null where that was never read. */
  readonly changedAt: string | null
}

/** A schema as last compared. Never changed in place: another value means other content. */
export interface KnownSchema extends SchemaPlace {
  readonly tables: readonly KnownTable[]
  /** When shapes were last compared one by one, milliseconds since 1970; null before the first time. */
  readonly comparedAt: number | null
  readonly hasKeys: boolean
}

/** A semantic view as last read. */
export interface KnownSemanticView {
  readonly view: SemanticView
  readonly createdOn: string | null
  /** Joins it declares between stored tables. */
  readonly joins: readonly SemanticJoin[]
}

/** A relationship of a semantic view, in terms of stored tables. */
export interface SemanticJoin {
  readonly from: SchemaPlace & { readonly name: string }
  readonly columns: readonly string[]
  readonly to: SchemaPlace & { readonly name: string }
  readonly targetColumns: readonly string[]
}

/** Everything known of an account under one role. */
export interface KnownAccount {
  /** In the order they are read. */
  readonly schemas: readonly KnownSchema[]
  readonly semanticViews: readonly KnownSemanticView[]
  /** What could not be read or was cut off, a phrase each. */
  readonly gaps: readonly string[]
  /** When a reading last came to its end, milliseconds since 1970; null before the first time. */
  readonly comparedAt: number | null
}

export const nothingKnown: KnownAccount = { schemas: [], semanticViews: [], gaps: [], comparedAt: null }

/** A key for maps: names may hold any character. */
export const placeKey = (...parts: readonly string[]): string => JSON.stringify(parts)

export const schemaKey = ({ database, schema }: SchemaPlace): string => placeKey(database, schema)
