import type { TableName } from '../../contract/turn-event.ts'
import type { Catalog, CatalogTable } from '../catalog/catalog.ts'
import type { QueryPart } from '../ledger/query-parts.ts'

/** More notes than this are counted, since a wide file can have one for each of its columns. */
const mostNotes = 8
/** A reason for declining is followed by so many columns. */
const mostLooks = 3

const isSame = (table: CatalogTable, { database, schema, name }: TableName): boolean =>
  table.database === database && table.schema === schema && table.name === name

/** Whether the tables of a query come from files of which something was assumed. */
const hasNotes = ({ notices = [], columns }: CatalogTable): boolean =>
  notices.length > 0 || columns.some(({ reading }) => reading !== undefined)

/**
 * What was assumed when the files behind a query were read: the notices of its tables and the readings of the columns that it names.
 * `placedParts` gives the query's parts, null where it cannot be read; it is asked only where something was assumed.
 */
export async function notesOnFiles(
  { tables }: Catalog,
  used: readonly TableName[],
  placedParts: () => Promise<readonly QueryPart[] | null>,
): Promise<readonly string[]> {
  const own = tables.filter((table) => used.some((name) => isSame(table, name)) && hasNotes(table))
  if (own.length === 0) return []
  const parts = await placedParts()
  const named = new Set(parts?.flatMap(({ kind, name }) => (kind === 'column' ? [name] : [])))
  const isAll = parts === null || parts.some(({ kind }) => kind === 'star')
  const notes = own.flatMap((table) => [
    ...(table.notices ?? []).map((notice) => `${table.name}: ${notice}`),
    ...table.columns.flatMap(({ name, reading }) =>
      reading === undefined || !(isAll || named.has(name)) ? [] : [`${name}: ${reading}`],
    ),
  ])
  const more = notes.length - mostNotes
  return more <= 0
    ? notes
    : [...notes.slice(0, mostNotes), `${more} more such ${more === 1 ? 'assumption was' : 'assumptions were'} made.`]
}

/**
 * What text columns look like that a reason for declining is about: those that it names, else those that look like what it misses. Empty
 * where nothing looks like anything.
 */
export function looksOfTexts(reason: string, tables: readonly CatalogTable[]): readonly string[] {
  const looks = tables.flatMap((table) =>
    table.columns.flatMap(({ name, looksLike }) => (looksLike === undefined ? [] : [{ table, name, looksLike }])),
  )
  const words = new Set(reason.split(/[^\p{L}\p{N}_$]+/u))
  const named = looks.filter(({ name }) => words.has(name) || reason.includes(`"${name}"`))
  const missed = /\bdates?\b/i.test(reason)
    ? /^dates\b/
    : /\bnumbers?\b|\bcomes first\b/i.test(reason)
      ? /^(?!dates\b)/
      : null
  const meant = named.length > 0 || missed === null ? named : looks.filter(({ looksLike }) => missed.test(looksLike))
  return meant
    .slice(0, mostLooks)
    .map(({ table, name, looksLike }) => `${name} of ${table.name} is text: its values look like ${looksLike}.`)
}
