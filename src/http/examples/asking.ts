import { conversation, done, ids, morning, turn, type OperationExample } from './things.ts'

export const askingExamples: Readonly<Record<string, OperationExample>> = {
  app: {
    answer: {
      version: '0.1.0',
      connections: [
        {
          ref: 'sample',
          label: 'Sample',
          engine: 'DuckDB, a sample of made-up data',
          warning: null,
          saved: null,
          state: { answeredAt: morning, failedAt: null, failure: null },
        },
      ],
      connectionsProblem: null,
      writers: [{ id: 'offline', label: 'The built-in interpreter' }],
      defaultWriter: 'offline',
      starters: ['How many orders are there per order status?'],
    },
  },
  starters: { answer: ['How many orders are there per order status?', 'Total account balance by nation'] },
  'conversations.read': { answer: { conversation, turns: [turn] } },
  'turns.ask': { body: { question: 'How many orders were there in 1997?', connection: 'sample', autoRun: true } },
  'turns.follow': {},
  'turns.events': {
    answer: {
      turn,
      events: [{ kind: 'answer.delta', turnId: ids.turnId, seq: 12, at: morning, text: 'There were 22,704 orders.' }],
    },
  },
  'turns.approve': { body: { digest: 'f0'.repeat(32) }, ...done },
  'turns.edit': { body: { sql: 'SELECT COUNT(*) AS ORDERS FROM ORDERS' }, ...done },
  'turns.cancel': done,
  socket: {},
}
