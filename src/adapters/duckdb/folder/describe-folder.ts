import type { Catalog, CatalogColumn } from '../../../core/catalog/catalog.ts'
import type { ColumnNote, FolderListing, FolderManifest } from './folder-listing.ts'

/** Files named in a notice. */
const mostNamed = 10

/** Adds to a folder's catalog what building its database found out: spellings, how values were read, which files are no tables. */
export function describeFolder(
  { ignored }: FolderListing,
  { tables: notes }: FolderManifest,
): (catalog: Catalog) => Catalog {
  const noteOf = new Map(notes.map((note) => [JSON.stringify([note.schema, note.name]), note]))
  const more = ignored.length > mostNamed ? ` and ${(ignored.length - mostNamed).toLocaleString('en')} more` : ''
  const left = `Not read, since files of this kind hold no tables: ${ignored.slice(0, mostNamed).join(', ')}${more}.`
  return (catalog) => ({
    ...catalog,
    ...(ignored.length === 0 ? {} : { notices: [left] }),
    tables: catalog.tables.map((table) => {
      const note = noteOf.get(JSON.stringify([table.schema, table.name]))
      if (note === undefined) return table
      const columnNotes = new Map(note.columns.map((column) => [column.name, column]))
      return {
        ...table,
        ...spelled(table.name, note.spelling),
        ...(note.notices.length === 0 ? {} : { notices: note.notices }),
        columns: table.columns.map((column) => describeColumn(column, columnNotes.get(column.name))),
      }
    }),
  })
}

const spelled = (name: string, spelling: string): { readonly spelling?: string } =>
  spelling === name || spelling === '' ? {} : { spelling }

function describeColumn(column: CatalogColumn, note: ColumnNote | undefined): CatalogColumn {
  if (note === undefined) return column
  const { reading, looksLike, unit } = note
  return {
    ...column,
    ...spelled(column.name, note.spelling),
    ...(reading === undefined ? {} : { reading }),
    ...(looksLike === undefined ? {} : { looksLike }),
    ...(unit === undefined ? {} : { unit }),
  }
}
