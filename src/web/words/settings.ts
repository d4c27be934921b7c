import { inLanguage } from './language.ts'

/** The texts of the settings that concern the page itself. */
export const lookWords = inLanguage('look', {
  title: 'Look',
  language: 'Language',
  languageAbout: 'The language of the buttons and explanations. Answers and the words of your data stay as they are.',
  asBrowser: 'As your browser has it',
  colours: 'Colours',
  coloursAbout:
    'The colours of every page. “As your system has them” changes with the setting of your computer or phone.',
  schemes: {
    system: 'As your system has them',
    dark: 'Dark',
    light: 'Light',
    'high-contrast': 'High contrast',
  },
})

/** The texts of the other settings, and those that every setting has. */
export const settingsWords = inLanguage('settings', {
  about: 'Changes are saved at once, for all your browsers.',
  saved: 'Saved: {label}',
  reset: 'Reset',
  resetOne: 'Reset {label}',
  answers: {
    title: 'Answers',
    output: 'What to show first',
    outputAbout: 'The part of an answer that is open when it arrives. The others stay one press away.',
    outputs: {
      all: 'Whatever suits the answer',
      chart: 'The chart, where there is one',
      table: 'The table',
      text: 'Only the sentence, with the rows folded away',
    },
    rowLimit: 'Most rows in an answer',
    rowLimitAbout:
      'How many rows an answer fetches at most. A connection may allow fewer. Without a number of your own it is {usual}.',
    rowLimitFault: 'Write a whole number from 1 to {most}.',
  },
  running: {
    title: 'Running queries',
    autoRun: 'Run without asking',
    autoRunAbout:
      'A query is shown to you before it runs. With a limit, a query that was checked to only read and that reads no more than this runs by itself. Others still wait for you, and a connection may be stricter.',
    ask: 'Ask me every time',
    runByItself: 'Run by itself up to a limit',
    limit: 'Gigabytes that a query may read',
    unit: 'gigabytes',
    limitFault: 'Write how many gigabytes, more than 0 and at most a million.',
    keepRunning: 'Keep running without a page',
    keepRunningAbout:
      'How long a running query goes on after you close its page or lose the connection to Floe. Then it is stopped, and you can run it again. A query that waits for your decision does not run and is not lost.',
    /** By minutes. */
    keepRunningFor: {
      0: 'Stop it right away (after half a minute)',
      1: '1 minute',
      5: '5 minutes',
      15: '15 minutes',
      60: 'An hour',
    },
  },
  formats: {
    title: 'Numbers and dates',
    about: 'How answers, tables, charts and lists write them. Nothing of the data changes.',
    numbers: 'Numbers',
    numbersAbout: 'The marks between thousands and before decimals.',
    dates: 'Dates',
    datesAbout: 'The order and the form of day, month and year.',
    timeZone: 'Time zone',
    timeZoneAbout:
      'Moments with an offset, and when you did something, are written as the clocks there show them. Moments without an offset stay as they are stored.',
    asBrowser: 'As your browser has it: {example}',
    example: 'For example: {number} on {moment}',
  },
  questions: {
    title: 'New questions',
    connection: 'Default connection',
    connectionAbout: 'Where a new conversation asks. You can choose another one where you type a question.',
    writer: 'Default writer',
    writerAbout: 'Who turns your questions into queries.',
    usedLast: 'The one I used last',
    notAvailable: '{name} · not available',
  },
})
