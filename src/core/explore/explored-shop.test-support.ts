import { makeManualClock } from '../ask/manual-time.test-support.ts'
import { makeLocalCaller, type Caller } from '../caller.ts'
import type { Catalog, CatalogTable } from '../catalog/catalog.ts'
import { defaultConnectionPolicy } from '../connections/connection-policy.ts'
import type { TableOutlook } from '../ports/interpreter.ts'
import type { OpenConnection } from '../ports/connections.ts'
import { problem, ProblemError } from '../problem.ts'
import { makeCatalogExplorer } from './explore-catalog.ts'
import { madeCatalog, madeColumn, madeTable } from './made-up-catalog.test-support.ts'

export const caller = makeLocalCaller('ada', 'api')
export const { signal } = new AbortController()
/** The favorite that reads every table. */
export const favoriteId = '5b1c9ad0-0000-4000-8000-000000000000'
/** The only connection there is. */
export const connection = 'Prod'

/** An explorer of one connection. Its pauses pass at once. */
export function explorerOf(
  catalog: Catalog,
  more: Partial<OpenConnection> = {},
  outlookOf: (table: CatalogTable) => TableOutlook | null = () => null,
) {
  const clock = makeManualClock()
  const opened: OpenConnection = {
    ref: connection,
    label: connection,
    warehouse: {} as OpenConnection['warehouse'],
    policy: { ...defaultConnectionPolicy, probing: 'read' },
    catalog: () => Promise.resolve(catalog),
    ...more,
  }
  const connections = {
    owns: () => true,
    list: () => Promise.resolve([]),
    close: () => Promise.resolve(),
    open: (_caller: Caller, ref: string) =>
      ref === connection
        ? Promise.resolve(opened)
        : Promise.reject(problem('connection_unknown', 'There is none.', 'Look.')),
  }
  return makeCatalogExplorer({
    favoritesReading: (_caller, ref, { schema, name }) =>
      Promise.resolve([{ id: favoriteId, title: `${ref}: ${schema}.${name}` }]),
    outlookOf: (_catalog, table) => Promise.resolve(outlookOf(table)),
    connections,
    clock: { ...clock.clock, after: (_ms, done) => (queueMicrotask(done), () => undefined) },
  })
}

/** The code of the problem that some work ends with; null where it ends well. */
export const codeOf = async (work: Promise<unknown>): Promise<string | null> =>
  await work.then(
    () => null,
    (error: unknown) => (error instanceof ProblemError ? error.problem.code : String(error)),
  )

export const shop: Catalog = madeCatalog(
  [
    madeTable('orders', { comment: 'What customers have bought' }),
    madeTable('ORDER_LINES', {
      columns: [madeColumn('ORDER_ID'), madeColumn('AMOUNT', { comment: 'Without tax', samples: ['1', '2'] })],
      primaryKey: ['ORDER_ID'],
      foreignKeys: [
        {
          columns: ['ORDER_ID'],
          target: { database: 'SHOP', schema: 'PUBLIC', name: 'orders' },
          targetColumns: ['ID'],
        },
      ],
    }),
    madeTable('V_BORDERS', { kind: 'view' }),
    ...[2, 10, 1].map((day) => madeTable(`EVENTS_${day}`, { rowCount: day })),
    madeTable('EVENTS_99', { columns: [madeColumn('QUITE'), madeColumn('ANOTHER'), madeColumn('THING')] }),
    madeTable('ITEM.PRICES', { schema: 'other stuff', database: 'ARCHIVE' }),
  ],
  {
    semanticViews: [
      {
        database: 'SHOP',
        schema: 'PUBLIC',
        name: 'SALES',
        comment: 'Sales as the board counts them',
        tables: [],
        fields: [
          {
            kind: 'metric',
            name: 'REVENUE',
            table: null,
            type: 'NUMBER(38,2)',
            expression: null,
            synonyms: [],
            comment: null,
          },
        ],
      },
    ],
  },
)
