import { inLanguage } from './language.ts'

/** The texts of the page that shows what was done and what people said about answers. */
export const auditWords = inLanguage('audit', {
  nothingAudited: 'Nothing is audited',
  local: 'Floe runs for you alone on this computer. What people do is written down once they sign in: see {page}.',
  done: 'What was done',
  doneAbout: 'Newest first. Entries are only ever added, and hold no secrets and no data.',
  search: 'Search',
  searchHint: 'Name, address or action',
  empty: 'Nothing has been done yet.',
  none: 'No entry holds these words.',
  entries: 'Entries',
  more: 'Show more',
  shown: { one: '{count} entry shown', other: '{count} entries shown' },
  allShown: { one: 'The only entry is shown', other: 'All {count} entries shown' },
  allAs: 'All as {format}',
  formats: { csv: 'CSV', ndjson: 'JSON lines' },
  doors: { api: 'by a program', mcp: 'through MCP', cli: 'on the command line' },
  feedback: {
    title: 'What people said about answers',
    about: 'Newest first, with the question and its query. The rows of the answers are not shown.',
    none: 'Nobody has said anything about an answer yet.',
    list: 'Feedback',
    more: 'Show more feedback',
    good: 'Good answer',
    bad: 'Bad answer',
    comment: '“{comment}”',
    ownSql: 'Their own SQL',
    query: 'The query',
  },
})

/** Words that stand within the sentences of the audit. */
export const auditFactWords = inLanguage('auditFacts', {
  quoted: '“{text}”',
  unnamed: 'without a name',
  untitled: 'without a title',
  someQuestion: 'a question',
  someConnection: 'a connection',
  somebody: 'Somebody',
  somebodyGone: 'somebody who left',
  roles: { viewer: 'viewer', member: 'member', admin: 'admin' },
  changes: {
    none: 'nothing',
    role: 'their role is now {role}',
    disabled: 'they are disabled',
    enabled: 'they may sign in again',
  },
  days: { one: '{count} day', other: '{count} days' },
  bytesPerDay: '{bytes} a day',
  tokensPerDay: { one: '{count} token a day', other: '{count} tokens a day' },
  rows: { one: '{count} row', other: '{count} rows' },
  withRows: '{what}, {rows}',
  intoFile: '{what} into a file ({format})',
  conversation: 'a conversation',
  answer: 'an answer',
  everyone: 'everyone',
  group: 'the group {group}',
})

/**
 * What was done, as the rest of a sentence that begins with the person. Where a fact decides on the sentence, there is one for each of its values:
 * `none` where the fact is not known, `otherwise` for every other value.
 */
export const auditSentences = inLanguage('auditSentences', {
  sign_in: 'signed in',
  'sign_in.refused': {
    not_invited: '{email} was turned away at sign-in: the address is not among those who may come',
    address_taken: '{email} was turned away at sign-in: the address has signed in with another account before',
    disabled: '{email} was turned away at sign-in: the address is disabled',
    otherwise: '{email} was turned away at sign-in: the address was refused',
  },
  sign_out: 'signed out',
  'session.ended': 'ended a session',
  'token.made': 'made the access token {name} for {days}',
  'token.ended': 'removed an access token',
  'app.connected': {
    none: 'let the app {name} act for them, to read',
    otherwise: 'let the app {name} act for them: {scopes}',
  },
  'app.refused': 'did not let the app {name} act for them',
  'app.revoked': {
    reuse: 'lost the connection of the app {name}: one of its tokens was used twice',
    app: 'was left by the app {name}',
    otherwise: 'disconnected an app',
  },
  'app.registration_refused': 'An app was not registered: {reason}',
  'person.invited': 'invited {person} as {role}',
  'person.changed': 'changed {person}: {changes}',
  'person.removed': { none: 'deleted their account', otherwise: 'removed the account of somebody' },
  'group.made': 'made the group {name}',
  'group.renamed': 'renamed the group {before} to {name}',
  'group.removed': 'deleted the group {name}',
  'group.joined': {
    'sign-in': 'came into the group {name} at sign-in',
    otherwise: 'put {person} into the group {name}',
  },
  'group.left': { 'sign-in': 'left the group {name} at sign-in', otherwise: 'took {person} out of the group {name}' },
  'data.exported': 'took a copy of everything that is kept of them',
  'preferences.changed': { none: 'changed their settings', otherwise: 'changed their settings: {fields}' },
  'budget.set': {
    everyone: 'set the budget of everybody: {budget}',
    group: 'set the budget of the group {name}: {budget}',
    otherwise: 'set the budget of {holder}: {budget}',
  },
  'budget.removed': {
    everyone: 'removed the budget of everybody',
    group: 'removed the budget of the group {name}',
    otherwise: 'removed the budget of {holder}',
  },
  'model_key.set': {
    none: 'set their own key of {provider}, for the model it has',
    otherwise: 'set their own key of {provider}, for the model {model}',
  },
  'model_key.removed': 'removed their own key of {provider}',
  'model_key.restored': 'brought back their own key of {provider}',
  'model_key.refused': 'was not allowed a key of their own of {provider}',
  'model_settings.changed': 'changed what their own keys of models may cost: {fields}',
  'question.asked': {
    none: 'asked a question of the default connection',
    otherwise: 'asked a question of {connection}',
  },
  'query.approved': 'let a query run',
  'query.edited': 'changed a query before it ran',
  'query.refused': 'had a query refused',
  'query.run': {
    failed: 'failed to run a query of {connection}',
    stopped: 'stopped a query of {connection}',
    otherwise: 'ran a query of {connection}',
  },
  'result.read': {
    failed: 'failed to read once more what {connection} keeps of a result',
    stopped: 'stopped reading once more what {connection} keeps of a result',
    otherwise: 'read once more what {connection} keeps of a result',
  },
  'result.exported': {
    failed: 'failed to export a result of {connection}',
    stopped: 'stopped the export of a result of {connection}',
    left: 'took only part of the export of a result of {connection}',
    otherwise: 'exported a result of {connection}',
  },
  'conversation.removed': 'removed a conversation of theirs',
  'conversation.restored': 'restored a conversation they had removed',
  'retention.applied': {
    none: 'Old things were removed: {conversations} conversations, the rows of {results} answers, {entries} audit entries',
    otherwise:
      'Old things were removed: {conversations} conversations and {deleted} that people had deleted, the rows of {results} answers, {entries} audit entries',
  },
  'share.made': {
    true: 'shared {what} with {whom}, rows included',
    otherwise: 'shared {what} with {whom}, without its rows',
  },
  'share.ended': 'stopped sharing something',
  'share.opened': {
    true: 'opened what {owner} shared, rows included',
    otherwise: 'opened what {owner} shared, without its rows',
  },
  'feedback.given': { up: 'said that an answer was good', otherwise: 'said that an answer was not good' },
  'feedback.withdrawn': 'took back what they said about an answer',
  'favorite.shared': {
    true: 'shared the favorite {title} with a group, rows included',
    otherwise: 'shared the favorite {title} with a group, without its rows',
  },
  'favorite.unshared': 'stopped sharing a favorite with a group',
  'favorite.opened': {
    true: 'opened a favorite that {owner} shares, rows included',
    otherwise: 'opened a favorite that {owner} shares, without its rows',
  },
  'favorite.verified': 'vouched for the query that answers {question}',
  'favorite.unverified': 'vouches for a query no more',
  'audit.exported': { none: 'downloaded the audit', otherwise: 'downloaded the audit where it says {words}' },
  'connection.added': 'added the connection {name}',
  'connection.changed': 'changed the connection {name}',
  'connection.removed': 'removed a connection',
  'connection.restored': 'brought the connection {name} back',
  'connection.shared': {
    none: 'shared the connection {name} with the group {groupName}',
    otherwise: 'shared the connection {name} with the group {groupName} as role {role}',
  },
  'connection.unshared': 'ended the share of the connection {name} with the group {groupName}',
})
