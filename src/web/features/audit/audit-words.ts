import type { AuditAction, AuditEntry } from '../../../contract/audit.ts'
import { bytesInWords } from '../../../contract/words/amounts.ts'
import { auditFactWords, auditSentences, auditWords } from '../../words/audit.ts'
import { languageLocale, say } from '../../words/language.ts'

type Facts = AuditEntry['facts']
type Fact = Facts[string] | undefined
type NameOf = (personId: string) => string

const sentences: Readonly<Record<AuditAction, string | Readonly<Record<string, string>>>> = auditSentences

/** The facts on which the sentences of some actions depend. */
const decisive: Readonly<Partial<Record<AuditAction, string>>> = {
  'sign_in.refused': 'reason',
  'rate.refused': 'by',
  'session.ended': 'person',
  'app.connected': 'scopes',
  'app.revoked': 'by',
  'person.removed': 'person',
  'group.joined': 'by',
  'group.left': 'by',
  'preferences.changed': 'fields',
  'budget.set': 'for',
  'budget.removed': 'for',
  'model_key.set': 'model',
  'question.asked': 'connection',
  'query.run': 'outcome',
  'result.read': 'outcome',
  'result.exported': 'outcome',
  'retention.applied': 'deleted',
  'share.made': 'rows',
  'share.opened': 'rows',
  'feedback.given': 'verdict',
  'favorite.shared': 'rows',
  'favorite.opened': 'rows',
  'audit.exported': 'words',
  'connection.shared': 'role',
}

/** What was done, as the rest of a sentence that begins with the person; a whole sentence where nobody was signed in. */
export function actionInWords({ action, facts }: AuditEntry, nameOf: NameOf): string {
  const all = sentences[action]
  const fact = facts[decisive[action] ?? '']
  // Zero of something is the same as nothing known of it.
  const chosen = text(fact) === '' || fact === 0 ? 'none' : text(fact)
  const sentence = typeof all === 'string' ? all : (all[chosen] ?? all['otherwise'] ?? action)
  const values: Values = { ...knownValues(facts), ...madeValues(facts, nameOf) }
  const what = withAmounts(say(sentence, values), facts)
  const { times } = facts
  return typeof times === 'number' ? say(auditFactWords.moreTimes, { what, count: times }) : what
}

type Values = Readonly<Record<string, string | number>>

const text = (fact: Fact): string => (fact === null || fact === undefined ? '' : String(fact))

/** A fact in quotation marks; other words where it is not known. */
const quoted = (fact: Fact, otherwise: string): string =>
  text(fact) === '' ? otherwise : say(auditFactWords.quoted, { text: text(fact) })

/** Facts that stand in the sentences as they are, and names, which stand in quotation marks. */
function knownValues(facts: Facts): Values {
  const { unnamed, untitled, someQuestion, someConnection } = auditFactWords
  const plain = ['scopes', 'reason', 'provider', 'fields', 'conversations', 'deleted', 'results', 'entries']
  const named = { name: unnamed, before: unnamed, groupName: unnamed, title: untitled, question: someQuestion }
  const shown = { ...named, connection: someConnection, model: '', words: '' }
  return {
    ...Object.fromEntries(
      plain.map((name) => [name, typeof facts[name] === 'number' ? facts[name] : text(facts[name])]),
    ),
    ...Object.fromEntries(Object.entries(shown).map(([name, otherwise]) => [name, quoted(facts[name], otherwise)])),
  }
}

/** What the sentences say of several facts, and in words of their own. */
function madeValues(facts: Facts, nameOf: NameOf): Values {
  const { email, person, owner, name, turn, with: group, days } = facts
  const { somebody, conversation, answer, everyone } = auditFactWords
  return {
    email: text(email) || somebody,
    person: nameOf(text(person)),
    owner: nameOf(text(owner)),
    role: roleOf(facts),
    changes: changesOf(facts),
    holder: text(name),
    budget: budgetOf(facts),
    days: say(auditFactWords.days, { count: Number(days ?? 0) }),
    what: text(turn) === '' ? conversation : answer,
    whom: text(group) === '' ? everyone : say(auditFactWords.group, { group: quoted(group, '') }),
  }
}

/** A role of a person in words; the role of a connection as the warehouse calls it. */
function roleOf({ role }: Facts): string {
  const roles: Readonly<Record<string, string>> = auditFactWords.roles
  return roles[text(role)] ?? text(role)
}

const andList = new Intl.ListFormat(languageLocale)

function changesOf(facts: Facts): string {
  const { none, role, disabled, enabled } = auditFactWords.changes
  const { isDisabled } = facts
  const changes = [
    ...(facts['role'] === undefined ? [] : [say(role, { role: roleOf(facts) })]),
    ...(isDisabled === undefined ? [] : [isDisabled === true ? disabled : enabled]),
  ]
  return changes.length === 0 ? none : andList.format(changes)
}

function budgetOf({ bytesPerDay: bytes, tokensPerDay: tokens }: Facts): string {
  const { bytesPerDay, tokensPerDay } = auditFactWords
  return andList.format([
    ...(typeof bytes === 'number' ? [say(bytesPerDay, { bytes: bytesInWords(bytes, languageLocale) })] : []),
    ...(typeof tokens === 'number' ? [say(tokensPerDay, { count: tokens })] : []),
  ])
}

/** With the rows that a query brought, and the kind of file they were written to. */
function withAmounts(what: string, { rows, format, outcome }: Facts): string {
  if (outcome === undefined) return what
  const { withRows, rows: counted, intoFile } = auditFactWords
  const counts = typeof rows === 'number' ? say(withRows, { what, rows: say(counted, { count: rows }) }) : what
  return text(format) === '' ? counts : say(intoFile, { what: counts, format: text(format) })
}

/** How it came in, where it was not the page. */
export function doorInWords(door: string | null): string | null {
  const doors: Readonly<Record<string, string>> = auditWords.doors
  return doors[door ?? ''] ?? null
}
