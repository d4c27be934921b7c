import type { CatalogTable, SemanticView } from '../../../core/catalog/catalog.ts'
import { placeKey, type KnownAccount, type KnownSemanticView } from './account-state.ts'

/** What a catalog is made of, whoever asks for it. */
export interface CatalogContent {
  readonly tables: readonly CatalogTable[]
  readonly semanticViews: readonly SemanticView[]
}

/** The tables whose columns are known, with what semantic views say about them: further names in the comments, joins as keys. */
export function assembleContent({ schemas, semanticViews }: KnownAccount): CatalogContent {
  const tables = schemas.flatMap((schema) => schema.tables.filter((one) => one.hasColumns).map((one) => one.table))
  return {
    tables: semanticViews.length === 0 ? tables : taught(tables, semanticViews),
    semanticViews: semanticViews.map(({ view }) => view),
  }
}

function taught(tables: readonly CatalogTable[], views: readonly KnownSemanticView[]): readonly CatalogTable[] {
  const lessons = new Map<string, ((table: CatalogTable) => CatalogTable)[]>()
  const teach = (
    { database, schema, name }: Pick<CatalogTable, 'database' | 'schema' | 'name'>,
    lesson: (table: CatalogTable) => CatalogTable,
  ): void => {
    const key = placeKey(database, schema, name)
    lessons.set(key, [...(lessons.get(key) ?? []), lesson])
  }
  for (const { view, joins } of views) {
    for (const { base, synonyms } of view.tables)
      if (synonyms.length > 0) teach(base, (table) => ({ ...table, comment: alsoCalled(table.comment, synonyms) }))
    for (const { column, base, synonyms, comment } of namedColumns(view))
      teach(base, (table) => ({ ...table, columns: renamed(table, column, synonyms, comment) }))
    for (const join of joins) teach(join.from, (table) => joined(table, join))
  }
  return tables.map((table) =>
    (lessons.get(placeKey(table.database, table.schema, table.name)) ?? []).reduce(
      (told, lesson) => lesson(told),
      table,
    ),
  )
}

/** Dimensions and facts that are nothing but a stored column under other names. */
function* namedColumns(view: SemanticView) {
  for (const { table, expression, synonyms, comment } of view.fields) {
    const base = view.tables.find(({ name }) => name === table)?.base
    const column = /^(?:"?[\w$]+"?\.)?(?:"([^"]+)"|([\w$]+))$/.exec(expression ?? '')
    if (base !== undefined && column !== null && (synonyms.length > 0 || comment !== null))
      yield { base, column: column[1] ?? (column[2] ?? '').toUpperCase(), synonyms, comment }
  }
}

const renamed = (table: CatalogTable, name: string, synonyms: readonly string[], comment: string | null) =>
  table.columns.map((column) =>
    column.name === name ? { ...column, comment: alsoCalled(column.comment ?? comment, synonyms) } : column,
  )

const alsoCalled = (comment: string | null, synonyms: readonly string[]): string | null => {
  if (synonyms.length === 0) return comment
  const names = `Also called: ${synonyms.join(', ')}.`
  return comment === null ? names : `${comment} ${names}`
}

function joined(table: CatalogTable, { columns, to, targetColumns }: KnownSemanticView['joins'][number]): CatalogTable {
  const isDeclared = table.foreignKeys.some(
    (key) => placeKey(...key.columns) === placeKey(...columns) && key.target.name === to.name,
  )
  if (isDeclared) return table
  return { ...table, foreignKeys: [...table.foreignKeys, { columns, target: to, targetColumns }] }
}
