/** An example of one operation: what is sent, where something is, and what is answered. */
export interface OperationExample {
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
} as const

/** Examples of parameters, by their name. */
export const parameterExamples: Readonly<Record<string, unknown>> = {
  ...ids,
  grantId: 'l1cVdZyWcK3sXk0uPqQ7bN4mR8tY2aE6',
  connection: 'sample',
  limit: 30,
  afterSeq: 0,
  'Last-Event-ID': 12,
  q: 'ada@example.com',
  cursor: '4821',
  format: 'csv',
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
