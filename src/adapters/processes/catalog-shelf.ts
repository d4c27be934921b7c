/** Some tables of a catalog on their way to a worker. */
export interface CatalogPart<Table> {
  readonly id: number
  readonly tables: readonly Table[]
  readonly isFirst: boolean
  /** The last part makes the catalog usable. */
  readonly isLast: boolean
}

/** Catalogs that a worker was sent, the most lately used kept. */
export interface CatalogShelf<Part, Held> {
  /** Takes a part of a catalog. */
  receive(part: Part): void
  /** What was made of a catalog, or null when it is not here. */
  get(id: number): Held | null
}

interface Needs<Table, Part, Held> {
  readonly limits: { readonly catalogs: number; readonly columns: number }
  /** Makes what is held of a catalog once its last part is there. */
  readonly build: (tables: readonly Table[], last: Part) => Held
}

/** Keeps what fits: at most so many catalogs and columns, but always the latest. */
export function makeCatalogShelf<
  Table extends { readonly columns: readonly unknown[] },
  Part extends CatalogPart<Table>,
  Held,
>({ limits, build }: Needs<Table, Part, Held>): CatalogShelf<Part, Held> {
  const ready = new Map<number, { readonly held: Held; readonly columns: number }>()
  const arriving = new Map<number, Table[]>()

  const dropOldest = (): void => {
    let columns = [...ready.values()].reduce((sum, kept) => sum + kept.columns, 0)
    for (const [id, kept] of ready) {
      const fits = ready.size <= limits.catalogs && columns <= limits.columns
      if (fits || ready.size === 1) return
      ready.delete(id)
      columns -= kept.columns
    }
  }
  return {
    receive(part) {
      const { id, tables, isFirst, isLast } = part
      const known = isFirst ? [] : arriving.get(id)
      // The rest of a catalog whose beginning went to a worker that is no more: it is sent again when asked for.
      if (known === undefined) return
      for (const table of tables) known.push(table)
      arriving.set(id, known)
      if (!isLast) return
      arriving.delete(id)
      const columns = known.reduce((sum, table) => sum + table.columns.length + 1, 0)
      ready.set(id, { held: build(known, part), columns })
      dropOldest()
    },
    get(id) {
      const kept = ready.get(id)
      if (kept === undefined) return null
      ready.delete(id)
      ready.set(id, kept)
      return kept.held
    },
  }
}
