import type { SavedConnection } from '../../contract/connection.ts'
import { AppSummary, SessionSummary, TokenSummary } from '../../contract/people.ts'
import { TurnFeedback } from '../../contract/feedback.ts'
import { Preferences } from '../../contract/preferences.ts'
import { csvLine } from '../../contract/words/spreadsheet.ts'
import type { Caller } from '../caller.ts'
import type { SavedConnections } from '../connections/saved-connections.ts'
import type { OwnModels } from '../models/own-models.ts'
import type { Clock } from '../ports/clock.ts'
import type {
  ExportedConversation,
  ExportedKept,
  ExportedTurn,
  PersonExportStore,
} from '../ports/person-export-store.ts'
import type { TurnStore } from '../ports/turn-store.ts'
import type { AccessTokens } from './access-tokens.ts'
import type { Audit } from './audit.ts'
import type { ConnectedApps } from './connected-apps.ts'
import type { Feedback } from './feedback.ts'
import type { Groups } from './groups.ts'
import type { People } from './people.ts'
import type { PersonalPreferences } from './preferences.ts'
import type { Sessions } from './sessions.ts'
import type { Shares } from './shares.ts'

/** A file of an export. Its text can be taken once, and is read from the store while it is taken. */
export interface ExportedFile {
  readonly name: string
  readonly text: AsyncIterable<string>
}

/**
 * Everything that is kept of the caller, and nothing of anybody else, as the files of an archive: tables as JSON and as CSV, events as JSON
 * lines. No secrets are in it. The files are to be read one after another. That it was asked for is audited before anything is read.
 */
export type ExportPerson = (caller: Caller) => Promise<readonly ExportedFile[]>

interface ExportNeeds {
  readonly store: PersonExportStore
  readonly turns: Pick<TurnStore, 'readEvents'>
  readonly people: {
    readonly directory: Pick<People, 'me'>
    readonly sessions: Pick<Sessions, 'list'>
    readonly tokens: Pick<AccessTokens, 'list'>
    readonly apps: Pick<ConnectedApps, 'list'>
    readonly groups: Pick<Groups, 'mine'>
    readonly models: Pick<OwnModels, 'read'>
    readonly shares: Pick<Shares, 'list'>
    readonly feedback: Pick<Feedback, 'mine'>
    readonly preferences: Pick<PersonalPreferences, 'read'>
  }
  readonly connections: Pick<SavedConnections, 'list'>
  readonly audit: Pick<Audit, 'note'>
  readonly clock: Clock
}

/** A row of a table, whose properties are the columns; what is no plain value is written as JSON. */
type Row = object

/** Rows read at once, so that an export of any size takes little memory. */
const rowsAtOnce = 200
/** Events are larger than rows. */
const eventsAtOnce = 10

export function makeExportPerson(needs: ExportNeeds): ExportPerson {
  return async (caller) => {
    await needs.audit.note(caller, 'data.exported', {})
    return [
      { name: 'README.txt', text: writeReadme(new Date(needs.clock.now())) },
      ...listSmallTables(needs, caller),
      ...listLargeTables(needs, caller),
      { name: 'events.jsonl', text: writeEvents(needs, caller.userId) },
      { name: 'favorite-results.jsonl', text: writeKept(needs, caller.userId) },
    ]
  }
}

/** Tables that are read whole. */
function listSmallTables({ store, people, connections }: ExportNeeds, caller: Caller): readonly ExportedFile[] {
  const { directory, groups, models, preferences, sessions, tokens, apps, shares, feedback } = people
  const profile = async (): Promise<readonly Row[]> => {
    const [me, identities, member] = await Promise.all([
      directory.me(caller),
      store.identities(caller.userId),
      groups.mine(caller),
    ])
    return [{ ...me, identities, groups: member.map(({ name }) => name) }]
  }
  const of = (name: string, columns: readonly string[], read: () => Promise<readonly Row[]>): readonly ExportedFile[] =>
    tableFiles(name, columns, () => once(read))
  const { isCurrent: _isCurrent, ...session } = SessionSummary.shape
  return [
    ...of('profile', ['id', 'name', 'email', 'role', 'isLocal', 'identities', 'groups'], profile),
    ...of('preferences', [...Object.keys(Preferences.shape), 'version', 'changedAt'], async () => [
      await preferences.read(caller),
    ]),
    ...of('sessions', Object.keys(session), () => sessions.list(caller)),
    ...of('tokens', Object.keys(TokenSummary.shape), () => tokens.list(caller)),
    ...of('apps', Object.keys(AppSummary.shape), () => apps.list(caller)),
    ...of(
      'model_keys',
      ['provider', 'lastFour', 'baseUrl', 'model', 'keyedAt'],
      async () => (await models.read(caller)).keys,
    ),
    ...of('model_settings', ['limits', 'prices'], async () => [await models.read(caller)]),
    ...of('connections', ['id', 'name', 'kind', 'createdAt', 'updatedAt', 'settings'], async () =>
      (await connections.list(caller)).map(presentConnection),
    ),
    ...of('folders', ['id', 'parentId', 'name', 'createdAt'], () => store.folders(caller.userId)),
    ...of('shares', ['id', 'conversationId', 'turnId', 'title', 'audience', 'withRows', 'createdAt'], async () =>
      // Without sign-in there is nobody to share with.
      caller.isLocal ? [] : await shares.list(caller),
    ),
    ...of('feedback', Object.keys(TurnFeedback.shape), () => feedback.mine(caller)),
  ]
}

const presentConnection = ({ id, name, kind, createdAt, updatedAt, ...settings }: SavedConnection): Row => ({
  id,
  name,
  kind,
  createdAt,
  updatedAt,
  settings,
})

const favoriteColumns = [
  'id',
  'folderId',
  'title',
  'question',
  'sql',
  'connection',
  'note',
  'tags',
  'parameters',
  'verifiedQuestion',
  'createdAt',
  'updatedAt',
]

/** Tables that are read page by page. */
function listLargeTables({ store }: ExportNeeds, { userId }: Caller): readonly ExportedFile[] {
  const turnColumns = [
    'id',
    'conversationId',
    'createdAt',
    'question',
    'sql',
    'connection',
    'writer',
    'state',
    'problem',
    'note',
    'chart',
  ]
  return [
    ...tableFiles('conversations', ['id', 'title', 'isKept', 'archivedAt', 'createdAt', 'updatedAt'], () =>
      readConversations(store, userId),
    ),
    ...tableFiles('turns', turnColumns, () => readTurns(store, userId)),
    ...tableFiles('usage', ['turnId', 'day', 'bytes', 'model', 'isOwnKey', 'tokens', 'inputTokens'], () =>
      pages(
        (after) => store.usage(userId, after, rowsAtOnce),
        ({ turnId }) => turnId,
      ),
    ),
    ...tableFiles('favorites', favoriteColumns, () =>
      pages(
        (after) => store.favorites(userId, after, rowsAtOnce),
        ({ id }) => id,
      ),
    ),
    ...tableFiles('audit', ['at', 'door', 'action', 'facts'], () =>
      pages(
        (after) => store.audit(userId, after, rowsAtOnce),
        ({ cursor }) => cursor,
      ),
    ),
  ]
}

const readConversations = (store: PersonExportStore, ownerId: string): AsyncIterable<readonly ExportedConversation[]> =>
  pages(
    (after) => store.conversations(ownerId, after, rowsAtOnce),
    ({ id }) => id,
  )

async function* readTurns(store: PersonExportStore, ownerId: string): AsyncGenerator<readonly ExportedTurn[], void> {
  for await (const conversations of readConversations(store, ownerId))
    for (const { id } of conversations)
      yield* pages(
        (after) => store.turns(ownerId, id, after, rowsAtOnce),
        ({ cursor }) => cursor,
      )
}

async function* writeEvents({ store, turns }: ExportNeeds, ownerId: string): AsyncGenerator<string, void> {
  for await (const page of readTurns(store, ownerId))
    for (const { id } of page)
      for (let after = 0; ;) {
        const events = await turns.readEvents(ownerId, id, after, eventsAtOnce)
        for (const { json } of events) yield `${json}\n`
        if (events.length < eventsAtOnce) break
        after = events.at(-1)?.seq ?? after
      }
}

async function* writeKept({ store }: ExportNeeds, ownerId: string): AsyncGenerator<string, void> {
  for (let after: ExportedKept | null = null; ;) {
    const events: readonly ExportedKept[] = await store.favoriteEvents(ownerId, after, eventsAtOnce)
    for (const { favoriteId, json } of events) yield `{"favorite":"${favoriteId}","event":${json}}\n`
    if (events.length < eventsAtOnce) return
    after = events.at(-1) ?? null
  }
}

/** Pages of rows until one is not full, each read after the last row of the one before. */
async function* pages<T>(
  read: (after: string | null) => Promise<readonly T[]>,
  cursorOf: (row: T) => string,
): AsyncGenerator<readonly T[], void> {
  for (let after: string | null = null; ;) {
    const page = await read(after)
    const last = page.at(-1)
    if (last !== undefined) yield page
    if (last === undefined || page.length < rowsAtOnce) return
    after = cursorOf(last)
  }
}

async function* once<T>(read: () => Promise<T>): AsyncGenerator<T, void> {
  yield await read()
}

/** A table as JSON and as CSV. Of each row only the named columns are written. */
function tableFiles(
  name: string,
  columns: readonly string[],
  read: () => AsyncIterable<readonly Row[]>,
): readonly ExportedFile[] {
  return [
    { name: `${name}.json`, text: writeJson(columns, read()) },
    { name: `${name}.csv`, text: writeCsv(columns, read()) },
  ]
}

async function* writeJson(
  columns: readonly string[],
  read: AsyncIterable<readonly Row[]>,
): AsyncGenerator<string, void> {
  let before = '[\n'
  for await (const rows of read)
    for (const row of rows) {
      yield `${before}${JSON.stringify(Object.fromEntries(columns.map((column) => [column, Reflect.get(row, column) ?? null])))}`
      before = ',\n'
    }
  yield before === '[\n' ? '[]\n' : '\n]\n'
}

async function* writeCsv(
  columns: readonly string[],
  read: AsyncIterable<readonly Row[]>,
): AsyncGenerator<string, void> {
  yield csvLine(columns)
  for await (const rows of read)
    yield rows.map((row) => csvLine(columns.map((column) => csvText(Reflect.get(row, column))))).join('')
}

function csvText(value: unknown): string | null {
  if (value === null || value === undefined) return null
  return typeof value === 'string' ? value : JSON.stringify(value)
}

async function* writeReadme(at: Date): AsyncGenerator<string, void> {
  yield `Everything that Floe keeps of you, as of ${at.toISOString()}.

Each table is there twice: as JSON, and as CSV for spreadsheets. In CSV, a text that a spreadsheet would take for a formula has an
apostrophe in front.

profile        who you are, where you sign in, and the groups you are in
preferences    what you have set, and when
sessions       the browsers in which you are signed in
tokens         your access tokens; the tokens themselves are kept nowhere
apps           apps that you let act for you
connections    the connections you saved, without their passwords and keys
model_keys     your own keys for models: only the last four characters of each
model_settings how much your own keys may be used for, and the prices you set
shares         the conversations and answers you share
feedback       what you said about answers
conversations  your conversations, and since when those in the archive are there
turns          your questions, the query that was proposed for each, how it ended, what you noted about it, and how you want it drawn
usage          what your questions have used: bytes of queries, and tokens of models
favorites      the queries you keep; folders are the folders they lie in
audit          what you did, as far as it is audited
events.jsonl   everything that happened in your turns, one event a line, the rows of answers included as far as they are still kept
favorite-results.jsonl  what your favorites keep of their results, one event a line
`
}
