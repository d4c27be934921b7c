import type { Catalog, CatalogColumn, CatalogTable } from '../catalog/catalog.ts'

/** A column as sources describe one, with what a case is about. */
export const madeColumn = (name: string, more: Partial<CatalogColumn> = {}): CatalogColumn => ({
  name,
  type: 'VARCHAR(200)',
  nullable: true,
  comment: null,
  samples: [],
  samplesComplete: false,
  ...more,
})

/** A table of `SHOP.PUBLIC` with what a case is about. */
export const madeTable = (name: string, more: Partial<CatalogTable> = {}): CatalogTable => ({
  database: 'SHOP',
  schema: 'PUBLIC',
  name,
  kind: 'table',
  comment: null,
  columns: [madeColumn('ID', { type: 'NUMBER(38,0)' })],
  primaryKey: [],
  foreignKeys: [],
  rowCount: 10,
  ...more,
})

export const madeCatalog = (tables: readonly CatalogTable[], more: Partial<Catalog> = {}): Catalog => ({
  tables,
  defaultDatabase: 'SHOP',
  defaultSchema: 'PUBLIC',
  ...more,
})

const subjects =
  'order customer invoice payment shipment return product supplier warehouse stock price discount campaign session event click refund ticket agent employee payroll budget ledger account contract lease vehicle route stop sensor reading alarm patient visit claim policy premium broker trade quote position'.split(
    ' ',
  )
const aspects =
  'detail summary history snapshot daily monthly archive staging audit mapping hierarchy status score forecast target actual adjustment allocation balance movement'.split(
    ' ',
  )
const fields =
  'id name code status type amount quantity created_at updated_at country region city currency channel source batch owner note reason priority category segment rate share total net gross tax start_date end_date'.split(
    ' ',
  )

/**
 * A large made-up catalog: `count` tables in 4 databases of 15 schemas, 20 columns each, about a third of them with comments, and a tenth of
 * the tables in families by day. The same for the same count.
 */
export function makeMadeUpCatalog(count: number): Catalog {
  const pick = <T>(list: readonly T[], at: number): T => list[at % list.length] as T
  const tableAt = (n: number): CatalogTable => {
    const database = `DB_${'ABCD'[n % 4] ?? 'A'}`
    const schema = `${pick(subjects, n % 15).toUpperCase()}_MART`
    const isDaily = n % 10 === 0
    const subject = pick(subjects, isDaily ? n % 3 : Math.floor(n / 60))
    const name = isDaily
      ? `${subject}_by_day_${String(20_240_101 + Math.floor(n / 60))}`
      : `${pick(['fct', 'dim', 'stg', 'v'], n)}_${subject}_${pick(aspects, Math.floor(n / 7))}_${letters(n)}`
    return madeTable(name.toUpperCase(), {
      database,
      schema,
      kind: n % 4 === 3 && !isDaily ? 'view' : 'table',
      comment: n % 3 === 0 ? `The ${pick(aspects, n)} of each ${subject}, loaded by job ${letters(n)}` : null,
      rowCount: n * 37,
      columns: Array.from({ length: 20 }, (_, c) =>
        madeColumn((c === 0 ? `${subject}_id` : `${pick(subjects, n % 11)}_${pick(fields, n + c)}`).toUpperCase(), {
          type: c % 3 === 0 ? 'NUMBER(38,0)' : 'VARCHAR(200)',
          comment:
            (n + c) % 3 === 0
              ? `The ${pick(fields, n + c)} of the ${subject} as the source ${letters(n)} has it`
              : null,
        }),
      ),
    })
  }
  return madeCatalog(
    Array.from({ length: count }, (_, n) => tableAt(n)),
    { defaultDatabase: 'DB_A', defaultSchema: null },
  )
}

/** A number in letters, so that tables which differ by it are no family. */
const letters = (n: number): string => n.toString(26).replace(/\d/g, (digit) => 'qrstuvwxyz'[Number(digit)] ?? 'q')
