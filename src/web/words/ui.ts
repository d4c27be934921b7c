import { inLanguage } from './language.ts'

/** The texts of controls that several parts of the page use. */
export const uiWords = inLanguage('ui', {
  tryAgain: 'Try again',
  cancel: 'Cancel',
  loadAgain: 'Load the page again',
  partFailed: 'This part could not be shown. The rest of the page works, and what you typed is kept.',
  connectedAgain: 'Connected again.',
  toasts: {
    title: 'Messages',
    undo: 'Undo',
    close: 'Close this message',
    notUndone: 'It could not be undone. Look at the page: it shows how things are now.',
  },
  copy: {
    copy: 'Copy',
    copied: 'Copied',
    refused: 'Copying is not allowed here',
    named: '{action} {what}',
    refusedAbout: 'This browser does not let the page copy. Select the text and copy it yourself.',
  },
  connection: {
    needsSignIn: 'Needs sign-in',
    untried: 'Not tried since Floe started',
    answered: 'Answered {ago}',
    failed: 'Failed {ago}: {failure}',
  },
  welcome: 'What would you like to know?',
  welcomeAbout: 'Ask in your own words. You will see the SQL before it runs, and every answer shows its data.',
  starters: 'Questions to start with',
  shiftHint: 'Shift and click to change the wording first',
})
