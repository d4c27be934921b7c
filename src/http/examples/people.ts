import { conversation, done, ids, later, morning, noon, turn, type OperationExample } from './things.ts'

const preferences = {
  output: 'table',
  autoRun: { maxBytes: 10_000_000_000 },
  rowLimit: 1_000,
  timeZone: 'Europe/Berlin',
  numberFormat: null,
  dateFormat: 'iso',
  connection: null,
  writer: null,
  version: 1,
  changedAt: { output: noon, autoRun: noon, rowLimit: noon, timeZone: noon, dateFormat: noon },
}
const me = { id: ids.personId, name: 'Ada Example', email: 'ada@example.com', role: 'admin', isLocal: false }
const person = {
  id: ids.personId,
  name: 'Ben Example',
  email: 'ben@example.com',
  role: 'member',
  isDisabled: false,
  isInvited: false,
  createdAt: morning,
  lastSeenAt: noon,
}
const token = {
  id: ids.tokenId,
  name: 'Nightly report',
  scopes: ['ask'],
  createdAt: morning,
  expiresAt: later,
  lastUsedAt: null,
}
const group = {
  id: ids.groupId,
  name: 'Analysts',
  createdAt: morning,
  members: [{ personId: ids.personId, name: 'Ben Example', email: 'ben@example.com', source: 'manual' }],
}
const audience = { kind: 'group', groupId: ids.groupId }
const share = {
  id: ids.shareId,
  conversationId: ids.conversationId,
  turnId: null,
  title: conversation.title,
  audience: { ...audience, name: 'Analysts' },
  withRows: false,
  createdAt: noon,
}
const stored = { id: ids.conversationId, title: conversation.title, updatedAt: noon, bytes: 48_210 }

const daily = { bytesPerDay: 50_000_000_000, tokensPerDay: null }
const budget = {
  id: ids.budgetId,
  subject: { kind: 'group', groupId: ids.groupId },
  name: 'Analysts',
  ...daily,
  bytesToday: 1_500_000_000,
  tokensToday: 9_200,
}

export const peopleExamples: Readonly<Record<string, OperationExample>> = {
  'me.read': { answer: me },
  'me.update': { body: { name: 'Ada Example' }, answer: me },
  'me.remove': { body: { confirm: 'ada@example.com' }, ...done },
  'me.preferences': { answer: preferences },
  'me.changePreferences': { body: { output: 'table', rowLimit: 1_000, numberFormat: null }, answer: preferences },
  'me.storage': {
    answer: {
      bytes: 34_180_422,
      keptBytes: 48_210,
      limitBytes: 2_048_000_000,
      conversationDays: 365,
      kept: [{ ...stored, leavesAt: null }],
      leaving: [],
    },
  },
  'me.sessions': {
    answer: [
      {
        id: ids.sessionId,
        device: 'Firefox on Linux',
        createdAt: morning,
        lastUsedAt: noon,
        expiresAt: later,
        isCurrent: true,
      },
    ],
  },
  'me.endSessions': done,
  'me.endSession': done,
  'me.tokens': { answer: [token] },
  'me.makeToken': {
    body: { name: 'Nightly report', scopes: ['ask'], days: 30 },
    answer: { ...token, token: 'floe_…' },
  },
  'me.endToken': done,
  'me.apps': {
    answer: [
      {
        id: 'l1cVdZyWcK3sXk0uPqQ7bN4mR8tY2aE6',
        name: 'Assistant',
        host: 'assistant.example.com',
        publisher: 'assistant.example.com',
        scopes: ['ask'],
        connectedAt: morning,
        lastUsedAt: noon,
      },
    ],
  },
  'me.endApp': done,
  'people.list': { answer: [person] },
  'people.invite': {
    body: { email: 'ben@example.com', role: 'member' },
    answer: { ...person, isInvited: true, lastSeenAt: null },
  },
  'people.change': { body: { role: 'viewer' }, answer: { ...person, role: 'viewer' } },
  audit: {
    answer: {
      entries: [
        {
          cursor: '4820',
          at: noon,
          person: { id: ids.personId, name: 'Ada Example', email: 'ada@example.com' },
          door: 'page',
          action: 'query.run',
          facts: { turn: ids.turnId, connection: 'sample', by: 'person', outcome: 'done', rows: 1, bytes: 9 },
        },
      ],
      next: '4820',
    },
  },
  'audit.export': {},
  usage: {
    answer: {
      day: '2026-11-02',
      resetsAt: '2026-11-03T00:00:00.000Z',
      queries: 4,
      bytes: 1_500_000_000,
      tokens: 9_200,
      budgets: [{ kind: 'everyone', group: null, ...daily, bytes: 1_500_000_000, tokens: 9_200 }],
    },
  },
  'budgets.list': { answer: [budget] },
  'budgets.put': { body: { subject: budget.subject, ...daily }, answer: budget },
  'budgets.remove': done,
  'groups.mine': { answer: [{ id: ids.groupId, name: 'Analysts' }] },
  'groups.list': { answer: [group] },
  'groups.make': { body: { name: 'Analysts' }, answer: { ...group, members: [] } },
  'groups.rename': { body: { name: 'Analysts' }, answer: group },
  'groups.remove': done,
  'groups.addMember': { answer: group },
  'groups.removeMember': { answer: { ...group, members: [] } },
  'shares.list': { answer: [share] },
  'shares.make': { body: { conversationId: ids.conversationId, audience, withRows: false }, answer: share },
  'shares.read': {
    answer: {
      share: {
        id: ids.shareId,
        title: conversation.title,
        owner: { name: 'Ada Example' },
        isMine: false,
        withRows: false,
        createdAt: noon,
      },
      turns: [
        {
          turn: {
            id: ids.turnId,
            question: turn.question,
            connection: 'sample',
            writer: 'offline',
            createdAt: morning,
          },
          events: [{ kind: 'turn.done', turnId: ids.turnId, seq: 1, at: morning }],
        },
      ],
    },
  },
  'shares.end': done,
}
