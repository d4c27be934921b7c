import { inLanguage } from './language.ts'

/** The texts of notifications, and of their setting. */
export const newsWords = inLanguage('news', {
  kinds: {
    answered: 'Answer ready',
    failed: 'Not answered',
    ready: 'Query ready for your review',
    question: 'One question back',
    stopped: 'Stopped',
  },
  ownSql: 'Your own SQL',
  shortened: '{text}…',
  title: 'Notifications',
  label: 'Tell me when a question is done',
  about:
    'When a question of yours is answered, cannot be answered or waits for you after more than ten seconds, and you are looking at something else, the browser says so. It shows what happened and your question, and nothing of the data. A tab with news has a ● before its name, with or without this.',
  on: 'Show notifications',
  test: 'Send a test notification',
  testTitle: 'This is how Floe tells you',
  testBody: 'Your question stands here.',
  tested: 'Sent. Nothing to see? Then your system keeps back what this browser shows.',
  notShown: 'This browser did not show it.',
  dismissed: 'The browser was not told whether Floe may, so nothing was changed.',
  allowHere: 'Allow it in this browser',
  standings: {
    default: 'This browser has not been asked yet whether Floe may.',
    denied:
      'This browser blocks notifications of Floe. Allow them in the settings of this site, beside its address, then come back to this page.',
    insecure:
      'Browsers show notifications only of pages that come over https, or from this computer. Ask whoever runs Floe for an address with https.',
    unsupported: 'This browser cannot show notifications of a page, as is usual on phones and tablets.',
  },
})
