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
  colorScheme: null,
  language: 'de',
  welcome: { sample: 'done', connection: 'skipped' },
  keepRunningMinutes: null,
  notifications: true,
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
const feedback = {
  turnId: ids.turnId,
  verdict: 'down',
  reasons: ['wrong_numbers'],
  comment: 'Returned orders should not count.',
  updatedAt: noon,
}
const feedbackEntry = {
  ...feedback,
  cursor: '17',
  person: { id: ids.personId, name: 'Ben Example', email: 'ben@example.com' },
  question: turn.question,
  sql: 'SELECT COUNT(*) FROM ORDERS',
  connection: turn.connection,
  writer: turn.writer,
}
const stored = { id: ids.conversationId, title: conversation.title, updatedAt: noon, bytes: 48_210 }

const daily = { bytesPerDay: 50_000_000_000, tokensPerDay: null }
const modelKey = {
  provider: 'anthropic',
  lastFour: 'x7Qz',
  baseUrl: null,
  model: 'claude-sonnet-4-5',
  writer: 'anthropic:claude-sonnet-4-5',
  keyedAt: noon,
  refusal: null,
}
const modelSettings = {
  limits: { tokensPerDay: 200_000, tokensPerMonth: null, dollarsPerDay: null, dollarsPerMonth: 20 },
  prices: [{ model: 'anthropic:claude-sonnet-4-5', inputPerMillion: 3, outputPerMillion: 15 }],
}
const offer = { refusal: null, addresses: [], allowsLoopback: false, allowsPublic: false }
const modelsState = {
  providers: [
    { ...offer, provider: 'google' },
    { ...offer, provider: 'anthropic' },
    { ...offer, provider: 'openai-compatible', addresses: ['https://api.openai.com/v1'] },
  ],
  keys: [modelKey],
  ...modelSettings,
  operatorPrices: [],
}
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
      favoriteBytes: 12_400,
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
  'people.endSessions': done,
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
      models: [
        {
          day: '2026-11-02',
          model: 'anthropic:claude-sonnet-4-5',
          isOwnKey: true,
          questions: 2,
          inputTokens: 8_000,
          outputTokens: 1_200,
          tokens: 9_200,
          dollars: 0.042,
        },
      ],
      own: {
        limits: modelSettings.limits,
        tokensToday: 9_200,
        tokensThisMonth: 9_200,
        dollarsToday: 0.042,
        dollarsThisMonth: 0.042,
        unpriced: [],
      },
    },
  },
  modelUsage: {
    answer: {
      month: '2026-11',
      uses: [
        {
          personId: ids.personId,
          name: 'Ben Example',
          email: 'ben@example.com',
          model: 'anthropic:claude-sonnet-4-5',
          isOwnKey: false,
          questions: 12,
          inputTokens: 30_400,
          outputTokens: 3_100,
          tokens: 33_500,
          dollars: 0.1377,
        },
      ],
    },
  },
  'budgets.list': { answer: [budget] },
  'budgets.put': { body: { subject: budget.subject, ...daily }, answer: budget },
  'budgets.remove': done,
  'models.read': { answer: modelsState },
  'models.put': { body: { provider: 'anthropic', key: 'sk-ant-…' }, answer: modelKey },
  'models.change': { body: modelSettings, answer: modelsState },
  'models.test': {
    body: { provider: 'anthropic', key: 'sk-ant-…' },
    answer: {
      provider: 'anthropic',
      models: [{ id: 'claude-sonnet-4-5', label: 'Claude Sonnet 4.5' }],
      model: 'claude-sonnet-4-5',
      elapsedMs: 412,
    },
  },
  'models.remove': done,
  'models.restore': { answer: modelKey },
  'groups.mine': { answer: [{ id: ids.groupId, name: 'Analysts' }] },
  'groups.list': { answer: [group] },
  'groups.make': { body: { name: 'Analysts' }, answer: { ...group, members: [] } },
  'groups.rename': { body: { name: 'Analysts' }, answer: group },
  'groups.remove': done,
  'groups.addMember': { answer: group },
  'groups.removeMember': { answer: { ...group, members: [] } },
  'feedback.ofConversation': { answer: [feedback] },
  'feedback.give': {
    body: { verdict: 'down', reasons: ['wrong_numbers'], comment: feedback.comment },
    answer: feedback,
  },
  'feedback.withdraw': done,
  'feedback.list': { answer: { entries: [feedbackEntry], next: null } },
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
