import type { CatalogTable, SemanticView } from '../../../core/catalog/catalog.ts'
import type { SchemaPlace } from './account-statements.ts'

/** A table or view as last read from the account. */
export interface KnownTable {
  /** Columns and keys are empty while they were not read. */
  readonly table: CatalogTable
  readonly hasColumns: boolean
  /** As `SHOW` writes it; another time means that the object was replaced by another of the same name. */
  readonly createdOn: string | null
  /** Snowflake's LAST_DDL text; null when it was never read. */
  readonly changedAt: string | null
}

/** A schema as last compared. Immutable: changed content is a new value. */
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

/** A relationship of a semantic view between stored tables. */
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
  /** A phrase for each part that could not be read or was cut off. */
  readonly gaps: readonly string[]
  /** When a reading last came to its end, milliseconds since 1970; null before the first time. */
  readonly comparedAt: number | null
}

export const nothingKnown: KnownAccount = { schemas: [], semanticViews: [], gaps: [], comparedAt: null }

/** A map key of several names, which may hold any character. */
export const placeKey = (...parts: readonly string[]): string => JSON.stringify(parts)

export const schemaKey = ({ database, schema }: SchemaPlace): string => placeKey(database, schema)
