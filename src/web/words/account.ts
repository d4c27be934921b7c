import { inLanguage } from './language.ts'

/** The texts of a person's own account. */
export const accountWords = inLanguage('account', {
  local: {
    title: 'This computer',
    about:
      'Floe runs for you alone on this computer. Nobody signs in, so there is no account, and there are no sessions or access tokens to look after. Nobody else can open this page.',
    others:
      'To let other people use it, set up sign-in with Google, Entra, Okta, Keycloak or another OpenID Connect provider. How to do that is written in {file}, under "Sign-in". Your conversations and connections stay yours.',
    file: 'docs/operate.md',
  },
  profile: {
    title: 'Profile',
    address: 'Address',
    role: 'Role',
    /** What a role is called and what somebody with it may do. */
    roleMay: '{role}: {may}',
    name: 'Name',
    nameFault: 'Write the name that others see.',
    save: 'Save',
    saved: 'Saved.',
  },
  sessions: {
    title: 'Where you are signed in',
    about: 'If you do not know one of these, sign it out. A session that is not used for a day ends by itself.',
    list: 'Sessions',
    current: 'This one',
    signedInOn: 'Signed in on {moment}',
    signedIn: 'Signed in {ago}',
    used: 'Last used {used}, signed in {signedIn}',
    signOut: 'Sign out',
    signOutOne: 'Sign out {device}, last used {ago}',
    signOutOthers: 'Sign out all others',
    signOutAll: 'Sign out everywhere',
    asksAll: 'Sign out everywhere?',
    followsAll: 'All your browsers are signed out, this one included. Access tokens and connected apps go on working.',
  },
  shares: {
    title: 'Shared links',
    about:
      'Conversations and answers that you let others of your organisation read. Each is shared as it was when you made the link.',
    none: 'You share nothing. The button “Share” is at the top of a conversation and of each answer.',
  },
  /** What each scope of a token or an app lets it do. */
  scopes: {
    ask: 'Ask questions and run queries',
    connections: 'Add, change and remove connections',
    people: 'Manage people and read the audit',
  },
  tokens: {
    title: 'Access tokens',
    about:
      'A program that sends a token acts for you. It may never do more than you may, and what it does counts as done by you.',
    list: 'Access tokens',
    none: 'You have no access tokens.',
    add: 'New access token',
    name: 'Name',
    nameExample: 'Weekly report',
    nameFault: 'Write which program it is for.',
    endsAfter: 'Ends after',
    days: { one: '{count} day', other: '{count} days' },
    make: 'Make a token',
    may: 'What it may do',
    mayAlways: 'It always may read what is yours.',
    read: 'Read what is yours',
    shownOnce: 'The new token {name}',
    shownOnceAbout:
      'Copy this token now and keep it like a password: it is shown only this once. Whoever has it can act for you.',
    what: 'the new token',
    copied: 'I have copied it',
    endsOn: 'Ends on {moment}',
    unused: 'Never used, ends on {day}',
    used: 'Last used {ago}, ends on {day}',
    remove: 'Remove',
    removeOne: 'Remove the token {name}',
    asks: 'Remove the token “{name}”?',
    follows: 'A program that uses it is turned away from now on.',
  },
  apps: {
    title: 'Connected apps',
    about:
      'You let these programs use Floe for you. They may never do more than you may, and what they do counts as done by you.',
    list: 'Connected apps',
    none: 'No app is connected. An app that supports it leads you here, and Floe asks you before it lets it in.',
    here: 'On your computer',
    at: 'At {host}',
    ownName: '{place}; it chose its name itself',
    described: '{place}; described by its maker at {publisher}',
    read: 'Read and arrange what is yours',
    connectedOn: 'Connected on {moment}',
    unused: 'Never used, connected on {day}',
    used: 'Last used {ago}, connected on {day}',
    disconnect: 'Disconnect',
    disconnectOne: 'Disconnect {name}, connected on {day}',
    asks: 'Disconnect “{name}”?',
    follows: 'It is turned away from now on. To use it again you connect it again from the app.',
  },
  usage: {
    title: 'Used today',
    about: 'A query counts with what it may read at most. A new day begins at 00:00 UTC.',
    none: 'There is no limit for you.',
    list: 'Limits',
    queries: { one: '{count} query', other: '{count} queries' },
    tokens: { one: '{count} token', other: '{count} tokens' },
    tokensOfModels: { one: '{count} token of models', other: '{count} tokens of models' },
    of: '{used} of {limit}',
    /** What a limit is for, by whose it is. */
    yourBytes: 'You, read',
    yourTokens: 'You, tokens of models',
    groupBytes: 'The group {group} together, read',
    groupTokens: 'The group {group} together, tokens of models',
    limit: '{label}: {amounts}',
  },
  storage: {
    title: 'What is stored',
    takes: 'Your questions and answers take {all}.',
    takesOf: 'Your questions and answers take {all} of {limit}.',
    takesWithFavorites:
      'Your questions and answers take {all}, {favorites} of it the results that your favorites keep.',
    takesOfWithFavorites:
      'Your questions and answers take {all} of {limit}, {favorites} of it the results that your favorites keep.',
    space: 'Space taken',
    whenFull:
      'When it is full, the rows of your oldest answers are removed. Questions, queries and sentences stay, and what you keep stays whole.',
    staysForGood: 'Conversations stay until you delete your account.',
    staysFor: {
      one: 'Conversations are removed {count} day after their last question, unless you keep them.',
      other: 'Conversations are removed {count} days after their last question, unless you keep them.',
    },
    leaving: 'Removed soon',
    keep: 'Keep',
    kept: 'Kept by you',
    doNotKeep: 'Do not keep',
    verbOne: '{verb}: {title}',
    leavesOn: '{size} · removed on {moment}',
  },
  download: {
    title: 'Take your data with you',
    about:
      'A zip file with everything that is kept of you: your questions and answers, connections, settings and what you did. Passwords and keys are not in it.',
    start: 'Download my data',
    stop: 'Stop',
    soFar: '{size} so far…',
    done: 'Downloaded: {size}.',
    brokeOff: 'The download broke off.',
    brokeOffAction: 'Check that Floe is running, then try again.',
  },
  removal: {
    title: 'Delete account',
    follows:
      'Your conversations, saved connections, sessions, access tokens and connected apps are deleted at once and cannot be brought back.',
    confirm: 'Type {address} to confirm',
    yourAddress: 'your address',
    remove: 'Delete my account',
  },
})
