import {
  changes,
  comparisonParameters,
  conversation,
  done,
  ids,
  morning,
  noon,
  turn,
  type OperationExample,
} from './things.ts'

const asked = { turnId: ids.turnId, conversationId: ids.conversationId, question: turn.question, connection: 'sample' }
const compared = {
  ...asked,
  at: noon,
  sql: "SELECT COUNT(*) AS NUMBER_OF_ORDERS FROM ORDERS WHERE O_ORDERDATE >= '1997-01-01'",
  answer: changes.summary.slice(1, 2),
}

const exported = {
  id: ids.exportId,
  turnId: ids.turnId,
  format: 'csv',
  view: 'all',
  state: 'done',
  rows: 1_500_000,
  bytes: 171_952_161,
  isCut: false,
  keptAt: null,
  mayRunAgain: false,
  fileName: 'Orders of 1997 - Sample - 2026-11-02.csv',
  expiresAt: noon,
  problem: null,
}

const jsonFile = {
  columns: [{ name: 'ORDERS', type: 'NUMBER(18,0)', kind: 'number', scale: 0 }],
  rows: [[227_597]],
  rowCount: 1,
  truncated: false,
}

/** The months of one country, latest first. */
const viewExample = {
  from: 0,
  count: 100,
  sort: '0.descending,1.ascending',
  filter: JSON.stringify([{ kind: 'values', column: 1, values: ['BRAZIL'], isExcluded: false }]),
  search: '1997',
}

const resultColumns = [
  { name: 'MONTH', type: 'VARCHAR', kind: 'text', scale: null },
  { name: 'COUNTRY', type: 'VARCHAR', kind: 'text', scale: null },
  { name: 'ORDERS', type: 'NUMBER(38,0)', kind: 'number', scale: 0 },
]

export const historyExamples: Readonly<Record<string, OperationExample>> = {
  // What a file of JSON holds.
  'turns.export': { answer: jsonFile },
  'exports.file': { answer: jsonFile },
  'exports.start': {
    body: { format: 'csv', separator: 'semicolon', decimalMark: 'comma', byteOrderMark: true },
    answer: { ...exported, state: 'running', rows: null, bytes: 0, expiresAt: null },
  },
  'exports.read': { answer: exported },
  'exports.remove': done,
  'history.search': {
    parameters: { q: 'orders 1997', cursor: '1793607300000.4821' },
    answer: {
      entries: [
        {
          id: ids.turnId,
          conversationId: ids.conversationId,
          title: 'How many orders were there in 1997?',
          question: 'How many orders were there in 1997?',
          sql: "SELECT COUNT(*) AS ORDERS FROM ORDERS WHERE O_ORDERDATE >= '1997-01-01'",
          connection: 'sample',
          writer: 'offline',
          state: 'done',
          problemCode: null,
          rowCount: 1,
          bytes: 12,
          elapsedMs: 41.5,
          createdAt: morning,
          note: 'For the board',
          isFavorite: false,
          isArchived: false,
          foundIn: ['question', 'sql'],
        },
      ],
      next: '1793607300000.4821',
    },
  },
  'history.conversations': {
    parameters: { cursor: `1793620800000.${ids.conversationId}` },
    answer: {
      conversations: [
        {
          ...conversation,
          updatedAt: noon,
          isKept: false,
          isArchived: false,
          isFavorite: false,
          turnCount: 3,
          state: 'done',
        },
      ],
      next: null,
    },
  },
  'conversations.list': { answer: [conversation] },
  'conversations.change': { body: { title: 'Orders of 1997' }, ...done },
  'conversations.remove': done,
  'conversations.restore': done,
  'conversations.fork': { body: { turnId: ids.turnId }, answer: { conversationId: ids.conversationId } },
  'turns.chart': {
    body: {
      settings: {
        kind: 'stacked-bar',
        x: 0,
        y: [2],
        series: 1,
        stacking: 'share',
        order: 'value',
        most: 10,
        joinsOthers: true,
        colours: [3, 0],
        numbers: 'compact',
        digits: null,
        showsValues: false,
        marksUnfinished: true,
        panels: false,
      },
    },
    ...done,
  },
  'turns.compare': {
    parameters: comparisonParameters,
    answer: { before: { ...compared, turnId: comparisonParameters.with, at: morning }, after: compared, changes },
  },
  'turns.comparable': {
    answer: {
      answer: { ...asked, at: noon },
      answers: [
        {
          ...asked,
          turnId: comparisonParameters.with,
          sql: compared.sql,
          at: morning,
          rowCount: 1,
          because: 'same-query',
        },
      ],
    },
  },
  'turns.rows': {
    parameters: { ...viewExample, columns: '0-2' },
    answer: {
      columns: resultColumns,
      rows: [
        ['1997-12', 'BRAZIL', 1_211],
        ['1997-11', 'BRAZIL', 1_187],
      ],
      from: 0,
      viewRows: 12,
      allRows: 300,
      isWhole: true,
      readAt: morning,
    },
  },
  'turns.summary': {
    parameters: { ...viewExample, column: 2, values: 2, containing: '1' },
    answer: {
      rows: 12,
      nulls: 0,
      distinct: 12,
      min: 1_014,
      max: 1_211,
      sum: '13460',
      mean: '1121.666667',
      histogram: [
        { from: 1_014, to: 1_112.5, count: 5 },
        { from: 1_112.5, to: 1_211, count: 7 },
      ],
      values: [
        { value: 1_211, count: 1 },
        { value: 1_187, count: 1 },
      ],
    },
  },
  'turns.note': { body: { note: 'For the board' }, ...done },
}
