import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Cell } from '../../contract/result.ts'
import type { CatalogColumn } from '../../core/catalog/catalog.ts'
import type { OpenWarehouse } from '../../core/ports/connections.ts'
import { ask, makeFolderBench, never } from './folder-bench.test-support.ts'

const folders = makeFolderBench()
afterAll(() => folders.close())

const columnOf = async (connection: OpenWarehouse, table: string, column: string): Promise<CatalogColumn | undefined> =>
  (await connection.catalog(never)).tables
    .find(({ name }) => name === table)
    ?.columns.find(({ name }) => name === column)

interface Case {
  readonly name: string
  /** The whole file; its column V is looked at. */
  readonly csv: string
  readonly type: string
  readonly cells: readonly Cell[]
  /** A part of what the column says about how it was read, or of what it looks like. */
  readonly said?: string
}

const rows = (...values: readonly string[]): string =>
  `i;v\n${values.map((value, row) => `${row};${value}`).join('\n')}\n`

const cases: readonly Case[] = [
  {
    name: 'a blank cell among moments',
    csv: rows('2024-01-02 10:00:00', '', '2024-01-10 10:00:00'),
    type: 'TIMESTAMP_NTZ(9)',
    cells: ['2024-01-02 10:00:00', null, '2024-01-10 10:00:00'],
  },
  { name: 'blank cells among days', csv: rows('', '2024-01-02', ''), type: 'DATE', cells: [null, '2024-01-02', null] },
  {
    name: 'blank cells among slashed days',
    csv: rows('28/02/2024', ''),
    type: 'DATE',
    cells: ['2024-02-28', null],
    said: 'the day first',
  },
  {
    name: 'a blank cell among instants',
    csv: rows('2024-01-02T03:04:05Z', ''),
    type: 'TIMESTAMP_TZ(9)',
    cells: ['2024-01-02 03:04:05+00:00', null],
  },
  {
    name: 'money',
    csv: rows('"$1,200.50"', '$80.25', '"$3,000.00"'),
    type: 'NUMBER(9,2)',
    cells: [1200.5, 80.25, 3000],
    said: 'an amount of money in $',
  },
  {
    name: 'money with a code behind it',
    csv: rows('1.200,50 EUR', '80,25 EUR'),
    type: 'NUMBER(9,2)',
    cells: [1200.5, 80.25],
    said: 'an amount of money in EUR',
  },
  {
    name: 'money in parentheses',
    csv: rows('($1.50)', '$2.25', '-$3.00'),
    type: 'NUMBER(9,2)',
    cells: [-1.5, 2.25, -3],
  },
  {
    name: 'percent',
    csv: rows('12%', '7.5 %', '-20%'),
    type: 'NUMBER(9,1)',
    cells: [12, 7.5, -20],
    said: 'a number of percent',
  },
  {
    name: 'percent beside numbers',
    csv: rows('12%', '7.5'),
    type: 'VARCHAR',
    cells: ['12%', '7.5'],
    said: 'percentages beside plain numbers',
  },
  {
    name: 'two currencies',
    csv: rows('€1.50', '$2.50'),
    type: 'VARCHAR',
    cells: ['€1.50', '$2.50'],
    said: 'several currencies ($, €)',
  },
  {
    name: 'a decimal comma',
    csv: rows('0,0113', '-2,5'),
    type: 'NUMBER(9,4)',
    cells: [0.0113, -2.5],
    said: '"-2,5" is read as -2.5000, a number with a decimal comma.',
  },
  { name: 'German thousands with a fraction', csv: rows('1.234,56', '12'), type: 'NUMBER(9,2)', cells: [1234.56, 12] },
  { name: 'Swiss thousands', csv: rows("1'234.50", "1'234'567.00"), type: 'NUMBER(9,2)', cells: [1234.5, 1234567] },
  {
    name: 'French thousands',
    csv: rows('1\u202F234,5', '12\u00A0345,25'),
    type: 'NUMBER(9,2)',
    cells: [1234.5, 12345.25],
  },
  { name: 'grouped millions', csv: rows('1.234.567', '12.000.000'), type: 'NUMBER(38,0)', cells: [1234567, 12000000] },
  {
    name: 'two decimal marks',
    csv: rows('$1.50', '$1,5', '$2.25'),
    type: 'VARCHAR',
    cells: ['$1.50', '$1,5', '$2.25'],
    said: 'amounts of money with two different decimal marks',
  },
  {
    name: 'three digits after every point',
    csv: rows('1.234', '2.999'),
    type: 'VARCHAR',
    cells: ['1.234', '2.999'],
    said: 'may stand for thousands or for a fraction',
  },
  {
    name: 'three digits after every point beside German days',
    csv: 'd;v\n03.01.2024;1.234\n14.02.2024;2.999\n28.02.2024;5.120\n',
    type: 'NUMBER(38,0)',
    cells: [1234, 2999, 5120],
    said: 'as the other columns of the file are written',
  },
  {
    name: 'three digits after every point beside decimal commas',
    csv: 'd;v\n1,5;1.234\n2,25;2.999\n',
    type: 'NUMBER(38,0)',
    cells: [1234, 2999],
  },
  {
    name: 'three digits after every point beside decimal points',
    csv: 'd;v\n1.5;1.234\n2.25;2.999\n',
    type: 'NUMBER(9,3)',
    cells: [1.234, 2.999],
  },
  {
    name: 'three digits after every point where commas part the cells',
    csv: 'd,v\na,1.234\nb,2.999\n',
    type: 'NUMBER(9,3)',
    cells: [1.234, 2.999],
  },
  {
    name: 'three digits after every comma where commas part the cells',
    csv: 'd,v\na,"1,234"\nb,"2,999"\n',
    type: 'NUMBER(38,0)',
    cells: [1234, 2999],
    said: 'read as 1234',
  },
  {
    name: 'three digits after every comma',
    csv: rows('1,234', '2,999'),
    type: 'VARCHAR',
    cells: ['1,234', '2,999'],
    said: 'may stand for thousands',
  },
  {
    name: 'cells that say there is no value',
    csv: rows('5', 'n/a', '-', 'NULL', '7'),
    type: 'NUMBER(38,0)',
    cells: [5, null, null, null, 7],
    said: '3 cells say "n/a" and are read as blank.',
  },
  { name: 'none among words', csv: rows('none', 'some'), type: 'VARCHAR', cells: ['none', 'some'] },
  {
    name: 'a word among numbers',
    csv: rows('1', '2', '3', '4', '5', '6', 'seven'),
    type: 'VARCHAR',
    cells: ['1', '2', '3', '4', '5', '6', 'seven'],
    said: 'numbers, but 1 of 7 values is not: "seven" in row 7',
  },
  {
    name: 'days with full stops',
    csv: rows('03.01.2024', '4.2.2024'),
    type: 'DATE',
    cells: ['2024-01-03', '2024-02-04'],
    said: 'the day first',
  },
  {
    name: 'days with full stops and times',
    csv: rows('03.01.2024 14:05', '04.02.2024 9:00:30'),
    type: 'TIMESTAMP_NTZ(9)',
    cells: ['2024-01-03 14:05:00', '2024-02-04 09:00:30'],
  },
  {
    name: 'American days and times',
    csv: rows('2/28/2024 3:05 PM', '1/5/2024 11:00 AM'),
    type: 'TIMESTAMP_NTZ(9)',
    cells: ['2024-02-28 15:05:00', '2024-01-05 11:00:00'],
    said: 'the month first',
  },
  {
    name: 'days that could be either',
    csv: rows('01/02/2024', '03/04/2024'),
    type: 'VARCHAR',
    cells: ['01/02/2024', '03/04/2024'],
    said: 'whether the day or the month comes first',
  },
  {
    name: 'days that could be either beside some that could not',
    csv: 'd;v\n28/02/2024;01/02/2024\n01/03/2024;03/04/2024\n',
    type: 'DATE',
    cells: ['2024-02-01', '2024-04-03'],
    said: 'as the other columns',
  },
  {
    name: 'months in words',
    csv: rows('12 Jan 2024', '3 Feb 2024'),
    type: 'DATE',
    cells: ['2024-01-12', '2024-02-03'],
  },
  {
    name: 'months in words first',
    csv: rows('January 12, 2024', 'February 3, 2024'),
    type: 'DATE',
    cells: ['2024-01-12', '2024-02-03'],
  },
  {
    name: 'one offset',
    csv: rows('2024-07-01T00:15:00+02:00', '2024-07-02T00:15:00+02:00'),
    type: 'TIMESTAMP_NTZ(9)',
    cells: ['2024-07-01 00:15:00', '2024-07-02 00:15:00'],
    said: 'every value has the offset +02:00',
  },
  {
    name: 'several offsets',
    csv: rows('2024-03-01T23:30:00-08:00', '2024-03-02T12:00:00+09:00'),
    type: 'TIMESTAMP_TZ(9)',
    cells: ['2024-03-02 07:30:00+00:00', '2024-03-02 03:00:00+00:00'],
    said: 'days and hours are those of UTC',
  },
  {
    name: 'phone numbers',
    csv: rows('+4930123456', '+4930123457'),
    type: 'VARCHAR',
    cells: ['+4930123456', '+4930123457'],
  },
  {
    name: 'phone numbers in groups',
    csv: rows('555 123 456', '555 123 457'),
    type: 'VARCHAR',
    cells: ['555 123 456', '555 123 457'],
  },
  { name: 'codes with leading zeros', csv: rows('0012', '0013'), type: 'VARCHAR', cells: ['0012', '0013'] },
  { name: 'versions', csv: rows('1.2.24', '1.10.3'), type: 'VARCHAR', cells: ['1.2.24', '1.10.3'] },
]

describe('values of CSV files as people write them', () => {
  let connection: OpenWarehouse
  beforeAll(async () => {
    connection = await folders.open(folders.make(Object.fromEntries(cases.map(({ csv }, n) => [`t${n}.csv`, csv]))))
  })

  test.each(cases.map((one, index) => ({ ...one, index })))('$name', async ({ index, type, cells, said }) => {
    const { columns, rows } = await ask(connection, `SELECT v FROM t${index}`)
    expect(columns).toEqual([`V ${type}`])
    expect(rows).toEqual(cells.map((cell) => [cell]))
    const column = await columnOf(connection, `T${index}`, 'V')
    if (said !== undefined) expect(`${column?.reading} ${column?.looksLike}`).toContain(said)
    else if (type === 'VARCHAR') expect(column?.reading).toBeUndefined()
  })

  test('what goes without saying is not said', async () => {
    const quiet = await folders.open(folders.make({ 't.csv': 'n,d,t,x\n1,1.5,2024-01-02,a\n2,2.25,2024-01-03,b\n' }))
    const { tables, notices } = await quiet.catalog(never)
    expect(notices).toBeUndefined()
    expect(tables[0]?.notices).toBeUndefined()
    for (const column of tables[0]?.columns ?? []) {
      expect(column).not.toHaveProperty('reading')
      expect(column).not.toHaveProperty('looksLike')
    }
  })

  test('one word in row 30,001 is read as blank and said', async () => {
    const late = await folders.open(folders.make({ 't.csv': `v\n${'1.5\n'.repeat(30_000)}n/a\n` }))
    expect(await ask(late, 'SELECT SUM(v), COUNT(v), COUNT(*) FROM t')).toMatchObject({
      rows: [[45_000, 30_000, 30_001]],
    })
    expect((await columnOf(late, 'T', 'V'))?.reading).toBe('1 cell says that there is no value and is read as blank.')
  })

  test('units are told', async () => {
    const priced = await folders.open(folders.make({ 't.csv': 'price,margin\n"$1,200.50",12%\n$80.25,7.5%\n' }))
    expect(await columnOf(priced, 'T', 'PRICE')).toMatchObject({ unit: '$' })
    expect(await columnOf(priced, 'T', 'MARGIN')).toMatchObject({ unit: '%' })
  })
})
