import type { InferSelectModel } from 'drizzle-orm'
import type { CatalogScope } from '../../core/ports/catalog-store.ts'
import type { Statements } from './database.ts'
import { and, eq, sql } from './drizzle.ts'
import { catalogs } from './schema.ts'

type Row = InferSelectModel<typeof catalogs>

const within = ({ source, view }: CatalogScope) => and(eq(catalogs.source, source), eq(catalogs.view, view))

export async function selectCatalog(statements: Statements, scope: CatalogScope): Promise<Row | null> {
  const [row] = await statements.select().from(catalogs).where(within(scope))
  return row ?? null
}

/** Stores the version after `basedOn` unless another is there already; the version that is there afterwards. */
export async function upsertCatalog(
  statements: Statements,
  row: Omit<Row, 'version'>,
  basedOn: number | null,
): Promise<number> {
  const version = (basedOn ?? 0) + 1
  const { body, isComplete, readAt } = row
  const [stored] = await statements
    .insert(catalogs)
    .values({ ...row, version })
    .onConflictDoUpdate({
      target: [catalogs.source, catalogs.view],
      set: { version, body, isComplete, readAt },
      setWhere: sql`${catalogs.version} = ${basedOn ?? 0}::int`,
    })
    .returning({ version: catalogs.version })
  if (stored !== undefined) return stored.version
  const [present] = await statements.select({ version: catalogs.version }).from(catalogs).where(within(row))
  return present?.version ?? version
}
