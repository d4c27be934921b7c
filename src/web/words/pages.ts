import { inLanguage } from './language.ts'

/** The texts of pages and dialogs that are fetched when they are first shown. */
export const pageWords = inLanguage('pages', {
  palette: {
    placeholder: 'Search commands, questions, tables and favorites',
    found: 'What was found',
    nothing: 'Nothing has these words.',
    conversations: 'Conversations',
    questions: 'Questions',
    tables: 'Tables',
    sqlQuery: 'Query in SQL',
    download: 'Download this answer…',
    noExports: 'Whoever shares this connection does not allow exports',
    downloadToo: 'export save as a file CSV Excel Parquet JSON',
  },
  shortcuts: {
    title: 'Shortcuts',
    close: 'Close',
    send: 'Send the question',
    newLine: 'A new line in the question',
    run: 'Run the query, where the focus is on it',
  },
  settingsTabs: { general: 'General', connections: 'Connections', models: 'Models' },
  pages: 'Pages',
  favorite: 'Favorite',
  noFavorite:
    'Press the star under an answer to keep it: with its query, its result, and a way to run it again. What you keep is listed in the sidebar.',
  signIn: {
    title: 'Sign in to Floe',
    about: "Ask your company's data in your own words. Sign in with the account you use at work.",
    ended: 'You have been signed out',
    endedAbout: 'Your session has ended. What you typed is kept: sign in, and you are back here with it.',
  },
})

/** What people choose from in several parts of the page. */
export const choiceWords = inLanguage('choices', {
  roles: {
    viewer: { name: 'Viewer', may: 'sees what is their own, and asks no questions' },
    member: { name: 'Member', may: 'asks questions and keeps connections' },
    admin: { name: 'Admin', may: 'asks questions, keeps connections, manages people and reads the audit' },
  },
  feedbackReasons: {
    wrong_numbers: 'The numbers are wrong',
    wrong_data: 'It looked at the wrong data',
    misunderstood: 'It misunderstood my question',
    hard_to_read: 'It is hard to read',
    too_slow: 'It took too long',
    other: 'Something else',
  },
})
