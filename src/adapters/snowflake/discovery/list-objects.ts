import { setImmediate } from 'node:timers/promises'
import type { CatalogTable } from '../../../core/catalog/catalog.ts'
import { showObjects, type SchemaPlace } from './account-statements.ts'
import type { KnownTable } from './account-state.ts'
import type { AskAccount } from './ask-account.ts'
import { readPages } from './read-pages.ts'
import { readCount, readText, type RowReader } from './result-rows.ts'

/** What a schema holds now, names and sizes only. */
export interface Listing extends SchemaPlace {
  readonly tables: readonly KnownTable[]
  readonly isCut: boolean
}

/** The tables and views of a schema; semantic views and whatever else is no relation are left out. */
export async function listObjects(ask: AskAccount, place: SchemaPlace): Promise<Listing> {
  const { rows, isCut } = await readPages(ask, (after) => showObjects(place, after))
  await setImmediate()
  const tables = rows.flatMap((row) => {
    const kind = relationKind(row('kind') ?? '')
    return kind === null ? [] : [unread(place, kind, row)]
  })
  return { ...place, tables, isCut }
}

function relationKind(kind: string): CatalogTable['kind'] | null {
  if (kind.includes('SEMANTIC')) return null
  if (kind.includes('VIEW')) return 'view'
  return kind.includes('TABLE') ? 'table' : null
}

const unread = (place: SchemaPlace, kind: CatalogTable['kind'], row: RowReader): KnownTable => ({
  table: {
    database: place.database,
    schema: place.schema,
    name: row('name') ?? '',
    kind,
    comment: readText(row('comment')),
    columns: [],
    primaryKey: [],
    foreignKeys: [],
    rowCount: readCount(row('rows')),
    bytes: readCount(row('bytes')),
  },
  hasColumns: false,
  createdOn: row('created_on'),
  changedAt: null,
})
