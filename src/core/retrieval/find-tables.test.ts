import { describe, expect, test } from 'vitest'
import type { Catalog, CatalogTable } from '../catalog/catalog.ts'
import { makeTableFinder } from './find-tables.ts'

function table(name: string, columns: readonly string[], more: Partial<CatalogTable> = {}): CatalogTable {
  const described = columns.map((column) => {
    const [id = '', samples = ''] = column.split('=')
    const values = samples === '' ? [] : samples.split('|')
    return {
      name: id,
      type: 'TEXT',
      nullable: true,
      comment: null,
      samples: values,
      samplesComplete: values.length > 0,
    }
  })
  return {
    database: 'D',
    schema: 'S',
    name,
    kind: 'table',
    comment: null,
    columns: described,
    primaryKey: [],
    foreignKeys: [],
    rowCount: null,
    ...more,
  }
}

const catalogOf = (tables: readonly CatalogTable[]): Catalog => ({ tables, defaultDatabase: null, defaultSchema: null })

const small = catalogOf([
  table('CUSTOMER', ['C_CUSTKEY', 'C_NAME', 'C_MKTSEGMENT=BUILDING|AUTOMOBILE']),
  table('ORDERS', ['O_ORDERKEY', 'O_CUSTKEY', 'O_TOTALPRICE', 'O_ORDERDATE']),
  table('EMPLOYEE_ABSENCES', ['EMP_ID', 'ABSENCE_REASON'], { comment: 'Sick leave and holidays of staff' }),
  table('WEATHER_STATION', ['STATION_ID', 'ELEVATION_M']),
])

describe('finds tables by what a question says', () => {
  const cases: readonly (readonly [question: string, best: string])[] = [
    ['how many customers are there', 'CUSTOMER'],
    ['total price by order date', 'ORDERS'],
    ['clients in the automobile segment', 'CUSTOMER'],
    ['sick leave per month', 'EMPLOYEE_ABSENCES'],
    ['how high are the stations', 'WEATHER_STATION'],
    ['purchases', 'ORDERS'],
  ]
  test.each(cases)('%s', (question, best) => {
    expect(makeTableFinder()(question, small, { limit: 4 })[0]?.name).toBe(best)
  })

  test('a metric of a semantic view leads to its tables, by name and by synonym', () => {
    const base = { database: 'D', schema: 'S', name: 'WEATHER_STATION' }
    const metric = {
      kind: 'metric',
      name: 'SNOWLINE',
      table: 'STATIONS',
      type: 'NUMBER',
      expression: 'MIN(elevation_m)',
      synonyms: ['frost boundary'],
      comment: null,
    } as const
    const views = [
      {
        database: 'D',
        schema: 'S',
        name: 'V',
        comment: null,
        tables: [{ name: 'STATIONS', base, synonyms: [] }],
        fields: [metric],
      },
    ]
    const catalog = { ...small, semanticViews: views }
    for (const question of ['what is the snowline', 'frost boundaries']) {
      expect(makeTableFinder()(question, small, { limit: 4 })).toEqual([])
      expect(makeTableFinder()(question, catalog, { limit: 4 })[0]?.name).toBe('WEATHER_STATION')
    }
  })

  test('leaves out tables that nothing speaks of', () => {
    expect(makeTableFinder()('station elevation', small, { limit: 4 }).map((t) => t.name)).toEqual(['WEATHER_STATION'])
  })

  test('tables keyed to those found follow them', () => {
    const names = makeTableFinder()('orders over 100', small, { limit: 4 }).map((t) => t.name)
    expect(names).toEqual(['ORDERS', 'CUSTOMER'])
  })

  test('gives at most as many as asked for', () => {
    expect(makeTableFinder()('customer orders and station absences', small, { limit: 2 })).toHaveLength(2)
  })

  test('gives nothing where nothing fits', () => {
    expect(makeTableFinder()('zebra', small, { limit: 5 })).toEqual([])
    expect(makeTableFinder()('', small, { limit: 5 })).toEqual([])
  })
})

test('finds the one table among a thousand', () => {
  const words = [
    'invoice',
    'shipment',
    'sensor',
    'ticket',
    'campaign',
    'payroll',
    'vessel',
    'patient',
    'lesson',
    'recipe',
  ]
  const many = Array.from({ length: 1000 }, (_, i) =>
    table(`T${i}_${words[i % 10] ?? ''}_${words[(i >> 3) % 10] ?? ''}`, [
      `ID`,
      `${words[(i + 3) % 10] ?? ''}_code`,
      `note_${i}`,
    ]),
  )
  const wanted = table('BEEHIVE_INSPECTIONS', ['HIVE_ID', 'QUEEN_SEEN', 'INSPECTED_ON'])
  const find = makeTableFinder()
  const catalog = catalogOf([...many.slice(0, 500), wanted, ...many.slice(500)])
  expect(find('in how many inspections was the queen of the beehive seen', catalog, { limit: 3 })[0]).toBe(wanted)
  expect(find('beehive', catalog, { limit: 3 })).toEqual([wanted])
})
