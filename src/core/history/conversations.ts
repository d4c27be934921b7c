import type { TurnSummary } from '../../contract/api.ts'
import { fitsColumns, type ChartSettings } from '../../contract/chart-settings.ts'
import type {
  ConversationChange,
  ConversationsPage,
  ConversationsQuery,
  FoundIn,
  HistoryEntry,
  HistoryPage,
  HistoryQuery,
} from '../../contract/history.ts'
import { excerptAround, findWords, isLastWordBegun, searchWords } from '../../contract/words/search-words.ts'
import type { ConversationNews } from '../ask/conversation-news.ts'
import type { OrphanSweep } from '../ask/sweep-orphans.ts'
import { isOver } from '../ask/turn-facts.ts'
import type { RunningTurns } from '../ask/turns.ts'
import { demandRight, type Caller } from '../caller.ts'
import type { Audit } from '../people/audit.ts'
import type { Clock } from '../ports/clock.ts'
import type { HistoryStore, ListedTurn, ListPlace, TurnCopy } from '../ports/history-store.ts'
import type { Identity } from '../ports/identity.ts'
import type { TurnStore } from '../ports/turn-store.ts'
import { problem, ProblemError } from '../problem.ts'

/** What a person does with what they asked before. Everything is the caller's own; anything else is `not_found`. */
export interface Conversations {
  /** Turns that match, the latest first. */
  search(caller: Caller, query: HistoryQuery): Promise<HistoryPage>
  /** Conversations, the ones used last first. */
  list(caller: Caller, query: ConversationsQuery): Promise<ConversationsPage>
  change(caller: Caller, conversationId: string, change: ConversationChange): Promise<void>
  /** Stops what runs in it and hides it from every reader, those it is shared with included, until it is restored or purged. */
  remove(caller: Caller, conversationId: string): Promise<void>
  restore(caller: Caller, conversationId: string): Promise<void>
  /**
   * Makes a conversation of copies of the turns up to one, results included; nothing runs again. Throws `bad_request` for a turn that is not
   * over; those before it that are not are left out.
   */
  fork(caller: Caller, conversationId: string, turnId: string): Promise<{ readonly conversationId: string }>
  /**
   * Keeps how the answer of a turn is drawn; null returns to the chart that was chosen by rule. Throws `bad_request` for columns that the
   * answer does not have.
   */
  keepChart(caller: Caller, turnId: string, settings: ChartSettings | null): Promise<void>
  /** Sets the note on a turn; an empty one removes it. */
  note(caller: Caller, turnId: string, note: string): Promise<void>
}

interface ConversationsNeeds {
  readonly store: HistoryStore
  readonly turns: Pick<TurnStore, 'readConversation' | 'readTurn' | 'readEvents'>
  readonly running: Pick<RunningTurns, 'cancel' | 'stateHere'>
  /** Its first run ends turns left over by dead processes; reading waits for it. */
  readonly sweep: Pick<OrphanSweep, 'first'>
  readonly news: Pick<ConversationNews, 'tell'>
  readonly audit: Pick<Audit, 'note'>
  readonly clock: Clock
  readonly identity: Identity
}

/** Words of one search: more narrow nothing down. */
const mostWords = 20
/** Turns that a fork copies: their results take room. */
const mostCopied = 500

export function makeConversations(needs: ConversationsNeeds): Conversations {
  const { store, turns, running, sweep, news, audit, clock } = needs
  /** What is stored of a turn may be behind what its readers saw. */
  const stateNow = ({ id, state }: Pick<TurnSummary, 'id' | 'state'>): TurnSummary['state'] =>
    isOver(state) ? state : (running.stateHere(id) ?? state)
  const expectDone = (isDone: boolean): void => {
    if (!isDone) throw unknownConversation()
  }
  return {
    async search(caller, query) {
      await sweep.first()
      const rows = await store.search(caller.userId, readSearch(query))
      const page = rows.slice(0, query.limit)
      return {
        entries: page.map((row) => ({ ...presentEntry(row, query.q), state: stateNow(row) })),
        next: nextOf(rows, query.limit, ({ createdAt, ordinal }) => `${Date.parse(createdAt)}.${ordinal}`),
      }
    },
    async list(caller, { archived, cursor, limit }) {
      await sweep.first()
      const wanted = { isArchived: archived === 'true', after: readCursor(cursor), limit: limit + 1 }
      const rows = await store.listConversations(caller.userId, wanted)
      return {
        conversations: rows.slice(0, limit),
        next: nextOf(rows, limit, ({ updatedAt, id }) => `${Date.parse(updatedAt)}.${id}`),
      }
    },
    async change({ userId }, conversationId, { title, archived, isKept }) {
      const change = {
        ...(title === undefined ? {} : { title }),
        ...(archived === undefined ? {} : { archivedAt: archived ? clock.now() : null }),
        ...(isKept === undefined ? {} : { isKept }),
      }
      expectDone(await store.change(userId, conversationId, change))
      news.tell(userId, conversationId)
    },
    async remove(caller, conversationId) {
      const found = await turns.readConversation(caller.userId, conversationId)
      for (const turn of found?.turns ?? []) if (!isOver(stateNow(turn))) await stop(running, caller, turn.id)
      expectDone(await store.remove(caller.userId, conversationId, clock.now()))
      await audit.note(caller, 'conversation.removed', { conversation: conversationId })
      news.tell(caller.userId, conversationId)
    },
    async restore(caller, conversationId) {
      expectDone(await store.restore(caller.userId, conversationId))
      await audit.note(caller, 'conversation.restored', { conversation: conversationId })
      news.tell(caller.userId, conversationId)
    },
    async fork(caller, from, turnId) {
      demandRight(caller, 'ask')
      await sweep.first()
      const found = await turns.readConversation(caller.userId, from)
      const upTo = found?.turns.slice(0, found.turns.findIndex(({ id }) => id === turnId) + 1) ?? []
      const last = upTo.at(-1)
      if (found === null || last === undefined) throw unknownConversation()
      if (!isOver(last.state))
        throw problem(
          'bad_request',
          'This question is not answered yet.',
          'Wait until it is, or fork at an earlier one.',
        )
      const copies = copiesOf(upTo, () => needs.identity.uuid())
      if (copies.length > mostCopied)
        throw problem('bad_request', `A fork has at most ${mostCopied} questions.`, 'Fork at an earlier one.')
      const conversationId = needs.identity.uuid()
      const title = found.conversation.title
      await store.copy(caller.userId, { conversationId, from, title, atMs: clock.now(), turns: copies })
      expectDone(await store.restore(caller.userId, conversationId))
      news.tell(caller.userId, conversationId)
      return { conversationId }
    },
    async keepChart({ userId }, turnId, settings) {
      const turn = await turns.readTurn(userId, turnId)
      if (turn === null) throw unknownQuestion()
      if (settings !== null && !fitsColumns(settings, await countColumns(turns, userId, turn)))
        throw problem('bad_request', 'The answer does not have these columns.', 'Load the page again.')
      if (!(await store.setChart(userId, turnId, settings))) throw unknownQuestion()
      news.tell(userId, turn.conversationId)
    },
    async note({ userId }, turnId, note) {
      if (!(await store.setNote(userId, turnId, note))) throw unknownQuestion()
      const turn = await turns.readTurn(userId, turnId)
      if (turn !== null) news.tell(userId, turn.conversationId)
    },
  }
}

const unknownConversation = () =>
  problem('not_found', 'There is no such conversation.', 'Look in the history, or start a new one.')

const unknownQuestion = () => problem('not_found', 'There is no such question.', 'Look in the history.')

/** Events read at once: those before the columns of a result are short. */
const eventsAtOnce = 20
/** The kind of an event stands within this many characters of its text, before anything that may be long. */
const headLength = 220

/** How many columns the last result of a turn has; 0 without a result. */
async function countColumns(
  turns: ConversationsNeeds['turns'],
  userId: string,
  { id, lastSeq }: TurnSummary,
): Promise<number> {
  for (let after = 0; after < lastSeq;) {
    const events = await turns.readEvents(userId, id, after, eventsAtOnce)
    const found = events.find(({ json }) => json.slice(0, headLength).includes('"kind":"result.columns"'))
    if (found !== undefined) return (JSON.parse(found.json) as { columns: readonly unknown[] }).columns.length
    after = events.at(-1)?.seq ?? lastSeq
  }
  return 0
}

/** A turn that cannot be stopped any more does not keep its conversation. */
async function stop(running: ConversationsNeeds['running'], caller: Caller, turnId: string): Promise<void> {
  try {
    await running.cancel(caller, { turnId })
  } catch (error) {
    if (!(error instanceof ProblemError) || error.problem.code === 'store_unavailable') throw error
  }
}

/** A copy for each turn that is over, following the copy of what the turn followed. */
function copiesOf(turns: readonly TurnSummary[], makeId: () => string): readonly TurnCopy[] {
  /** By the id of a turn, the copy that stands for it: of one that is not copied, what it followed. */
  const standsFor = new Map<string, string | null>()
  const copies: TurnCopy[] = []
  for (const [at, turn] of turns.entries()) {
    // Turns of earlier versions follow the one before them.
    const followed = turn.follows === undefined ? (turns[at - 1]?.id ?? null) : turn.follows
    const follows = followed === null ? null : (standsFor.get(followed) ?? null)
    const id = isOver(turn.state) ? makeId() : null
    standsFor.set(turn.id, id ?? follows)
    if (id !== null) copies.push({ from: turn.id, id, follows })
  }
  return copies
}

const dayMs = 24 * 3_600_000

function readSearch({ q, connection, state, from, to, favorite, archived, cursor, limit }: HistoryQuery) {
  const isDate = to !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(to)
  return {
    words: searchWords(q, mostWords),
    isLastBegun: isLastWordBegun(q),
    connection: connection ?? null,
    state: state ?? null,
    fromMs: from === undefined ? null : Date.parse(from),
    // A date counts whole.
    toMs: to === undefined ? null : Date.parse(to) + (isDate ? dayMs : 0),
    favorite,
    archived,
    after: readCursor(cursor),
    limit: limit + 1,
  }
}

function readCursor(cursor: string | undefined): ListPlace | null {
  if (cursor === undefined) return null
  const [atMs = '', key = ''] = cursor.split('.')
  return { atMs: Number(atMs), key }
}

/** The cursor of the last row of a page, where more rows follow. */
function nextOf<Row>(rows: readonly Row[], limit: number, cursorOf: (row: Row) => string): string | null {
  const last = rows[limit - 1]
  return rows.length > limit && last !== undefined ? cursorOf(last) : null
}

const excerptLength = 240

function presentEntry({ isNamed, ordinal: _ordinal, ...row }: ListedTurn, search: string): HistoryEntry {
  const { question, sql, note, title } = row
  const texts: readonly (readonly [FoundIn, string | null])[] = [
    ['question', question],
    ['sql', sql],
    ['note', note],
    ['title', isNamed ? title : null],
  ]
  const found = texts.filter(([, text]) => text !== null && findWords(text, search).length > 0)
  return {
    ...row,
    sql: sql === null ? null : excerptAround(sql, search, excerptLength),
    foundIn: found.map(([place]) => place),
  }
}
