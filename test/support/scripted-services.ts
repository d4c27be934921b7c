import { noModelLimits } from '../../src/contract/models.ts'
import type { TurnSummary } from '../../src/contract/api.ts'
import type { TurnEvent, TurnFact } from '../../src/contract/turn-event.ts'
import { makeSystemClock } from '../../src/adapters/node/node-system.ts'
import { makeAnswerTurn } from '../../src/core/ask/answer-turn.ts'
import type { EncodedEvent, Turns } from '../../src/core/ask/turns.ts'
import type { SavedConnections } from '../../src/core/connections/saved-connections.ts'
import type { Services } from '../../src/core/services.ts'

/** What a test lets the services do; whatever it leaves out fails when it is called. */
export interface Script extends Partial<Omit<Services, 'turns' | 'history' | 'connections'>> {
  readonly connections?: Partial<SavedConnections>
  readonly turns?: Partial<Turns>
  readonly history?: Partial<Services['history']>
}

const unscripted = (name: string) => () => Promise.reject(new Error(`the test did not script ${name}`))

/** Services that do what the test hands them and nothing else. */
export function scriptServices({ turns = {}, history = {}, connections = {}, ...rest }: Script = {}): Services {
  const scripted: Turns = {
    ask: unscripted('turns.ask'),
    events: () => playEvents([]),
    approve: unscripted('turns.approve'),
    edit: unscripted('turns.edit'),
    cancel: unscripted('turns.cancel'),
    close: () => Promise.resolve(),
    ...turns,
  }
  return {
    turns: scripted,
    answer: makeAnswerTurn({ turns: scripted, clock: makeSystemClock() }),
    history: {
      list: unscripted('history.list'),
      read: unscripted('history.read'),
      readTurn: unscripted('history.readTurn'),
      ...history,
    },
    comparisons: {
      compare: unscripted('comparisons.compare'),
      listComparable: unscripted('comparisons.listComparable'),
    },
    conversationNews: { tell: () => undefined, watch: () => () => undefined },
    check: unscripted('check'),
    explain: unscripted('explain'),
    evaluate: () => {
      throw new Error('the test did not script evaluate')
    },
    appInfo: unscripted('appInfo'),
    starters: unscripted('starters'),
    health: () => Promise.resolve([]),
    diagnose: unscripted('diagnose'),
    connections: scriptConnections(connections),
    catalog: {
      children: unscripted('catalog.children'),
      search: unscripted('catalog.search'),
      names: unscripted('catalog.names'),
      table: unscripted('catalog.table'),
      refresh: unscripted('catalog.refresh'),
    },
    connectionSetup: {
      options: () => {
        throw new Error('the test did not script connectionSetup.options')
      },
      preview: unscripted('connectionSetup.preview'),
      setupScript: () => {
        throw new Error('the test did not script connectionSetup.setupScript')
      },
    },
    conversations: {
      search: unscripted('conversations.search'),
      list: unscripted('conversations.list'),
      change: unscripted('conversations.change'),
      remove: unscripted('conversations.remove'),
      restore: unscripted('conversations.restore'),
      fork: unscripted('conversations.fork'),
      keepChart: unscripted('conversations.keepChart'),
      note: unscripted('conversations.note'),
    },
    results: {
      window: unscripted('results.window'),
      summary: unscripted('results.summary'),
      begin: () => undefined,
      end: () => Promise.resolve(),
    },
    exports: {
      make: unscripted('exports.make'),
      start: unscripted('exports.start'),
      read: unscripted('exports.read'),
      open: unscripted('exports.open'),
      remove: unscripted('exports.remove'),
      end: () => Promise.resolve(),
    },
    favorites: unscriptedFavorites,
    verified: { list: unscripted('verified.list'), export: unscripted('verified.export') },
    retention: { readUse: unscripted('retention.readUse') },
    secrets: { rotate: unscripted('secrets.rotate'), dropOldKeys: unscripted('secrets.dropOldKeys') },
    connectionShares: {
      sharedWith: () => Promise.resolve([]),
      read: unscripted('connectionShares.read'),
      overview: unscripted('connectionShares.overview'),
      list: unscripted('connectionShares.list'),
      put: unscripted('connectionShares.put'),
      remove: unscripted('connectionShares.remove'),
    },
    upkeep: {
      level: unscripted('upkeep.level'),
      migrate: unscripted('upkeep.migrate'),
      backup: unscripted('upkeep.backup'),
      restore: unscripted('upkeep.restore'),
    },
    people: unscriptedPeople,
    exportPerson: unscripted('exportPerson'),
    close: () => Promise.resolve(),
    ...rest,
  }
}

const unscriptedFavorites: Services['favorites'] = {
  list: unscripted('favorites.list'),
  make: unscripted('favorites.make'),
  open: unscripted('favorites.open'),
  change: unscripted('favorites.change'),
  remove: unscripted('favorites.remove'),
  restore: unscripted('favorites.restore'),
  duplicate: unscripted('favorites.duplicate'),
  run: unscripted('favorites.run'),
  compare: unscripted('favorites.compare'),
  keep: unscripted('favorites.keep'),
  share: unscripted('favorites.share'),
  unshare: unscripted('favorites.unshare'),
  listShared: unscripted('favorites.listShared'),
  verify: unscripted('favorites.verify'),
  unverify: unscripted('favorites.unverify'),
  listFolders: unscripted('favorites.listFolders'),
  makeFolder: unscripted('favorites.makeFolder'),
  changeFolder: unscripted('favorites.changeFolder'),
  removeFolder: unscripted('favorites.removeFolder'),
  restoreFolder: unscripted('favorites.restoreFolder'),
  watch: () => () => undefined,
}

const unscriptedPeople: Services['people'] = {
  signIn: null,
  sessions: {
    open: unscripted('sessions.open'),
    identify: unscripted('sessions.identify'),
    list: unscripted('sessions.list'),
    end: unscripted('sessions.end'),
    endAll: unscripted('sessions.endAll'),
    endAllOf: unscripted('sessions.endAllOf'),
    endSessionsOf: unscripted('sessions.endSessionsOf'),
    signOut: unscripted('sessions.signOut'),
    endToken: unscripted('sessions.endToken'),
    renew: unscripted('sessions.renew'),
    watch: () => () => undefined,
  },
  apps: {
    identify: unscripted('apps.identify'),
    list: unscripted('apps.list'),
    revoke: unscripted('apps.revoke'),
    withdraw: unscripted('apps.withdraw'),
  },
  tokens: { list: unscripted('tokens.list'), make: unscripted('tokens.make'), end: unscripted('tokens.end') },
  directory: {
    me: unscripted('directory.me'),
    rename: unscripted('directory.rename'),
    leave: unscripted('directory.leave'),
    list: unscripted('directory.list'),
    invite: unscripted('directory.invite'),
    change: unscripted('directory.change'),
    endSessions: unscripted('directory.endSessions'),
    find: unscripted('directory.find'),
    remove: unscripted('directory.remove'),
  },
  feedback: {
    mine: unscripted('feedback.mine'),
    ofConversation: unscripted('feedback.ofConversation'),
    give: unscripted('feedback.give'),
    withdraw: unscripted('feedback.withdraw'),
    list: unscripted('feedback.list'),
  },
  models: {
    read: () => Promise.resolve({ providers: [], keys: [], limits: noModelLimits, prices: [], operatorPrices: [] }),
    test: unscripted('models.test'),
    put: unscripted('models.put'),
    remove: unscripted('models.remove'),
    restore: unscripted('models.restore'),
    change: unscripted('models.change'),
  },
  shares: {
    make: unscripted('shares.make'),
    list: unscripted('shares.list'),
    end: unscripted('shares.end'),
    open: unscripted('shares.open'),
  },
  budgets: {
    usage: unscripted('budgets.usage'),
    modelUsage: unscripted('budgets.modelUsage'),
    list: unscripted('budgets.list'),
    put: unscripted('budgets.put'),
    remove: unscripted('budgets.remove'),
  },
  groups: {
    mine: unscripted('groups.mine'),
    list: unscripted('groups.list'),
    make: unscripted('groups.make'),
    rename: unscripted('groups.rename'),
    remove: unscripted('groups.remove'),
    addMember: unscripted('groups.addMember'),
    removeMember: unscripted('groups.removeMember'),
  },
  audit: { note: unscripted('audit.note'), list: unscripted('audit.list'), export: unscripted('audit.export') },
  preferences: {
    read: unscripted('preferences.read'),
    change: unscripted('preferences.change'),
    watch: () => () => undefined,
  },
}

const scriptConnections = (scripted: Partial<SavedConnections>): SavedConnections => ({
  list: () => Promise.resolve([]),
  read: unscripted('connections.read'),
  find: unscripted('connections.find'),
  add: unscripted('connections.add'),
  update: unscripted('connections.update'),
  remove: unscripted('connections.remove'),
  setAside: unscripted('connections.setAside'),
  restore: unscripted('connections.restore'),
  places: unscripted('connections.places'),
  policy: unscripted('connections.policy'),
  test: unscripted('connections.test'),
  catalog: unscripted('connections.catalog'),
  refreshCatalog: unscripted('connections.refreshCatalog'),
  startSignIn: unscripted('connections.startSignIn'),
  finishSignIn: unscripted('connections.finishSignIn'),
  ...scripted,
})

export const someTurnId = '0f9d6a54-2f6b-4a0e-8a44-5f4b8c0d1e2f'
export const otherTurnId = '6d0e3c1a-9b7f-4c55-9a3e-2b1c0d9e8f70'
export const someConversationId = '9a1b2c3d-4e5f-4a6b-8c7d-0e1f2a3b4c5d'
const at = '2026-11-22T12:00:00.000Z'

/** Numbers facts as the events of one turn. */
export const eventsOf = (facts: readonly TurnFact[], turnId = someTurnId): readonly TurnEvent[] =>
  facts.map((fact, index) => ({ turnId, seq: index + 1, at, ...fact }))

/** The same, encoded as the doors get them. */
export const encodeFacts = (facts: readonly TurnFact[], turnId = someTurnId): readonly EncodedEvent[] =>
  eventsOf(facts, turnId).map((event) => ({ seq: event.seq, kind: event.kind, json: JSON.stringify(event) }))

/** Plays events after `afterSeq`, then ends; with `until` it stays open until that signal is aborted. */
export async function* playEvents(
  events: readonly EncodedEvent[],
  afterSeq = 0,
  until: AbortSignal | null = null,
): AsyncGenerator<EncodedEvent> {
  for (const event of events) if (event.seq > afterSeq && until?.aborted !== true) yield event
  if (until !== null && !until.aborted) await new Promise((resolve) => until.addEventListener('abort', resolve))
}

/** A turn that answers "How many orders?" with two rows. */
export const answeredFacts: readonly TurnFact[] = [
  {
    kind: 'turn.started',
    conversationId: someConversationId,
    question: 'How many orders?',
    connection: 'sample',
    writer: 'offline',
  },
  { kind: 'step', name: 'understand', state: 'done', fact: null },
  { kind: 'step', name: 'find-tables', state: 'done', fact: 'ORDERS' },
  {
    kind: 'query.proposed',
    sql: 'SELECT O_ORDERSTATUS, COUNT(*) AS N FROM ORDERS GROUP BY 1',
    digest: 'ab'.repeat(32),
    tables: [{ database: 'SNOWFLAKE_SAMPLE_DATA', schema: 'TPCH_SF1', name: 'ORDERS' }],
    interpretation: 'The number of orders for each status.',
    explanation: null,
    assumptions: ['All periods are counted.'],
    estimate: { rows: 75_000, bytes: null },
    edited: false,
  },
  { kind: 'query.approved', digest: 'ab'.repeat(32), by: 'auto' },
  {
    kind: 'result.columns',
    columns: [
      { name: 'O_ORDERSTATUS', type: 'VARCHAR(1)', kind: 'text', scale: null },
      { name: 'N', type: 'NUMBER(18,0)', kind: 'number', scale: 0 },
    ],
  },
  {
    kind: 'result.rows',
    rows: [
      ['F', 36_500],
      ['O', '12345678901234567890'],
    ],
  },
  { kind: 'result.done', rowCount: 2, truncated: false, elapsedMs: 3, bytes: 40 },
  { kind: 'answer.delta', text: 'F has 36,500 orders.' },
  { kind: 'turn.done' },
]

export const someTurn: TurnSummary = {
  id: someTurnId,
  conversationId: someConversationId,
  question: 'How many orders?',
  connection: 'sample',
  writer: 'offline',
  state: 'done',
  lastSeq: answeredFacts.length,
  createdAt: at,
}
