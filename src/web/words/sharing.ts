import { inLanguage } from './language.ts'

/** The texts of sharing: links to conversations and answers, and connections that a group may use. */
export const sharingWords = inLanguage('sharing', {
  button: { conversation: 'Share conversation', answer: 'Share answer', short: 'Share' },
  everyone: 'Everyone in your organisation',
  group: 'The group {name}',
  list: {
    title: 'Shared links',
    conversation: 'Conversation',
    answer: 'One answer',
    withRows: 'rows included',
    withoutRows: 'without rows',
    sharedWhen: 'Shared {ago}',
    copyLink: 'Copy link',
    stop: 'Stop sharing',
    stopAbout: 'The link leads nowhere from then on, for everybody. Your conversation stays as it is.',
    ofConversation: {
      link: 'to the conversation “{title}”',
      stop: 'Stop sharing the conversation “{title}”',
      asks: 'Stop sharing the conversation “{title}”?',
    },
    ofAnswer: {
      link: 'to the answer “{title}”',
      stop: 'Stop sharing the answer “{title}”',
      asks: 'Stop sharing the answer “{title}”?',
    },
  },
  form: {
    shareWith: 'Share with {group}',
    termsOf: 'Terms of {connection} for {group}',
    connection: 'Connection',
    ownedBy: '{connection} ({owner}’s)',
    role: 'Role in Snowflake',
    roleHint: 'Left empty, the connection’s own role.',
    asConnection: 'As the connection',
    allowed: 'What is allowed',
    switches: {
      mayExport: 'Results may be written to files',
      mayAutoRun: 'Queries may run without a yes each',
      samplesToModel: 'A model may see sample values',
    },
    amounts: {
      maxRows: 'Most rows of one result',
      askAbove: 'Ask above, in GB',
      refuseAbove: 'Refuse above, in GB',
    },
    fault: 'Write whole numbers of rows, and amounts of gigabytes such as 0.5 or 20.',
    writers: 'Who may write the queries',
    byHand: 'People, by hand',
    share: 'Share',
    save: 'Save',
  },
  terms: {
    ownRole: 'As the connection’s own role',
    role: 'As the role {role}',
    rows: { one: 'at most {count} row', other: 'at most {count} rows' },
    asksAbove: 'asks above {bytes}',
    refusesAbove: 'refuses above {bytes}',
    noExports: 'no exports',
    noAutoRun: 'every query needs a yes',
    writers: 'written only by {writers}',
    hand: 'hand',
    nobody: 'nobody',
    noSamples: 'no sample values to a model',
  },
})

/** The texts of what somebody shared, for those who read it. */
export const sharedWords = inLanguage('shared', {
  title: 'Shared',
  lost: 'This link leads nowhere.',
  lostAction: 'It may have been cut short.',
  byYou: 'Shared by you on {day}. This is what the people see whom you share it with.',
  by: 'Shared by {owner} on {day}',
  withRows: 'The rows are those of that time. Run a query yourself to see what it brings now, with your own rights.',
  withoutRows: 'The rows are not shared. Run a query yourself to see what it brings, with your own rights.',
  nothingLeft: 'Nothing is left of what was shared here.',
  you: 'You',
  sqlQuery: 'A query in SQL',
  notOver: 'This was not over when it was shared.',
  brought: {
    one: 'It brought {rows} row in {time}. The rows are not shared.',
    other: 'It brought {rows} rows in {time}. The rows are not shared.',
  },
  broughtFirst: {
    one: 'It brought the first {rows} row in {time}. The rows are not shared.',
    other: 'It brought the first {rows} rows in {time}. The rows are not shared.',
  },
  viewer: 'Your role does not allow running it: ask an admin of your organisation.',
  noConnection: 'You do not have the connection that this was asked of. Run it on',
  noSuchConnection: 'You have no connection named {name}. Run it on',
  run: 'Run it yourself',
  on: 'on {place}',
})

/** The texts of the dialog that makes a link to a conversation or an answer. */
export const linkWords = inLanguage('links', {
  shareConversation: 'Share this conversation',
  shareAnswer: 'Share this answer',
  aboutConversation:
    'People of your organisation read it when they open the link and are signed in. It is shared as it is now: what you ask later is not.',
  aboutAnswer:
    'People of your organisation read it when they open the link and are signed in. It is shared as it is now: nothing else of the conversation is.',
  links: 'Links to this',
  noLinks: 'There is no link to this yet.',
  close: 'Close',
  form: 'New link',
  readers: 'Who may read it',
  group: 'Your group {name}',
  make: 'Make a link',
  rows: 'Include the rows that you see',
  withRows:
    'Readers see the numbers, sentences and charts as they are now, even of data that they may not read themselves.',
  withoutRows:
    'Readers see the questions, the queries and how they ended, but no data. They can run a query themselves, with their own rights.',
  made: 'The new link',
  mayReadWithRows: '{readers} may read it, with the rows as they are now.',
  mayReadWithoutRows: '{readers} may read it, without any rows.',
  copy: 'Copy link',
  copyWhat: 'that was just made',
  another: 'Make another',
})
