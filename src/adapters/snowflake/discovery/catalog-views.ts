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

interface View {
  readonly content: CatalogContent
  readonly catalog: Catalog
}

export function makeCatalogViews(): CatalogViews {
  let last: { readonly account: KnownAccount; readonly content: CatalogContent } | null = null
  const views = new Map<string, View>()

  const contentOf = (account: KnownAccount): CatalogContent => {
    if (last !== null && isSame(last.account, account)) return last.content
    last = { account, content: assembleContent(account) }
    views.clear()
    return last.content
  }

  return {
    of(account, { defaultDatabase, defaultSchema }, unread) {
      const content = contentOf(account)
      const key = JSON.stringify([defaultDatabase, defaultSchema, unread])
      const known = views.get(key)
      if (known !== undefined) return known.catalog
      const catalog = { ...content, defaultDatabase, defaultSchema, ...(unread === null ? {} : { unread }) }
      views.set(key, { content, catalog })
      return catalog
    },
  }
}

/** Whether two states hold the very same tables and semantic views. */
const isSame = (a: KnownAccount, b: KnownAccount): boolean =>
  a === b ||
  (a.schemas.length === b.schemas.length &&
    a.schemas.every((schema, index) => isSameList(schema.tables, b.schemas[index]?.tables ?? [])) &&
    isSameList(a.semanticViews, b.semanticViews))

const isSameList = <T>(a: readonly T[], b: readonly T[]): boolean =>
  a === b || (a.length === b.length && a.every((one, index) => one === b[index]))
