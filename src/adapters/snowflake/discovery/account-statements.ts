import { quotedName, quotedPath, quotedText, startsWith } from '../../../core/catalog/sql-quoting.ts'

/** `SHOW` silently cuts its result off after this many rows. */
export const showCap = 10_000

/** A schema by its full name. */
export interface SchemaPlace {
  readonly database: string
  readonly schema: string
}

/** Selects tables of a schema by name prefixes or whole names. */
export interface NameGroup {
  readonly prefixes: readonly string[]
  readonly names: readonly string[]
}

const within = ({ database, schema }: SchemaPlace): string => `IN SCHEMA ${quotedPath(database, schema)}`

export const showDatabases = 'SHOW DATABASES IN ACCOUNT'

export const showSchemasOfAccount = 'SHOW TERSE SCHEMAS IN ACCOUNT'

export const showSchemasOfDatabase = (database: string, after: string | null): string =>
  `SHOW TERSE SCHEMAS IN DATABASE ${quotedName(database)} ${page(after)}`

export const showObjects = (place: SchemaPlace, after: string | null): string =>
  `SHOW OBJECTS ${within(place)} ${page(after)}`

export const showColumnsOfSchema = (place: SchemaPlace): string => `SHOW COLUMNS ${within(place)}`

export const showColumnsOfTable = (place: SchemaPlace, table: string): string =>
  `SHOW COLUMNS IN TABLE ${quotedPath(place.database, place.schema, table)}`

export const showKeys = (kind: 'PRIMARY' | 'IMPORTED' | 'UNIQUE', place: SchemaPlace): string =>
  `SHOW ${kind} KEYS ${within(place)}`

export const showSemanticViews = 'SHOW SEMANTIC VIEWS IN ACCOUNT'

export const describeSemanticView = (place: SchemaPlace, name: string): string =>
  `DESCRIBE SEMANTIC VIEW ${quotedPath(place.database, place.schema, name)}`

export const showWarehouses = 'SHOW WAREHOUSES'

/** Columns in order of their tables. The schema filter is a single equality, the only form that Snowflake answers fast. */
export const selectColumns = (place: SchemaPlace, group: NameGroup | null): string =>
  `SELECT TABLE_NAME, COLUMN_NAME, IS_NULLABLE, DATA_TYPE, CHARACTER_MAXIMUM_LENGTH, NUMERIC_PRECISION, NUMERIC_SCALE, DATETIME_PRECISION, COMMENT` +
  ` FROM ${quotedName(place.database)}.INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = ${quotedText(place.schema)}` +
  `${group === null ? '' : ` AND (${nameTests(group).join(' OR ')})`} ORDER BY TABLE_NAME, ORDINAL_POSITION`

/** When each table of a schema last changed its shape. */
export const selectChanges = (place: SchemaPlace): string =>
  `SELECT TABLE_NAME, LAST_DDL FROM ${quotedName(place.database)}.INFORMATION_SCHEMA.TABLES` +
  ` WHERE TABLE_SCHEMA = ${quotedText(place.schema)}`

const nameTests = ({ prefixes, names }: NameGroup): readonly string[] => [
  ...prefixes.map((prefix) => startsWith('TABLE_NAME', prefix)),
  ...(names.length === 0 ? [] : [`TABLE_NAME IN (${names.map(quotedText).join(', ')})`]),
]

const page = (after: string | null): string => `LIMIT ${showCap}${after === null ? '' : ` FROM ${quotedText(after)}`}`
