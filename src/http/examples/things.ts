/** An example of one operation: what is sent, where something is, and what is answered. */
export interface OperationExample {
  /** Parameters that mean something else here than in other operations. */
  readonly parameters?: Readonly<Record<string, unknown>>
  readonly body?: unknown
  /** Left out for operations that answer with streams and files. */
  readonly answer?: unknown
}

export const ids = {
  conversationId: '7f8f1a52-6f5e-4a1c-9d0e-1b2c3d4e5f60',
  turnId: '2d1c0b9a-8f7e-4d6c-8b5a-49382716a5b4',
  connectionId: '9a7b6c5d-4e3f-4a2b-8c1d-0e9f8a7b6c5d',
  sessionId: '1f2e3d4c-5b6a-4978-8695-a4b3c2d1e0f1',
  tokenId: '3c4d5e6f-7a8b-4c9d-8e0f-1a2b3c4d5e6f',
  personId: '5e6f7a8b-9c0d-4e1f-8a2b-3c4d5e6f7a8b',
  groupId: '8b9c0d1e-2f3a-4b4c-8d5e-6f7a8b9c0d1e',
  budgetId: '4d5e6f7a-8b9c-4d0e-8f1a-2b3c4d5e6f7a',
  shareId: '0d1e2f3a-4b5c-4d6e-8f7a-8b9c0d1e2f3a',
  favoriteId: '6a5b4c3d-2e1f-4a0b-8c9d-7e6f5a4b3c2d',
  folderId: '7b6c5d4e-3f2a-4b1c-8d0e-9f8a7b6c5d4e',
  exportId: '8c7d6e5f-4a3b-4c2d-8e1f-0a9b8c7d6e5f',
} as const

/** Examples of parameters, by their name. */
export const parameterExamples: Readonly<Record<string, unknown>> = {
  ...ids,
  grantId: 'l1cVdZyWcK3sXk0uPqQ7bN4mR8tY2aE6',
  connection: 'sample',
  parent: 'SNOWFLAKE_SAMPLE_DATA.TPCH_SF1',
  kinds: 'table,view',
  name: 'SNOWFLAKE_SAMPLE_DATA.TPCH_SF1.ORDERS',
  version: '1x3fk2a0bq9',
  limit: 30,
  afterSeq: 0,
  'Last-Event-ID': 12,
  q: 'ada@example.com',
  cursor: '4821',
  format: 'csv',
  state: 'done',
  from: '2026-11-01',
  to: '2026-11-30',
  favorite: 'any',
  archived: 'false',
  provider: 'anthropic',
  days: 31,
  month: '2026-11',
  folder: 'none',
  tag: 'weekly',
  view: 'all',
  separator: 'semicolon',
  decimalMark: 'comma',
  bom: 'true',
  again: 'false',
  sort: '0.descending',
  filter: '[]',
  search: '',
  columns: '1,0',
}

export const [morning, noon, later] = [
  '2026-11-02T08:15:00.000Z',
  '2026-11-02T12:00:00.000Z',
  '2026-12-02T08:15:00.000Z',
]
export const done = { answer: { ok: true } }

export const conversation = {
  id: ids.conversationId,
  title: 'How many orders were there in 1997?',
  createdAt: morning,
  updatedAt: noon,
}
export const turn = {
  id: ids.turnId,
  conversationId: ids.conversationId,
  question: 'How many orders were there in 1997?',
  connection: 'sample',
  writer: 'offline',
  state: 'done',
  lastSeq: 14,
  createdAt: morning,
  follows: null,
}

/** Which of the rows that differ are asked for. */
export const comparisonParameters = { from: 0, count: 200, kind: 'changed', by: 0, with: ids.shareId }

const number = (value: string) => ({ value, form: 'number', role: 'total', column: null })

/** Two results of one row each, side by side. */
export const changes = {
  summary: [
    { text: 'The number of orders rose from ' },
    number('227597'),
    { text: ' to ' },
    number('227610'),
    { text: '.' },
  ],
  columns: [{ name: 'NUMBER_OF_ORDERS', type: 'NUMBER(18,0)', kind: 'number', scale: 0, role: 'measure', unit: null }],
  addedColumns: [],
  removedColumns: [],
  pairing: 'only-row',
  key: [],
  period: null,
  added: 0,
  removed: 0,
  changed: 1,
  same: 0,
  rows: [
    {
      kind: 'changed',
      before: [227_597],
      after: [227_610],
      changes: [{ difference: '13', percent: 0.005_711_851_7 }],
    },
  ],
  found: 1,
  from: 0,
  totals: [],
  before: { rows: 1, rowCount: 1, hasMore: false },
  after: { rows: 1, rowCount: 1, hasMore: false },
  notes: [],
}
