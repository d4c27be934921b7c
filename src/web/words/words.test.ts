import { expect, test } from 'vitest'
import * as audit from './audit.ts'
import * as exporting from './exporting.ts'
import * as favoritePage from './favorite-page.ts'
import * as favorites from './favorites.ts'
import * as history from './history.ts'
import * as account from './account.ts'
import * as german from './german/index.ts'
import { chooseLanguage, say, sayPieces, type Translated } from './language.ts'
import * as answer from './answer.ts'
import * as charts from './charts.ts'
import * as comparison from './comparison.ts'
import * as composer from './composer.ts'
import * as grid from './grid.ts'
import * as mentions from './mentions.ts'
import * as schema from './schema.ts'
import * as notifications from './notifications.ts'
import * as pages from './pages.ts'
import * as people from './people.ts'
import * as settings from './settings.ts'
import * as connections from './connections.ts'
import * as turn from './turn.ts'
import * as sharing from './sharing.ts'
import * as shell from './shell.ts'
import * as thread from './thread.ts'
import * as turns from './turns.ts'
import * as ui from './ui.ts'
import * as models from './models.ts'

const english = {
  audit: audit.auditWords,
  auditFacts: audit.auditFactWords,
  auditSentences: audit.auditSentences,
  exporting: exporting.exportWords,
  favorites: favorites.favoritesWords,
  favoritePage: favoritePage.favoritePageWords,
  history: history.historyWords,
  historyPage: history.historyPageWords,
  account: account.accountWords,
  look: settings.lookWords,
  people: people.peopleWords,
  settings: settings.settingsWords,
  changes: comparison.changesWords,
  comparison: comparison.comparisonWords,
  composer: composer.composerWords,
  connectionChoice: composer.connectionChoiceWords,
  mentions: mentions.mentionWords,
  schema: schema.schemaWords,
  firstSteps: composer.firstStepsWords,
  connections: connections.connectionsWords,
  snowflake: connections.snowflakeWords,
  answer: answer.answerWords,
  feedback: answer.feedbackWords,
  chart: answer.chartWords,
  chartTools: charts.chartToolWords,
  mark: charts.markWords,
  chartEditor: charts.chartEditorWords,
  grid: grid.gridWords,
  column: grid.columnWords,
  detail: grid.detailWords,
  turn: turn.turnWords,
  query: turn.queryWords,
  news: notifications.newsWords,
  pages: pages.pageWords,
  choices: pages.choiceWords,
  sharing: sharing.sharingWords,
  links: sharing.linkWords,
  shared: sharing.sharedWords,
  shell: shell.shellWords,
  problems: shell.problemWords,
  thread: thread.threadWords,
  turns: turns.turnWords,
  ui: ui.uiWords,
  models: models.modelsWords,
}

// The compiler refuses a translation that lacks a text or has one that English does not have.
const complete: { readonly [P in keyof typeof english]: Translated<(typeof english)[P]> } = german

/** Every text of some words by its path. */
function textsOf(words: object, path: string): readonly (readonly [string, string])[] {
  return Object.entries(words).flatMap(([name, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null
      ? textsOf(value, `${path}.${name}`)
      : [[`${path}.${name}`, String(value)] as const],
  )
}

const namesIn = (text: string): readonly string[] => (text.match(/\{\w+\}/g) ?? []).toSorted()

test('German has every text of the page, with the same values in it', () => {
  expect(Object.keys(complete).toSorted()).toEqual(Object.keys(english).toSorted())
  const translated = new Map(textsOf(german, ''))
  for (const [path, text] of textsOf(english, '')) {
    const other = translated.get(path)
    expect(other?.trim(), path).toBeTruthy()
    expect(namesIn(other ?? ''), path).toEqual(namesIn(text))
  }
  expect([...translated.keys()].toSorted()).toEqual(
    textsOf(english, '')
      .map(([path]) => path)
      .toSorted(),
  )
})

test('values are filled in, numbers as the language writes them', () => {
  expect(say('Moved to {folder}.', { folder: 'Sales {2024}' })).toBe('Moved to Sales {2024}.')
  const rows = { one: '{count} row', other: '{count} rows' } as const
  expect([0, 1, 1_234].map((count) => say(rows, { count }))).toEqual(['0 rows', '1 row', '1,234 rows'])
})

test('a text can be cut where something else than text stands', () => {
  expect(sayPieces('Read the {guide} first.', { guide: 7 })).toEqual(['Read the ', 7, ' first.'])
})

test.each([
  [[null, 'fr-FR', 'de-AT'], 'de'],
  [['en', 'de-DE'], 'en'],
  [['de', 'en-US'], 'de'],
  [[null, 'fr'], 'en'],
  [[], 'en'],
] as const)('of the wanted languages %j the page speaks %s', (wanted, spoken) => {
  expect(chooseLanguage(wanted)).toBe(spoken)
})
