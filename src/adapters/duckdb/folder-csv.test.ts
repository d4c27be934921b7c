import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Cell } from '../../contract/result.ts'
import type { OpenWarehouse } from '../../core/ports/connections.ts'
import { ask, makeFolderBench, never } from './folder-bench.test-support.ts'

const folders = makeFolderBench()
afterAll(() => folders.close())

describe('values of CSV files', () => {
  const values: readonly (readonly [string, string, string, readonly Cell[]])[] = [
    ['whole numbers', '1|-5|', 'NUMBER(38,0)', [1, -5, null]],
    ['38 digits', '12345678901234567890123456789012345678', 'NUMBER(38,0)', ['12345678901234567890123456789012345678']],
    [
      '39 digits stay text',
      '123456789012345678901234567890123456789',
      'VARCHAR',
      ['123456789012345678901234567890123456789'],
    ],
    ['decimals keep their scale', '1.5|-20.125|3', 'NUMBER(9,3)', [1.5, -20.125, 3]],
    ['exponents', '1e3|2.5', 'FLOAT', [1000, 2.5]],
    ['not numbers', 'NaN|-inf|1', 'FLOAT', ['NaN', '-Infinity', 1]],
    ['leading zeros are names', '007|123', 'VARCHAR', ['007', '123']],
    ['blanks around numbers', ' 1 |2', 'NUMBER(38,0)', [1, 2]],
    ['true and false', 'true|FALSE', 'BOOLEAN', [true, false]],
    ['days', '2024-02-29|1999-01-01', 'DATE', ['2024-02-29', '1999-01-01']],
    ['a day that is none', '2024-02-30|2024-01-01', 'VARCHAR', ['2024-02-30', '2024-01-01']],
    ['American days', '02/28/2024|01/05/2024', 'DATE', ['2024-02-28', '2024-01-05']],
    ['European days', '28/02/2024|01/05/2024', 'DATE', ['2024-02-28', '2024-05-01']],
    ['days that could be either stay text', '01/02/2024|03/04/2024', 'VARCHAR', ['01/02/2024', '03/04/2024']],
    ['times of day', '10:30|23:59:59.5', 'TIME(9)', ['10:30:00', '23:59:59.5']],
    [
      'moments',
      '2024-01-02 03:04:05.123456|2024-01-02T03:04',
      'TIMESTAMP_NTZ(9)',
      ['2024-01-02 03:04:05.123456', '2024-01-02 03:04:00'],
    ],
    [
      'moments to the nanosecond',
      '2024-01-02 03:04:05.123456789',
      'TIMESTAMP_NTZ(9)',
      ['2024-01-02 03:04:05.123456789'],
    ],
    [
      'instants',
      '2024-01-02T03:04:05Z|2024-01-02 03:04:05+02:00',
      'TIMESTAMP_TZ(9)',
      ['2024-01-02 03:04:05+00:00', '2024-01-02 01:04:05+00:00'],
    ],
    ['mixtures', '1|x', 'VARCHAR', ['1', 'x']],
    ['nothing at all', '|', 'VARCHAR', [null, null]],
    ['blanks in text stay', ' x ', 'VARCHAR', [' x ']],
  ]
  let connection: OpenWarehouse
  beforeAll(async () => {
    const files = values.map(([, list], index) => {
      const lines = list.split('|').map((value, row) => `${row},${value}`)
      return [`v${index}.csv`, `i,v\n${lines.join('\n')}\n`] as const
    })
    connection = await folders.open(folders.make(Object.fromEntries(files)))
  })

  test.each(values.map(([name, , type, cells], index) => [name, index, type, cells] as const))(
    '%s',
    async (_, index, type, cells) => {
      expect(await ask(connection, `SELECT v FROM v${index} ORDER BY i`)).toEqual({
        columns: [`V ${type}`],
        rows: cells.map((cell) => [cell]),
      })
    },
  )

  test('a value late in the file decides too', async () => {
    const lines = Array.from({ length: 30_000 }, (_, n) => String(n))
    const connection = await folders.open(
      folders.make({ 't.csv': `v\n${lines.join('\n')}\n0.5\n`, 'u.csv': `v\n${lines.join('\n')}\nx\n` }),
    )
    expect(await ask(connection, 'SELECT MAX(v), COUNT(*) FROM t')).toMatchObject({ rows: [[29_999, 30_001]] })
    expect((await ask(connection, "SELECT v FROM u WHERE v = 'x'")).columns).toEqual(['V VARCHAR'])
  })
})

describe('shapes of CSV files', () => {
  const shapes: readonly (readonly [string, string, readonly string[], number])[] = [
    ['no header', '1,2\n3,4\n', ['COLUMN_1', 'COLUMN_2'], 2],
    ['a header alone', 'a,b\n', ['A', 'B'], 0],
    ['semicolons', 'a;b\n"1,5";x\n', ['A', 'B'], 1],
    ['bars', 'a|b\n1|2\n', ['A', 'B'], 1],
    ['a byte order mark and Windows lines', '\uFEFFa,b\r\n1,2\r\n', ['A', 'B'], 1],
    ['lines within quotes', 'a,b\n"x\ny",2\n', ['A', 'B'], 1],
    ['empty lines', 'a,b\n1,2\n\n3,4\n', ['A', 'B'], 2],
    ['no line end at the end', 'a,b\n1,2', ['A', 'B'], 1],
    ['names left out or odd', 'a,,"b\nc"\n1,2,3\n', ['A', 'COLUMN_2', 'b c'], 1],
    ['one column of words', 'name\nbo\nal\n', ['NAME'], 2],
  ]
  test('are recognised', async () => {
    const files = shapes.map(([, content], index) => [`s${index}.csv`, content] as const)
    const connection = await folders.open(folders.make(Object.fromEntries(files)))
    const { tables } = await connection.catalog(never)
    const found = shapes.map(([name], index) => {
      const table = tables.find((table) => table.name === `S${index}`)
      return [name, table?.columns.map((column) => column.name), table?.rowCount]
    })
    expect(found).toEqual(shapes.map(([name, , names, rows]) => [name, names, rows]))
  })
})

describe('values of JSON lines', () => {
  test('numbers keep their digits, whatever their size', async () => {
    const lines = [
      '{"big":12345678901234567890123,"price":1.10,"x":1e3,"a b":"q","n":{"deep":1.5},"mixed":1,"gone":null}',
      '{"big":2,"price":null,"x":2.5,"mixed":"text"}',
    ]
    const connection = await folders.open(folders.make({ 't.jsonl': `${lines.join('\n')}\n` }))
    expect(await ask(connection, 'SELECT * FROM t ORDER BY x')).toEqual({
      columns: [
        'BIG NUMBER(38,0)',
        'PRICE NUMBER(9,1)',
        'X NUMBER(9,1)',
        'a b VARCHAR',
        'N OBJECT',
        'MIXED VARIANT',
        'GONE VARIANT',
      ],
      rows: [
        [2, null, 2.5, null, null, '"text"', null],
        ['12345678901234567890123', 1.1, 1000, 'q', '{"deep":1.5}', '1', null],
      ],
    })
  })

  test('keys that differ only in case are two columns', async () => {
    const connection = await folders.open(folders.make({ 't.jsonl': '{"a":1,"A":2.5}\n' }))
    expect(await ask(connection, 'SELECT * FROM t')).toMatchObject({ rows: [[1, 2.5]] })
  })

  test('decimals keep every digit', async () => {
    const connection = await folders.open(
      folders.make({
        't.jsonl': [
          '{"id":1,"amount":12345678901234567.89,"note":"x 1.5","deep":{"amount":98765432109876543.21},"big":9007199254740993}',
          '{"id":2,"amount":0.10,"note":null,"deep":null,"big":1}',
          '',
        ].join('\n'),
      }),
    )
    expect(await ask(connection, 'SELECT * FROM t ORDER BY id')).toEqual({
      columns: ['ID NUMBER(38,0)', 'AMOUNT NUMBER(19,2)', 'NOTE VARCHAR', 'DEEP OBJECT', 'BIG NUMBER(38,0)'],
      rows: [
        [1, '12345678901234567.89', 'x 1.5', '{"amount":"98765432109876543.21"}', '9007199254740993'],
        [2, 0.1, null, null, 1],
      ],
    })
    expect(await ask(connection, 'SELECT SUM(amount) FROM t')).toMatchObject({ rows: [['12345678901234567.99']] })
    expect((await connection.catalog(never)).tables[0]?.notices?.[0]).toContain('kept as text')
  })

  test('a list of objects keeps them too', async () => {
    const connection = await folders.open(folders.make({ 't.json': '[{"a":12345678901234567.89},\n {"a":1}]' }))
    expect(await ask(connection, 'SELECT a FROM t ORDER BY a')).toMatchObject({ rows: [[1], ['12345678901234567.89']] })
  })

  test('text in quotes that says money or days is read, whole numbers in quotes are names', async () => {
    const connection = await folders.open(
      folders.make({
        't.jsonl':
          '{"code":"12","price":"$1,200.50","at":"2024-07-01T00:15:00+02:00","id":"b9c2d184-818e-4952-af4f-ef4a0c33fa5f"}\n',
      }),
    )
    expect(await ask(connection, 'SELECT * FROM t')).toEqual({
      columns: ['CODE VARCHAR', 'PRICE NUMBER(9,2)', 'AT TIMESTAMP_NTZ(9)', 'ID VARCHAR'],
      rows: [['12', 1200.5, '2024-07-01 00:15:00', 'b9c2d184-818e-4952-af4f-ef4a0c33fa5f']],
    })
  })
})
