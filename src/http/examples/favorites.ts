import { changes, comparisonParameters, done, ids, morning, noon, turn, type OperationExample } from './things.ts'

const sql = 'SELECT COUNT(*) AS NUMBER_OF_ORDERS FROM ORDERS WHERE O_ORDERDATE >= :since'
const summary = {
  id: ids.favoriteId,
  folderId: ids.folderId,
  position: 1.5,
  title: 'Orders since a day',
  question: turn.question,
  connection: 'sample',
  tags: ['weekly'],
  tables: [{ database: 'SNOWFLAKE_SAMPLE_DATA', schema: 'TPCH_SF1', name: 'ORDERS' }],
  isVerified: true,
  isShared: true,
  turnId: ids.turnId,
  createdAt: morning,
  updatedAt: noon,
  revision: 4,
}
const verified = {
  favoriteId: ids.favoriteId,
  question: turn.question,
  sql: "SELECT COUNT(*) AS NUMBER_OF_ORDERS FROM ORDERS WHERE O_ORDERDATE >= '1997-01-01'::DATE",
  connection: 'sample',
  by: { name: 'Ada Example', isMe: true },
  at: noon,
}
const parameters = [{ name: 'since', kind: 'date', label: 'Since', default: '1997-01-01', options: [] }]
const favorite = {
  ...summary,
  sql,
  writer: 'offline',
  note: 'For the meeting on Mondays.',
  parameters,
  result: { at: morning, keptRows: 1, rowCount: 1, sql },
  verified,
  owner: null,
  shares: [{ groupId: ids.groupId, groupName: 'Analysts', withRows: false }],
  runs: [
    { turnId: ids.turnId, conversationId: ids.conversationId, at: noon, values: { since: '1997-02-01' }, rowCount: 1 },
  ],
}
const folder = { id: ids.folderId, parentId: null, name: 'Weekly', position: 0, revision: 1 }

export const favoriteExamples: Readonly<Record<string, OperationExample>> = {
  'favorites.list': { answer: { favorites: [summary], next: null } },
  'favorites.make': { body: { turnId: ids.turnId, folderId: ids.folderId, tags: ['weekly'] }, answer: favorite },
  'favorites.read': {
    answer: { favorite, events: [{ kind: 'turn.done', turnId: ids.turnId, seq: 1, at: morning }] },
  },
  'favorites.change': {
    body: { title: 'Orders since a day', place: { folderId: ids.folderId, before: null } },
    answer: favorite,
  },
  'favorites.remove': done,
  'favorites.restore': { answer: favorite },
  'favorites.duplicate': { answer: { ...favorite, title: 'Orders since a day (copy)' } },
  'favorites.run': {
    body: { values: { since: '1997-02-01' } },
    answer: { turnId: ids.turnId, conversationId: ids.conversationId, sql: verified.sql },
  },
  'favorites.compare': { parameters: comparisonParameters, answer: changes },
  'favorites.keep': { body: { turnId: ids.turnId }, answer: favorite },
  'favorites.share': { body: { withRows: false }, answer: favorite },
  'favorites.unshare': { answer: { ...favorite, shares: [] } },
  'favorites.verify': { body: { question: turn.question }, answer: favorite },
  'favorites.unverify': { answer: { ...favorite, isVerified: false, verified: null } },
  'favorites.shared': {
    answer: [
      {
        id: ids.favoriteId,
        title: summary.title,
        question: turn.question,
        owner: 'Ada Example',
        groups: ['Analysts'],
        isVerified: true,
        updatedAt: noon,
      },
    ],
  },
  verifiedQueries: { answer: [verified] },
  'verifiedQueries.export': {},
  'folders.list': { answer: [folder] },
  'folders.make': { body: { name: 'Weekly', parentId: null }, answer: folder },
  'folders.change': { body: { name: 'Weekly' }, answer: folder },
  'folders.remove': done,
  'folders.restore': { answer: folder },
}
