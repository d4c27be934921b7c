import type { TurnSummary } from '../../contract/api.ts'
import type { NewShare, Share, SharedConversation, SharedTurn } from '../../contract/shares.ts'
import type { TurnEvent } from '../../contract/turn-event.ts'
import { demandRight, makeLocalCaller, type Caller } from '../caller.ts'
import type { Clock } from '../ports/clock.ts'
import type { WarehouseSource } from '../ports/connections.ts'
import type { Identity } from '../ports/identity.ts'
import type { SharedTurnEnd, ShareRow, ShareStore } from '../ports/share-store.ts'
import type { TurnStore } from '../ports/turn-store.ts'
import { problem } from '../problem.ts'
import type { Audit } from './audit.ts'
import { withholdRows } from './withhold-rows.ts'

/**
 * Conversations and answers that people let others of their organisation read. All throw `forbidden` on a server without sign-in; what names
 * something that is not the caller's, or not shared with them, throws `not_found`.
 */
export interface Shares {
  /**
   * Shares the turns as they are now. Throws `forbidden` for those who may not ask and for rows that the caller may not export, `bad_request`
   * for somebody with too many shares.
   */
  make(caller: Caller, wanted: NewShare): Promise<Share>
  /** The caller's own, newest first. */
  list(caller: Caller): Promise<readonly Share[]>
  end(caller: Caller, shareId: string): Promise<void>
  /**
   * For the owner and the audience as it is now, with rows only as long as the owner may export them. That somebody else opened it is audited
   * before anything is read.
   */
  open(caller: Caller, shareId: string): Promise<OpenedShare>
}

export interface OpenedShare {
  readonly share: SharedConversation['share']
  /** Oldest first. */
  readonly turns: readonly OpenedTurn[]
}

export interface OpenedTurn {
  readonly turn: SharedTurn
  /** The JSON text of each event, read as it is asked for, so that long results are not held in memory whole. */
  readonly events: AsyncIterable<string>
}

interface ShareNeeds {
  readonly store: ShareStore
  readonly turns: Pick<TurnStore, 'readConversation' | 'readEvents'>
  readonly listConnections: WarehouseSource['list']
  readonly audit: Audit
  readonly clock: Clock
  readonly identity: Identity
}

/** More than anybody looks after. */
const maxShares = 500

export function makeShares({ store, turns, listConnections, audit, clock, identity }: ShareNeeds): Shares {
  return {
    make: async (caller, { conversationId, turnId = null, audience, withRows }) => {
      expectOthers(caller)
      demandRight(caller, 'ask')
      const { userId: ownerId } = caller
      const found = await turns.readConversation(ownerId, conversationId)
      const chosen = found?.turns.filter(({ id }) => turnId === null || id === turnId) ?? []
      if (chosen.length === 0) throw nothingToShare()
      if ((await store.list(ownerId)).length >= maxShares)
        throw problem('bad_request', `You share ${maxShares} things already.`, 'Stop sharing one in your account.')
      if (withRows && !(await mayExport(listConnections, ownerId, chosen))) throw rowsStay()
      const made = await store.insert({
        id: identity.uuid(),
        ownerId,
        conversationId,
        turnId,
        groupId: audience.kind === 'group' ? audience.groupId : null,
        withRows,
        title: chosen[0]?.question ?? 'Query in SQL',
        turns: chosen.map(({ id, lastSeq }) => ({ id, lastSeq })),
        createdAt: new Date(clock.now()).toISOString(),
      })
      if (made === null) throw nothingToShare()
      await audit.note(caller, 'share.made', {
        share: made.id,
        conversation: conversationId,
        turn: turnId,
        with: made.audience.kind === 'group' ? made.audience.name : null,
        rows: withRows,
      })
      return present(made)
    },
    list: async (caller) => {
      expectOthers(caller)
      return (await store.list(caller.userId)).map(present)
    },
    end: async (caller, shareId) => {
      expectOthers(caller)
      if (!(await store.remove(caller.userId, shareId))) throw unknownShare()
      await audit.note(caller, 'share.ended', { share: shareId })
    },
    open: async (caller, shareId) => {
      expectOthers(caller)
      const row = await store.read(caller.userId, shareId)
      const found = row === null ? null : await turns.readConversation(row.ownerId, row.conversationId)
      if (row === null || found === null) throw unknownShare()
      const { id, title, ownerId, ownerName, createdAt } = row
      const isMine = ownerId === caller.userId
      const ends = new Map(row.turns.map((end) => [end.id, end]))
      const shared = found.turns.filter((turn) => ends.has(turn.id))
      const withRows = row.withRows && (await mayExport(listConnections, ownerId, shared))
      if (!isMine) await audit.note(caller, 'share.opened', { share: id, owner: ownerId, rows: withRows })
      return {
        share: { id, title, owner: { name: ownerName }, isMine, withRows, createdAt },
        turns: shared.map((turn) => ({
          turn: presentTurn(turn, withRows),
          events: readShared(turns, { ownerId, withRows, id: turn.id, lastSeq: ends.get(turn.id)?.lastSeq ?? 0 }),
        })),
      }
    },
  }
}

/**
 * Whether the owner may write results of all connections that were asked to files: rows are shared under the same condition. A connection that
 * is not theirs any more allows nothing.
 */
export async function mayExport(
  list: WarehouseSource['list'],
  ownerId: string,
  asked: readonly Pick<TurnSummary, 'connection'>[],
): Promise<boolean> {
  const listed = await list(makeLocalCaller(ownerId, 'recovery'))
  return asked.every(({ connection }) => {
    const name = connection.toLowerCase()
    const own = listed.filter(({ ref }) => ref.toLowerCase() === name)
    // A shared connection is asked by its name as well.
    const meant = own.length > 0 ? own : listed.filter(({ label }) => label.toLowerCase() === name)
    return meant.length > 0 && meant.every(({ shared }) => shared?.mayExport !== false)
  })
}

/** Events read at once, so that a long result is not held in memory whole. */
const eventsAtOnce = 50

/** The events of something shared, as its readers see them. */
export async function* readShared(
  store: Pick<TurnStore, 'readEvents'>,
  { ownerId, withRows, id, lastSeq }: Pick<ShareRow, 'ownerId' | 'withRows'> & SharedTurnEnd,
): AsyncGenerator<string, void> {
  let told = 0
  for (let after = 0; after < lastSeq;) {
    const events = await store.readEvents(ownerId, id, after, Math.min(eventsAtOnce, lastSeq - after))
    for (const { json } of events) {
      const text = withRows ? json : withoutRows(json, told + 1)
      if (text === null) continue
      told += 1
      yield text
    }
    after = events.at(-1)?.seq ?? lastSeq
  }
}

/** The text of an event without what was read from the data, under a number of its own: readers count without gaps. */
function withoutRows(json: string, seq: number): string | null {
  // Rows can be long, and none of them would be kept.
  if (json.startsWith('{"kind":"result.rows"')) return null
  const event = JSON.parse(json) as TurnEvent
  const fact = withholdRows(event)
  return fact === null ? null : JSON.stringify({ turnId: event.turnId, seq, at: event.at, ...fact })
}

const nothingToShare = () =>
  problem(
    'not_found',
    'There is no such conversation or question of yours, or you are not in that group.',
    'Open the conversation and share it from there.',
  )

const rowsStay = () =>
  problem(
    'forbidden',
    'Rows of this connection may not be passed on.',
    'Share it without the rows, or ask the owner of the connection.',
  )

const unknownShare = () =>
  problem(
    'not_found',
    'This link leads nowhere, or not for you.',
    'It may have been shared with other people, or not be shared any more. Ask the person who sent it.',
  )

function expectOthers({ isLocal }: Caller): void {
  if (isLocal)
    throw problem(
      'forbidden',
      'Without sign-in there is nobody to share with: Floe runs for one person on this computer.',
      'Set up sign-in first.',
    )
}

const present = ({ id, conversationId, turnId, title, audience, withRows, createdAt }: ShareRow): Share => ({
  id,
  conversationId,
  turnId,
  title,
  audience,
  withRows,
  createdAt,
})

const presentTurn = (
  { id, question, connection, writer, createdAt, chart }: TurnSummary,
  withRows: boolean,
): SharedTurn => ({
  id,
  question,
  connection,
  writer,
  createdAt,
  ...(withRows && chart !== undefined ? { chart } : {}),
})
