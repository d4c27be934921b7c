/** A column as the warehouse describes it. */
export interface CatalogColumn {
  /** As stored: what a quoted identifier must spell. */
  readonly name: string
  /** The type as Snowflake declares it, for example `NUMBER(12,2)`. */
  readonly type: string
  readonly nullable: boolean
  readonly comment: string | null
  /** Distinct values; all of them when `samplesComplete`, otherwise a few. Empty when none were read. */
  readonly samples: readonly string[]
  readonly samplesComplete: boolean
  /** The name as the source spells it, for understanding only (`orderDate` stored as ORDERDATE); left out where it is the name. */
  readonly spelling?: string
  /**
   * How the values of a file were read where that is an assumption, one sentence without the column's name, to be told whenever a query
   * uses the column: `"1.200,50" is read as 1200.50, a number with a decimal comma.`
   */
  readonly reading?: string
  /**
   * What a text column looks like though it could not be read so, a phrase for declines after "looks like": `amounts of money with two
   * different decimal marks, as in "1,5" and "1.5"`.
   */
  readonly looksLike?: string
  /** What its numbers count, as the file writes it: `%` (values are percent: 12 for "12%"), `$`, `EUR`; left out where nothing says it. */
  readonly unit?: string
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
  /** Null when the warehouse does not report it. */
  readonly rowCount: number | null
  /** Stored size in bytes; left out or null when the warehouse does not report it. */
  readonly bytes?: number | null
  /** The name as the source spells it, for understanding only; left out where it is the name. */
  readonly spelling?: string
  /** What was assumed or left out when its file was read, sentences to be told when a query uses the table. */
  readonly notices?: readonly string[]
}

/** A field of a semantic view: a dimension to group by, a fact per row, or a metric aggregated over rows. */
export interface SemanticField {
  readonly kind: 'dimension' | 'fact' | 'metric'
  readonly name: string
  /** The logical table it belongs to; null for a metric over several tables. */
  readonly table: string | null
  readonly type: string
  /** Its SQL expression; null when the role may not see it. */
  readonly expression: string | null
  readonly synonyms: readonly string[]
  readonly comment: string | null
}

/** A logical table of a semantic view: another name for a stored table. */
export interface SemanticTable {
  readonly name: string
  readonly base: { readonly database: string; readonly schema: string; readonly name: string }
  readonly synonyms: readonly string[]
}

/** A semantic view: the company's own names, synonyms and metrics over stored tables. */
export interface SemanticView {
  readonly database: string
  readonly schema: string
  readonly name: string
  readonly comment: string | null
  readonly tables: readonly SemanticTable[]
  readonly fields: readonly SemanticField[]
}

/** The schema as data: everything one connection can see. Names are as stored, Snowflake's folding applied. */
export interface Catalog {
  readonly tables: readonly CatalogTable[]
  /** The schema of unqualified names; null when the connection sets none. */
  readonly defaultDatabase: string | null
  readonly defaultSchema: string | null
  /** Left out when the warehouse has no semantic views. */
  readonly semanticViews?: readonly SemanticView[]
  /** What is still missing, one phrase, for example `1,200 of 10,000 tables read so far`; left out once the catalog is complete. */
  readonly unread?: string
  /** What a folder holds besides its tables, sentences; left out where there is nothing to say. */
  readonly notices?: readonly string[]
}

/** The kind of values a column holds. */
export type ColumnKindOfType = 'number' | 'text' | 'date' | 'timestamp' | 'time' | 'boolean' | 'other'

const kinds: readonly (readonly [RegExp, ColumnKindOfType])[] = [
  [
    /^(?:number|decimal|numeric|(?:tiny|small|big|huge|byte|u\w*)?int(?:eger)?\d*|float\d*|double|real|decfloat)\b/,
    'number',
  ],
  [/^(?:varchar|char|character|string|text|nchar|nvarchar|bpchar|enum|uuid)/, 'text'],
  [/^date\b(?!time)/, 'date'],
  [/^(?:timestamp|datetime)/, 'timestamp'],
  [/^time\b/, 'time'],
  [/^bool/, 'boolean'],
]

/** The kind of a declared type such as `NUMBER(12,2)`. */
export function columnKindOf(type: string): ColumnKindOfType {
  const text = type.trim().toLowerCase()
  return kinds.find(([pattern]) => pattern.test(text))?.[1] ?? 'other'
}
