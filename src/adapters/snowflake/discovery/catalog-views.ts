import type { Catalog } from '../../../core/catalog/catalog.ts'
import type { KnownAccount } from './account-state.ts'
import { assembleContent, type CatalogContent } from './assemble-catalog.ts'
import type { DiscoveryOrder } from './discovery.ts'

/** Catalogs made of what is known: the same object while neither content nor defaults change, because indexes are kept by object. */
export interface CatalogViews {
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

/** Whether two states make the same catalog: the very same tables with columns, and the same semantic views. */
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
