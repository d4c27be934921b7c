import { inLanguage } from './language.ts'

/** What is said of a question and how it stands. */
export const turnWords = inLanguage('turns', {
  steps: {
    understand: 'Understanding your question',
    'find-tables': 'Finding the right tables',
    'write-query': 'Writing the query',
    'check-query': 'Checking it only reads',
    'run-query': 'Running the query',
    'sum-up': 'Summing up',
  },
  headlines: {
    waiting: 'Query ready for your review',
    clarification: 'One question back',
    interrupted: 'Interrupted',
    cancelled: 'Cancelled',
    declined: 'Not answered',
    failed: 'Stopped: needs a fix',
    sending: 'Sending your question…',
    working: '{step}…',
    lastHeard: 'Last heard of: {step}',
    done: { one: 'Done · {count} step', other: 'Done · {count} steps' },
    doneIn: { one: 'Done in {time} · {count} step', other: 'Done in {time} · {count} steps' },
    unsaved: { one: 'Answered, not saved yet · {count} step', other: 'Answered, not saved yet · {count} steps' },
    unsavedIn: {
      one: 'Answered, not saved yet in {time} · {count} step',
      other: 'Answered, not saved yet in {time} · {count} steps',
    },
  },
  cancelled: {
    unread: 'Stopped, because no page had been open.',
    unreadFor: 'Stopped, because no page had been open for {time}.',
    undecided: 'Put away: nobody decided about this query for a long time. It was not run.',
    replaced: 'Replaced by a newer question. It was not run.',
    room: 'Put away to make room for newer questions. It was not run.',
    noAccess: 'Stopped, because your account was disabled.',
    running: 'Cancelled while the query was running.',
    early: 'Cancelled before a query was ready.',
    notRun: 'Cancelled. The query was not run.',
  },
  halfMinute: 'half a minute',
  hour: 'an hour',
  minutes: { one: '{count} minute', other: '{count} minutes' },
  next: {
    edit: 'Edit the question',
    tryAgain: 'Try again',
    runAgain: 'Run again',
    askAgain: 'Ask again',
  },
  told: {
    editReady: 'Your query was checked. Ready to run.',
    ready: 'Query ready to review.',
    running: 'Running the query.',
    answer: 'Answer ready.',
    answerOf: { one: 'Answer ready. {count} row.', other: 'Answer ready. {count} rows.' },
    interrupted: 'This question was interrupted.',
    working: 'Working on your question.',
  },
  line: {
    reconnecting: 'Reconnecting…',
    mayHaveStopped: 'If only the connection was lost, what ran here may have been stopped by now.',
    lessThanMinute: 'If only the connection is lost, what runs here goes on for less than a minute without this page.',
    goesOn: {
      one: 'If only the connection is lost, what runs here goes on for another {count} minute without this page.',
      other: 'If only the connection is lost, what runs here goes on for another {count} minutes without this page.',
    },
    unconfirmedDecision: 'What you decided last is not confirmed yet; it is sent again once.',
    mayLeave: 'You can close this page: the query goes on for {time}.',
    unsent:
      'Not sent yet: there is no connection to Floe. Your question is kept in this browser and is sent when the connection is back.',
    unconfirmed:
      'Not confirmed yet: the connection was lost while your question was on its way. It is sent again when the connection is back, and answered once.',
  },
})
