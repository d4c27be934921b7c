/** A column as the warehouse describes it. */
export interface CatalogColumn {
  /** As stored: what a quoted identifier must spell. */
  readonly name: string
  /** The type as Snowflake declares it, for example `NUMBER(12,2)`. */
  readonly type: string
  readonly nullable: boolean
  readonly comment: string | null
  /** Distinct values; all of them when `samplesComplete`, otherwise a few. Empty where none were read. */
  readonly samples: readonly string[]
  readonly samplesComplete: boolean
}

/** Columns of one table that refer to columns of another, position by position. */
export interface ForeignKey {
  readonly columns: readonly string[]
  readonly target: { readonly database: string; readonly schema: string; readonly name: string }
  readonly targetColumns: readonly string[]
}

export interface CatalogTable {
  readonly database: string
  readonly schema: string
  readonly name: string
  readonly kind: 'table' | 'view'
  readonly comment: string | null
  readonly columns: readonly CatalogColumn[]
  /** Empty where no key is declared. */
  readonly primaryKey: readonly string[]
  readonly foreignKeys: readonly ForeignKey[]
  /** Null where the warehouse does not count. */
  readonly rowCount: number | null
}

/** The schema as data: everything one connection can see. Names are as stored, Snowflake's folding applied. */
export interface Catalog {
  readonly tables: readonly CatalogTable[]
  /** Where unqualified names are looked up; null where the connection sets none. */
  readonly defaultDatabase: string | null
  readonly defaultSchema: string | null
}
