import type { Catalog, CatalogTable, SemanticView } from '../../../core/catalog/catalog.ts'
import { type KnownAccount, type KnownSemanticView, placeKey } from './account-state.ts'
import type { DiscoveryOrder } from './discovery.ts'

/** The part of a catalog that no connection's defaults change. */
interface CatalogContent {
  readonly tables: readonly CatalogTable[]
  readonly semanticViews: readonly SemanticView[]
}

/** The tables whose columns are known, with the synonyms of semantic views in their comments and the views' joins as foreign keys. */
function assembleContent({ schemas, semanticViews }: KnownAccount): CatalogContent {
  const tables = schemas.flatMap((schema) => schema.tables.filter((one) => one.hasColumns).map((one) => one.table))
  return {
    tables: semanticViews.length === 0 ? tables : mergeSemanticMetadata(tables, semanticViews),
    semanticViews: semanticViews.map(({ view }) => view),
  }
}

type TableEdit = (table: CatalogTable) => CatalogTable

function mergeSemanticMetadata(
  tables: readonly CatalogTable[],
  views: readonly KnownSemanticView[],
): readonly CatalogTable[] {
  const edits = new Map<string, TableEdit[]>()
  const add = (
    { database, schema, name }: Pick<CatalogTable, 'database' | 'schema' | 'name'>,
    edit: TableEdit,
  ): void => {
    const key = placeKey(database, schema, name)
    edits.set(key, [...(edits.get(key) ?? []), edit])
  }
  for (const { view, joins } of views) {
    for (const { base, synonyms } of view.tables)
      if (synonyms.length > 0) add(base, (table) => ({ ...table, comment: withSynonyms(table.comment, synonyms) }))
    for (const { column, base, synonyms, comment } of namedColumns(view))
      add(base, (table) => ({
        ...table,
        columns: table.columns.map((own) =>
          own.name === column ? { ...own, comment: withSynonyms(own.comment ?? comment, synonyms) } : own,
        ),
      }))
    for (const join of joins) add(join.from, (table) => withForeignKey(table, join))
  }
  return tables.map((table) =>
    (edits.get(placeKey(table.database, table.schema, table.name)) ?? []).reduce((edited, edit) => edit(edited), table),
  )
}

/** Dimensions and facts whose expression is a stored column alone. */
function* namedColumns(view: SemanticView) {
  for (const { table, expression, synonyms, comment } of view.fields) {
    const base = view.tables.find(({ name }) => name === table)?.base
    const column = /^(?:"?[\w$]+"?\.)?(?:"([^"]+)"|([\w$]+))$/.exec(expression ?? '')
    if (base !== undefined && column !== null && (synonyms.length > 0 || comment !== null))
      yield { base, column: column[1] ?? (column[2] ?? '').toUpperCase(), synonyms, comment }
  }
}

const withSynonyms = (comment: string | null, synonyms: readonly string[]): string | null => {
  if (synonyms.length === 0) return comment
  const names = `Also called: ${synonyms.join(', ')}.`
  return comment === null ? names : `${comment} ${names}`
}

function withForeignKey(
  table: CatalogTable,
  { columns, to, targetColumns }: KnownSemanticView['joins'][number],
): CatalogTable {
  const isDeclared = table.foreignKeys.some(
    (key) => placeKey(...key.columns) === placeKey(...columns) && key.target.name === to.name,
  )
  if (isDeclared) return table
  return { ...table, foreignKeys: [...table.foreignKeys, { columns, target: to, targetColumns }] }
}

/** Catalogs of an account. The same object is returned while content and defaults stay the same, because search indexes are cached by object. */
interface CatalogViews {
  of(
    account: KnownAccount,
    order: Pick<DiscoveryOrder, 'defaultDatabase' | 'defaultSchema'>,
    unread: string | null,
  ): Catalog
}

export function makeCatalogViews(): CatalogViews {
  let last: { readonly account: KnownAccount; readonly content: CatalogContent } | null = null
  const views = new Map<string, Catalog>()

  const contentOf = (account: KnownAccount): CatalogContent => {
    const known = last !== null && isSame(last.account, account) ? last.content : null
    if (known === null) views.clear()
    const content = known ?? assembleContent(account)
    last = { account, content }
    return content
  }

  return {
    of(account, { defaultDatabase, defaultSchema }, unread) {
      const content = contentOf(account)
      const key = JSON.stringify([defaultDatabase, defaultSchema, unread])
      const known = views.get(key)
      if (known !== undefined) return known
      const catalog = { ...content, defaultDatabase, defaultSchema, ...(unread === null ? {} : { unread }) }
      views.set(key, catalog)
      return catalog
    },
  }
}

/** Whether two states make the same catalog: identical table objects with columns, and the same semantic views. */
const isSame = (a: KnownAccount, b: KnownAccount): boolean =>
  a === b ||
  (isSameList(a.semanticViews, b.semanticViews, (one) => one.view) &&
    isSameList(a.schemas, b.schemas, (one) => one.database) &&
    a.schemas.every((schema, index) =>
      isSameList(schema.tables, b.schemas[index]?.tables ?? [], (one) => (one.hasColumns ? one.table : null)),
    ))

const isSameList = <T>(a: readonly T[], b: readonly T[], content: (one: T) => unknown): boolean =>
  a === b ||
  (a.length === b.length &&
    a.every((one, index) => {
      const other = b[index]
      return other !== undefined && content(one) === content(other)
    }))
