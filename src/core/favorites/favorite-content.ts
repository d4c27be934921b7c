import {
  maxKeptRows,
  type Favorite,
  type FavoriteOrder,
  type FavoritePage,
  type FavoriteRun,
  type FavoriteSummary,
  type NewFavorite,
  type RunFavorite,
} from '../../contract/favorites.ts'
import { uuidPattern } from '../../contract/text-fields.ts'
import type { Turns } from '../ask/turns.ts'
import type { Caller } from '../caller.ts'
import type { ReadOutline } from '../comparison/comparisons.ts'
import type { Audit } from '../people/audit.ts'
import { mayExport } from '../people/shares.ts'
import type { Clock } from '../ports/clock.ts'
import type { WarehouseSource } from '../ports/connections.ts'
import type { FavoriteRow, FavoriteStore, OpenedRow } from '../ports/favorite-store.ts'
import type { Identity } from '../ports/identity.ts'
import type { Notices } from '../ports/notices.ts'
import type { TurnStore } from '../ports/turn-store.ts'
import { problem } from '../problem.ts'
import { unknownFavorite } from './arrange.ts'
import { readKeptTurn, type KeptTurn } from './kept-result.ts'
import { bindParameters, declareParameters } from './parameters.ts'
import { savedIdOf, type VerifiedQueries } from './verified-queries.ts'

export interface FavoriteNeeds {
  readonly store: FavoriteStore
  readonly stored: Pick<TurnStore, 'readTurn' | 'readEvents'>
  /** Governed, with the preferences of the person who asks. */
  readonly turns: Pick<Turns, 'ask'>
  readonly verified: VerifiedQueries
  readonly listConnections: WarehouseSource['list']
  readonly readOutline: ReadOutline
  readonly audit: Pick<Audit, 'note'>
  readonly notices: Pick<Notices, 'publish' | 'subscribe'>
  readonly clock: Clock
  readonly identity: Identity
  /** The most bytes that the kept results of one person take; null for no limit. */
  readonly limitBytes: number | null
}

/** The turn to follow of a query that was asked anew. */
export interface FavoriteRunStart {
  readonly turnId: string
  readonly conversationId: string
  readonly sql: string
}

const maxFavorites = 2_000
/** Kept events read at once. */
const eventsAtOnce = 20

/** A favorite that is the caller's own or shared with them. Throws `not_found`. */
export async function readAny(store: FavoriteStore, { userId }: Caller, id: string): Promise<OpenedRow> {
  const row = await store.read(userId, id)
  if (row === null) throw unknownFavorite()
  return row
}

/** One of the caller's own. Throws `not_found`. */
export async function readOwn(store: FavoriteStore, caller: Caller, id: string): Promise<OpenedRow> {
  const row = await readAny(store, caller, id)
  if (row.ownerId !== caller.userId) throw unknownFavorite()
  return row
}

/** Whether the caller may see the kept rows: the owner, and readers as long as the rows are shared and the owner may export them. */
export async function showsRows(
  { listConnections }: Pick<FavoriteNeeds, 'listConnections'>,
  { userId }: Caller,
  row: OpenedRow,
): Promise<boolean> {
  if (row.ownerId === userId) return true
  return row.shares.some(({ withRows }) => withRows) && (await mayExport(listConnections, row.ownerId, [row]))
}

export function presentFavorite(
  row: OpenedRow,
  {
    runs,
    withRows,
    isOwn,
  }: { readonly runs: readonly FavoriteRun[]; readonly withRows: boolean; readonly isOwn: boolean },
): Favorite {
  const { sql, writer, note, parameters, result, verified, ownerName, shares } = row
  const by = { name: ownerName, isMe: isOwn }
  const vouched = verified === null ? null : { favoriteId: row.id, connection: row.connection, ...verified, by }
  return {
    ...presentSummary(row),
    ...(isOwn ? {} : { folderId: null, turnId: null }),
    sql,
    writer,
    note,
    parameters: [...parameters],
    result: withRows ? result : null,
    verified: vouched,
    owner: isOwn ? null : ownerName,
    shares: isOwn ? [...shares] : [],
    runs: [...runs],
  }
}

const presentSummary = (row: FavoriteRow): FavoriteSummary => ({
  id: row.id,
  folderId: row.folderId,
  position: row.position,
  title: row.title,
  question: row.question,
  connection: row.connection,
  tags: [...row.tags],
  tables: [...row.tables],
  isVerified: row.verified !== null,
  isShared: row.isShared,
  turnId: row.turnId,
  createdAt: row.createdAt,
  updatedAt: row.updatedAt,
  revision: row.revision,
})

/** Throws `bad_request` for a cursor that no page has named. */
export async function listFavorites(
  store: FavoriteStore,
  { userId }: Caller,
  { folder, tag, q = '', cursor, limit }: FavoriteOrder,
): Promise<FavoritePage> {
  const rows = await store.list(userId, {
    folderId: folder === 'none' ? null : folder,
    tag: tag ?? null,
    words: q.trim() === '' ? null : q.trim(),
    after: cursor === undefined ? null : readCursor(cursor),
    limit: limit + 1,
  })
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  const next = rows.length > limit && last !== undefined ? `${last.position}~${last.id}` : null
  return { favorites: page.map(presentSummary), next }
}

const cursorPattern = new RegExp(String.raw`^(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)~(${uuidPattern})$`)

function readCursor(cursor: string): { readonly position: number; readonly id: string } {
  const parts = cursorPattern.exec(cursor)
  if (parts === null || !Number.isFinite(Number(parts[1])))
    throw problem('bad_request', 'There is no such page.', 'Read the list from its beginning.')
  return { position: Number(parts[1]), id: parts[2] ?? '' }
}

/** Stores a favorite of one of the caller's turns; returns its id. Without room its rows are left out. */
export async function makeFavorite(
  needs: FavoriteNeeds,
  caller: Caller,
  { turnId, folderId = null, title, tags = [] }: NewFavorite,
): Promise<string> {
  const { stored, store, listConnections } = needs
  const turn = await stored.readTurn(caller.userId, turnId)
  if (turn === null) throw unknownTurn()
  if (folderId !== null && !(await store.listFolders(caller.userId)).some(({ id }) => id === folderId))
    throw problem('not_found', 'There is no such folder.', 'Look at the list again.')
  const kept = await keptTurnOf(needs, caller, turnId)
  const { question, writer } = turn
  const asked = turn.connection.toLowerCase()
  const used = (await listConnections(caller)).find(
    ({ ref, label }) => ref.toLowerCase() === asked || label.toLowerCase() === asked,
  )
  return await insert(needs, caller, kept, {
    folderId,
    title: title ?? oneLine(question ?? kept.sql),
    question,
    sql: kept.sql,
    connection: used?.ref ?? turn.connection,
    connectionId: used === undefined ? null : savedIdOf(used),
    writer,
    note: '',
    tags,
    tables: kept.tables,
    parameters: declareParameters(kept.sql, []),
    turnId,
  })
}

/** What a favorite would keep of one of the caller's turns. Throws `not_found`, and `bad_request` for a turn without a query. */
export async function keptTurnOf({ stored }: FavoriteNeeds, { userId }: Caller, turnId: string): Promise<KeptTurn> {
  if ((await stored.readTurn(userId, turnId)) === null) throw unknownTurn()
  const kept = await readKeptTurn(stored, userId, turnId)
  if (kept !== null) return kept
  throw problem('bad_request', 'There is no query in this answer that could be kept.', 'Ask a question about the data.')
}

export const hasRoom = async (
  { store, limitBytes }: FavoriteNeeds,
  { userId }: Caller,
  { events }: Pick<KeptTurn, 'events'>,
): Promise<boolean> => {
  if (limitBytes === null) return true
  const added = events.reduce((sum, { json }) => sum + json.length, 0)
  return (await store.readBytes(userId)) + added <= limitBytes
}

async function insert(
  needs: FavoriteNeeds,
  caller: Caller,
  kept: Pick<KeptTurn, 'result' | 'events'>,
  fields: Omit<Parameters<FavoriteStore['insert']>[0], 'id' | 'ownerId' | 'result' | 'createdAt' | 'updatedAt'>,
): Promise<string> {
  const { store, identity, clock } = needs
  const id = identity.uuid()
  const at = new Date(clock.now()).toISOString()
  const row = { ...fields, id, ownerId: caller.userId, result: null, createdAt: at, updatedAt: at }
  if ((await store.insert(row, maxFavorites)) === 'full')
    throw problem('bad_request', `You have ${maxFavorites} favorites already.`, 'Delete one first.')
  if (kept.result !== null && (await hasRoom(needs, caller, kept))) await store.keepResult(caller.userId, id, kept)
  return id
}

/** Copies a favorite, with as much of its result as the caller may see; returns the id of the copy. */
export async function duplicateFavorite(needs: FavoriteNeeds, caller: Caller, id: string): Promise<string> {
  const { store, listConnections } = needs
  const row = await readAny(store, caller, id)
  const isOwn = row.ownerId === caller.userId
  const events = []
  if (row.result !== null && (await showsRows(needs, caller, row)))
    for (let after = 0; ;) {
      const page = await store.readEvents(row.ownerId, id, after, eventsAtOnce)
      events.push(...page)
      if (page.length < eventsAtOnce) break
      after = page.at(-1)?.seq ?? after
    }
  const { title, question, sql, connection, connectionId, writer, note, tags, tables, parameters, turnId } = row
  const used = (await listConnections(caller)).find((one) => connectionId !== null && savedIdOf(one) === connectionId)
  return await insert(
    needs,
    caller,
    { events, result: events.length === 0 ? null : row.result },
    {
      folderId: isOwn ? row.folderId : null,
      title: oneLine(isOwn ? `${title} (copy)` : title),
      question,
      sql,
      connection: used?.ref ?? connection,
      connectionId,
      writer,
      note: isOwn ? note : '',
      tags: isOwn ? tags : [],
      tables,
      parameters,
      turnId: isOwn ? turnId : null,
    },
  )
}

/** Starts a turn with the query and its values. Runs of one favorite go into one conversation. */
export async function runFavorite(
  needs: FavoriteNeeds,
  caller: Caller,
  id: string,
  { values = {}, connection, turnId: wanted }: RunFavorite,
): Promise<FavoriteRunStart> {
  const { store, turns, identity, clock } = needs
  const row = await readAny(store, caller, id)
  const sql = bindParameters(row.sql, row.parameters, values)
  const [latest] = await store.listRuns(caller.userId, id, 1)
  const conversationId = latest?.conversationId ?? identity.uuid()
  const { turnId } = await turns.ask(caller, {
    turnId: wanted ?? identity.uuid(),
    conversationId,
    sql,
    connection: connection ?? (await connectionFor(needs, caller, row)),
    maxRows: maxKeptRows,
  })
  const at = new Date(clock.now()).toISOString()
  await store.insertRun(caller.userId, id, { turnId, at, values }, row.title)
  return { turnId, conversationId, sql }
}

/** The connection of a favorite under the caller's name for it. Throws `connection_unknown` where the caller has none. */
async function connectionFor({ listConnections }: FavoriteNeeds, caller: Caller, row: OpenedRow): Promise<string> {
  if (row.connectionId === null) return row.connection
  const used = (await listConnections(caller)).find((one) => savedIdOf(one) === row.connectionId)
  if (used !== undefined) return used.ref
  throw problem(
    'connection_unknown',
    `You may not use the connection "${row.connection}" that this query asks.`,
    'Choose one of your own, or ask its owner to share it with you.',
  )
}

/** A text as a title of one line. */
function oneLine(text: string): string {
  const line = text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim()
  return line.length <= 300 ? line : `${line.slice(0, 299).replace(/[\uD800-\uDBFF]$/, '')}…`
}

export const unknownTurn = () =>
  problem('not_found', 'There is no such question.', 'It may have been removed meanwhile.')
