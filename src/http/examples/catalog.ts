import type { OperationExample } from './things.ts'

const age = { state: 'complete', readAt: null, note: null, version: '1x3fk2a0bq9' }
const [database, schema, name] = ['SNOWFLAKE_SAMPLE_DATA', 'TPCH_SF1', 'ORDERS']
const id = `${database}.${schema}.${name}`
const comment = 'One row for each order of a customer'

export const catalogExamples: Readonly<Record<string, OperationExample>> = {
  'sql.check': {
    body: { connection: 'sample', sql: 'SELECT O_TOTAL FROM ORDERS' },
    answer: {
      problem: {
        code: 'sql_refused',
        message: 'There is no column O_TOTAL in ORDERS. The nearest: O_TOTALPRICE.',
        action: 'Use a column that the table has.',
        whoseTurn: 'person',
        details: ['code: unknown_column'],
        span: { start: 7, end: 14 },
      },
    },
  },
  'catalog.children': {
    answer: {
      age,
      nodes: [{ id, kind: 'table', name, comment, count: 9, rowCount: 1_500_000 }],
      total: 8,
      nextCursor: name,
    },
  },
  'catalog.search': {
    answer: {
      age,
      hits: [
        {
          id,
          kind: 'table',
          name,
          fullName: id,
          table: null,
          comment,
          type: null,
          members: 1,
          matched: { field: 'name', rank: 'exact', ranges: [[0, 6]] },
        },
      ],
      total: 4,
      nextCursor: '1',
    },
  },
  'catalog.names': {
    answer: {
      age,
      schemas: [
        { database, schema, names: ['EVENTS_#', name], kinds: 'ft', comments: ['', comment], members: [365, 1] },
      ],
      tables: 366,
    },
  },
  'catalog.table': {
    answer: {
      age,
      id,
      kind: 'table',
      database,
      schema,
      name,
      fullName: id,
      comment,
      columns: [
        {
          name: 'O_ORDERSTATUS',
          type: 'VARCHAR(1)',
          nullable: false,
          comment: null,
          key: null,
          samples: ['F', 'O', 'P'],
          samplesComplete: true,
          reading: null,
        },
      ],
      primaryKey: ['O_ORDERKEY'],
      rowCount: 1_500_000,
      bytes: null,
      family: null,
      joins: [
        {
          table: `${database}.${schema}.CUSTOMER`,
          name: 'CUSTOMER',
          columns: ['O_CUSTKEY'],
          otherColumns: ['C_CUSTKEY'],
          direction: 'to_one',
          declared: true,
        },
      ],
      notices: [],
      questions: ['How many orders are there for each order status?'],
      favorites: [{ id: '3f2c8a54-6a0b-4f0e-9a53-0c2f8f6e1d77', title: 'Open orders of the week' }],
    },
  },
}
