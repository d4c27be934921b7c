import { inLanguage } from './language.ts'

/** The texts of the place where questions and SQL are written. */
export const composerWords = inLanguage('composer', {
  form: 'Ask a question',
  question: 'Your question',
  placeholder: 'Ask a question about your data',
  send: 'Send',
  stop: 'Stop',
  stopKey: 'Stop (Esc)',
  stopHint: 'Esc to stop',
  busy: 'One question at a time: wait for the answer, or stop it first.',
  emptyQuestion: 'The question is empty. Write what you want to know.',
  longQuestion: 'This is too long for a question: {length} characters. Shorten it to at most {most}; nothing was sent.',
  emptySql: 'There is no SQL yet. Write a SELECT statement.',
  longSql: 'This is too long for one query. Shorten it; nothing was sent.',
  looksLikeSql: 'This looks like SQL. Run as SQL it is checked and shown to you first.',
  asQuestion: 'Ask it as a question',
  asSql: 'Run as SQL',
  writeSql: 'Write SQL',
  toSql: 'Write the query yourself',
  toQuestion: 'Ask in your own words',
  format: 'Format',
  sqlHint: 'Only reads. Ctrl Enter checks it, Esc goes back to words.',
  autoRun: 'Run without asking',
  autoRunAbout: 'Runs queries that were checked to only read, without waiting for you',
  writer: 'Written by',
  onlyWriter: 'Written by:',
  writerAbout: 'Who turns your question into a query',
  chosenNames: 'Chosen names',
  columnNamed: 'Column {name}',
  tableNamed: 'Table {name}',
  loosen: 'Let {name} be a word',
  loosenAbout: 'Take the name back: it is read as a word again',
})

/** The texts of the choice of the connection that is asked. */
export const connectionChoiceWords = inLanguage('connectionChoice', {
  list: 'Connection',
  button: 'Connection: {name}',
  unsafeButton: 'Connection: {name}, not safely read-only',
  inUse: 'in use',
  manage: 'Manage connections',
  loading: 'Connection',
  shared: 'Shared connection',
  notAvailable: '{name} · not available',
  sharedBy: '{engine} · shared by {person}',
  sharedByAs: '{engine} · shared by {person} as {role}',
})

/** The texts of the first steps, shown to those who have not asked anything yet. */
export const firstStepsWords = inLanguage('firstSteps', {
  heading: 'First steps',
  steps: {
    sample: {
      title: 'Try the sample',
      about: 'Ask one question of a made-up shop. You see the query before it runs.',
      action: 'Ask a question',
    },
    connection: {
      title: 'Connect Snowflake',
      about: 'Ask your own data. Floe only reads, and shows what your administrator has to allow.',
      action: 'Connect',
    },
    models: {
      title: 'Add a model key',
      about: 'Questions work without one. With a language model, freer wording works too.',
      action: 'Add a key',
    },
  },
  done: 'done',
  skipped: 'skipped',
  skip: 'Skip',
  skipStep: 'Skip: {step}',
  skippedStep: 'Skipped: {step}',
  notSaved: 'That could not be saved. Try again in a moment.',
  noData: 'There is nothing to ask yet',
  noDataAbout: 'This server has no sample warehouse. Connect your Snowflake account, then ask.',
})
