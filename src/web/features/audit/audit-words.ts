import { bytesInWords, countInWords } from '../../../contract/words/amounts.ts'
import type { AuditAction, AuditEntry } from '../../../contract/audit.ts'

type Facts = AuditEntry['facts']
type NameOf = (personId: string) => string

const text = (fact: Facts[string] | undefined): string => (fact === null || fact === undefined ? '' : String(fact))

/** A fact in quotation marks; other words where it is not known. */
const quoted = (fact: Facts[string] | undefined, otherwise: string): string =>
  text(fact) === '' ? otherwise : `“${text(fact)}”`

const reasons: Readonly<Record<string, string>> = {
  not_invited: 'is not among those who may come',
  address_taken: 'has signed in with another account before',
  disabled: 'is disabled',
}

const budgetOf = (kind: Facts[string] | undefined, name: Facts[string] | undefined): string =>
  kind === 'everyone' ? 'everybody' : kind === 'group' ? `the group ${quoted(name, 'without a name')}` : text(name)

function changeOf({ role, isDisabled }: Facts): string {
  const changes = [
    ...(role === undefined ? [] : [`their role is now ${text(role)}`]),
    ...(isDisabled === undefined ? [] : [isDisabled === true ? 'they are disabled' : 'they may sign in again']),
  ]
  return changes.length === 0 ? 'nothing' : changes.join(' and ')
}

const outcomes: Readonly<Record<string, string>> = { failed: 'failed to run', stopped: 'stopped' }

function sayRows(rows: Facts[string] | undefined): string {
  if (typeof rows !== 'number') return ''
  return rows === 1 ? ', 1 row' : `, ${rows} rows`
}

const sentences: Readonly<Record<AuditAction, (facts: Facts, nameOf: NameOf) => string>> = {
  sign_in: () => 'signed in',
  'sign_in.refused': ({ email, reason }) =>
    `${text(email) || 'Somebody'} was turned away at sign-in: the address ${reasons[text(reason)] ?? 'was refused'}`,
  sign_out: () => 'signed out',
  'session.ended': () => 'ended a session',
  'token.made': ({ name, days }) =>
    `made the access token ${quoted(name, 'without a name')} for ${days === 1 ? '1 day' : `${text(days)} days`}`,
  'token.ended': () => 'removed an access token',
  'app.connected': ({ name, scopes }) =>
    `let the app ${quoted(name, 'without a name')} act for them${text(scopes) === '' ? ', to read' : `: ${text(scopes)}`}`,
  'app.refused': ({ name }) => `did not let the app ${quoted(name, 'without a name')} act for them`,
  'app.revoked': ({ name, by }) =>
    by === 'reuse'
      ? `lost the connection of the app ${quoted(name, 'without a name')}: one of its tokens was used twice`
      : by === 'app'
        ? `was left by the app ${quoted(name, 'without a name')}`
        : 'disconnected an app',
  'app.registration_refused': ({ reason }) => `An app was not registered: ${text(reason)}`,
  'person.invited': ({ person, role }, nameOf) => `invited ${nameOf(text(person))} as ${text(role)}`,
  'person.changed': ({ person, ...facts }, nameOf) => `changed ${nameOf(text(person))}: ${changeOf(facts)}`,
  'person.removed': ({ person }) =>
    person === undefined ? 'deleted their account' : 'removed the account of somebody',
  'group.made': ({ name }) => `made the group ${quoted(name, 'without a name')}`,
  'group.renamed': ({ before, name }) =>
    `renamed the group ${quoted(before, 'without a name')} to ${quoted(name, 'no name')}`,
  'group.removed': ({ name }) => `deleted the group ${quoted(name, 'without a name')}`,
  'group.joined': ({ by, person, name }, nameOf) =>
    by === 'sign-in'
      ? `came into the group ${quoted(name, 'without a name')} at sign-in`
      : `put ${nameOf(text(person))} into the group ${quoted(name, 'without a name')}`,
  'group.left': ({ by, person, name }, nameOf) =>
    by === 'sign-in'
      ? `left the group ${quoted(name, 'without a name')} at sign-in`
      : `took ${nameOf(text(person))} out of the group ${quoted(name, 'without a name')}`,
  'data.exported': () => 'took a copy of everything that is kept of them',
  'preferences.changed': ({ fields }) => `changed their settings${text(fields) === '' ? '' : `: ${text(fields)}`}`,
  'budget.set': ({ for: kind, name, bytesPerDay, tokensPerDay }) =>
    `set the budget of ${budgetOf(kind, name)}: ${[
      ...(typeof bytesPerDay === 'number' ? [`${bytesInWords(bytesPerDay)} a day`] : []),
      ...(typeof tokensPerDay === 'number' ? [`${countInWords(tokensPerDay, 'token')} a day`] : []),
    ].join(' and ')}`,
  'budget.removed': ({ for: kind, name }) => `removed the budget of ${budgetOf(kind, name)}`,
  'question.asked': ({ connection }) => `asked a question of ${quoted(connection, 'the default connection')}`,
  'query.approved': () => 'let a query run',
  'query.edited': () => 'changed a query before it ran',
  'query.refused': () => 'had a query refused',
  'query.run': ({ outcome, rows, format, connection }) =>
    `${outcomes[text(outcome)] ?? 'ran'} a query of ${quoted(connection, 'a connection')}${sayRows(rows)}${text(format) === '' ? '' : ` into a file (${text(format)})`}`,
  'retention.applied': ({ conversations, results, entries }) =>
    `Old things were removed: ${text(conversations)} conversations, the rows of ${text(results)} answers, ${text(entries)} audit entries`,
  'share.made': ({ turn, with: group, rows }) =>
    `shared ${text(turn) === '' ? 'a conversation' : 'an answer'} with ${text(group) === '' ? 'everyone' : `the group ${quoted(group, '')}`}, ${rows === true ? 'rows included' : 'without its rows'}`,
  'share.ended': () => 'stopped sharing something',
  'share.opened': ({ owner, rows }, nameOf) =>
    `opened what ${nameOf(text(owner))} shared, ${rows === true ? 'rows included' : 'without its rows'}`,
  'audit.exported': ({ words }) =>
    `downloaded the audit${text(words) === '' ? '' : ` where it says ${quoted(words, '')}`}`,
  'connection.added': ({ name }) => `added the connection ${quoted(name, 'without a name')}`,
  'connection.changed': ({ name }) => `changed the connection ${quoted(name, 'without a name')}`,
  'connection.removed': () => 'removed a connection',
  'connection.shared': ({ name, groupName, role }) =>
    `shared the connection ${quoted(name, 'without a name')} with the group ${quoted(groupName, 'without a name')}${text(role) === '' ? '' : ` as role ${text(role)}`}`,
  'connection.unshared': ({ name, groupName }) =>
    `ended the share of the connection ${quoted(name, 'without a name')} with the group ${quoted(groupName, 'without a name')}`,
}

/** What was done, as the rest of a sentence that begins with the person; a whole sentence where nobody was signed in. */
export const actionInWords = ({ action, facts }: AuditEntry, nameOf: NameOf): string => sentences[action](facts, nameOf)

const doors: Readonly<Record<string, string>> = { api: 'by a program', mcp: 'through MCP', cli: 'on the command line' }

/** How it came in, where it was not the page. */
export const doorInWords = (door: string | null): string | null => doors[door ?? ''] ?? null
