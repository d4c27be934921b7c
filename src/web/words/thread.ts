import { inLanguage } from './language.ts'

/** The texts around the questions and answers of a conversation. */
export const threadWords = inLanguage('thread', {
  ownSql: 'Your own SQL',
  toEnd: 'Scroll to the end',
  notLoaded: 'This answer was not loaded yet. Print once more to have it on paper.',
  toData: 'See what data there is',
  takeBack: 'Take back',
  notSaved: 'Not saved yet. Floe goes on trying to save this answer; until then it is only on this page.',
  limitRaised: 'Answers bring up to {limit} rows from now on.',
  chooseOne: 'Choose one, or say it in your own words',
  askNext: 'Ask next',
  canBeAnswered: 'Questions that can be answered',
  badges: {
    checked: 'Read-only, checked',
    edited: 'Edited by you',
    verifiedBy: 'Verified by {person}',
    verifiedByYou: 'Verified by you',
    ranAutomatically: 'Ran automatically',
    ranBySetting: 'Ran by itself because of your setting',
  },
  ledger: {
    leftOver: 'Not found in the query',
    answeredBy: 'Answered by {parts}.',
    answers: 'Answers {words}.',
    assumption: 'the assumption "{text}"',
    quoted: '"{text}"',
  },
  sqlText: 'SQL text',
  sqlEditor: 'SQL editor',
  notFormatted: 'This text cannot be formatted as it stands. Nothing was changed.',
})
